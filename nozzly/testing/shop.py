"""Walking through the pages of a workspace in a real browser, in the words of its owner."""

import base64
import io
import os
from pathlib import Path

from playwright.sync_api import expect
from pypdf import PdfReader

from nozzly.tenancy.current import in_public, in_workspace
from nozzly.tenancy.models import Workspace


class Shop:
    """The browser of the owner, with short words for what a day is made of."""

    def __init__(self, live, page, *, slug):
        self.live, self.page, self.slug = live, page, slug
        with in_public():
            self.workspace = Workspace.objects.get(slug=slug)

    def open(self, path):
        response = self.page.goto(self.live.url(path, slug=self.slug))
        assert response.status == 200, f"{path} answers {response.status}"
        return self.page

    def press(self, name, *, exact=False):
        self.page.get_by_role("button", name=name, exact=exact).first.click()
        self.page.wait_for_load_state()

    def follow(self, name):
        self.page.locator("main").get_by_role("link", name=name).first.click()
        self.page.wait_for_load_state()

    @property
    def text(self):
        return self.page.inner_text("main")

    def sees(self, *texts):
        """Wait until each text stands on the page."""
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text, timeout=10_000)

    def picture(self, name):
        """Leave a picture for the guide where NOZZLY_SCREENSHOTS says so (make pictures)."""
        if folder := os.environ.get("NOZZLY_SCREENSHOTS"):
            self.page.screenshot(path=Path(folder) / f"{name}.png")

    def inside(self):
        return in_workspace(self.workspace)

    def file(self, kind, path="", *, by_form=False):
        """The bytes of a file of this content type: of an address, or what the form on this page makes."""
        got, content = self.page.evaluate(_FETCH, [path, by_form])
        assert got.split(";")[0] == kind, f"{path or self.page.url} answers {got}"
        return base64.b64decode(content)

    def pdf(self, path="", *, by_form=False):
        return self.file("application/pdf", path, by_form=by_form)


# Fetched by the page itself: only browsers resolve names below localhost.
_FETCH = """async ([path, byForm]) => {
  const form = byForm ? {method: "POST", body: new FormData(document.querySelector("main form"))} : {};
  const answer = await fetch(path || location.href, form);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return [answer.headers.get("content-type"), btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ""))];
}"""


def text_of(pdf):
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def option_with(page, name, text):
    labels = page.eval_on_selector_all(f"[name={name}] option", "options => options.map(each => each.label)")
    return next(label for label in labels if text in label)


def first_suggestion(page, text):
    options = page.eval_on_selector_all("datalist option", "options => options.map(each => each.value)")
    found = [each for each in options if text in each]
    assert found, f"nothing of {options} is {text}"
    return found[0]
