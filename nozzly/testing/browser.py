"""A real Chromium in front of a real server, for tests marked ``browser``; axe-core and the ruler it is held to.

A browser test asks for ``committed`` through ``live``: server threads see only what was committed. With
NOZZLY_SCREENSHOTS=folder in the environment every ``look_at`` leaves a picture there.
"""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.testing import StaticLiveServerTestCase
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, Page, sync_playwright

from nozzly.testing.clients import WorkspaceClient

WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage")
_AXE = """async (rules) => (await axe.run(document, {resultTypes: ["violations"], preload: false,
    ...(rules ? {runOnly: {type: "rule", values: rules}} : {})})).violations.map(
    (v) => v.id + ": " + v.nodes.map((n) => n.target.join(" ") + " (" + n.failureSummary.replaceAll("\\n", " ") + ")").join("; "))"""
# Colours glide from one theme to the other; axe must not measure them half-way.
_TURN = """(theme) => {
  const still = new CSSStyleSheet();
  still.replaceSync("*, *::before, *::after { transition: none !important }");
  document.adoptedStyleSheets = [still];
  document.documentElement.dataset.bsTheme = theme;
}"""
_OVERFLOW = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const scrolls = (e) => { for (let p = e.parentElement; p; p = p.parentElement)
    if (["auto", "scroll", "hidden"].includes(getComputedStyle(p).overflowX)) return true; return false; };
  return [...document.body.querySelectorAll("*")]
    .filter((e) => e.getBoundingClientRect().right > width + 1 && !scrolls(e))
    .map((e) => e.tagName.toLowerCase() + "." + e.className).slice(0, 5).concat(["the page is too wide"]);
}"""


class LiveSite:
    """A running Nozzly: ``url("/stock/")`` of workspace "ta", ``page_for(user)`` signed in."""

    def __init__(self, port: int, browser: Browser):
        self.port = port
        self.browser = browser
        self._contexts = []

    def url(self, path: str = "/", *, slug: str = "ta") -> str:
        host = f"{slug}.localhost" if slug else "localhost"
        return f"http://{host}:{self.port}{path}"

    def page_for(self, user=None, *, size=None, theme: str = "light", slug: str = "ta", **options) -> Page:
        """A new window; without a user nobody is signed in."""
        context = self.browser.new_context(
            viewport=size or WIDE, color_scheme=theme, reduced_motion="reduce", **options
        )
        context.set_default_timeout(30_000)  # ms; two busy cores are slow
        self._contexts.append(context)
        context.add_cookies([{"name": "theme", "value": theme, "url": self.url(slug=slug)}])
        if user is not None:
            client = WorkspaceClient(f"{slug}.localhost").sign_in(user)
            value = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": self.url(slug=slug)}])
        return context.new_page()

    def close(self):
        for context in self._contexts:
            context.close()


@pytest.fixture(scope="session")
def chromium():
    """One Chromium for the session; the machine's own where it has one."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright keeps an event loop in this thread
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(_ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def live(committed, chromium):
    """A server with real commits and a browser before it."""
    with _server() as port:
        site = LiveSite(port, chromium)
        yield site
        site.close()


@contextmanager
def _server():
    thread = LiveServerThread(
        "127.0.0.1", static_handler=StaticLiveServerTestCase.static_handler, connections_override={}
    )
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    try:
        yield thread.port
    finally:
        thread.terminate()


def axe_violations(page: Page, *, rules: list[str] | None = None) -> list[str]:
    """What axe-core finds wrong with the page as it is; each entry names the rule and the elements."""
    if not page.evaluate("'axe' in window"):
        page.evaluate((Path(settings.BASE_DIR) / "node_modules/axe-core/axe.min.js").read_text())
    return page.evaluate(_AXE, rules)


def too_wide(page: Page) -> list[str]:
    """Elements that make the page scroll sideways."""
    return page.evaluate(_OVERFLOW)


def look_at(page: Page, name: str, *, rules: list[str] | None = None) -> list[str]:
    """Everything wrong with how the page looks: axe and sideways scrolling. Leaves a picture when asked to."""
    if folder := os.environ.get("NOZZLY_SCREENSHOTS"):
        size = "phone" if page.viewport_size["width"] < 600 else "wide"
        theme = page.evaluate("document.documentElement.dataset.bsTheme")
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.evaluate("scrollTo(0, 0)")
        page.screenshot(path=str(Path(folder) / f"{name}-{size}-{theme}.png"), full_page=True)
    return axe_violations(page, rules=rules) + too_wide(page)


def look_from_all_sides(page: Page, name: str) -> list[str]:
    """The page as it was loaded, at both widths, and in the dark: themes differ in colours alone."""
    found = []
    for size in (PHONE, WIDE):
        page.set_viewport_size(size)
        found += [f"{size['width']} light: {problem}" for problem in look_at(page, name)]
    page.evaluate(_TURN, "dark")
    found += [f"{WIDE['width']} dark: {problem}" for problem in look_at(page, name, rules=["color-contrast"])]
    return found
