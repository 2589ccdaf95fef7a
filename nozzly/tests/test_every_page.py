"""Every page, held to axe, to the width of a phone and to the Content-Security-Policy.

All addresses without arguments are opened, then whatever links lead to: one page of each view.
"""

from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve

from nozzly import urls
from nozzly.accounts.permissions import Role
from nozzly.tenancy.current import in_workspace
from nozzly.testing.browser import look_at, look_from_all_sides
from nozzly.testing.everything import make_one_of_everything
from nozzly.testing.fixtures import make_user
from nozzly.web.guard import each_view

pytestmark = pytest.mark.browser

_LINKS = "() => [...document.querySelectorAll('a[href]')].filter((a) => !a.hasAttribute('download')).map((a) => a.href)"
_ASK = """async (url) => {
  const answer = await fetch(url);
  const header = (name) => answer.headers.get(name) || "";
  return [answer.status, header("content-type").startsWith("text/html") && !header("content-disposition").startsWith("attachment")];
}"""
_NOT_WALKED = ("admin:", "accounts:logout")
_NO_PAGE = {404, 405}  # an address that only takes POST, or has nothing to show yet


def crawl(live, user, *, slug, look):
    """Answers the views that were looked at, and what is wrong, by view."""
    page = live.page_for(user, slug=slug)
    page.add_init_script("window.setInterval = () => 0")  # a page that reloads itself would never stand still
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    starts = [live.url(f"/{route}", slug=slug) for route, _view in each_view(urls.urlpatterns) if "<" not in route]
    waiting, seen, looked_at, wrong = [*starts], set(), [], {}
    page.goto(live.url("/keys/", slug=slug))
    while waiting:
        url = waiting.pop(0)
        name = view_name(url)
        if name is None or name in seen:
            continue
        seen.add(name)
        # Chromium puts pages of its own in the place of downloads and empty answers, so they are asked for first.
        status, is_page = page.evaluate(_ASK, url)
        if status != 200 and not (status in _NO_PAGE and url in starts):
            wrong[name] = [f"{url} answers {status}"]
        if status != 200 or not is_page:
            continue
        complaints.clear()
        page.goto(url)
        looked_at.append(name)
        if problems := look(page, name.replace(":", "-")) + complaints:
            wrong[name] = problems
        waiting += page.evaluate(_LINKS)
    return looked_at, wrong


def told(wrong):
    return "\n".join(f"{name}: {problem}" for name, problems in sorted(wrong.items()) for problem in problems)


def view_name(url):
    parts = urlsplit(url)
    if not (parts.hostname or "").endswith("localhost") or "format=" in parts.query:
        return None
    try:
        name = resolve(parts.path).view_name
    except Resolver404:
        return None
    return None if name.startswith(_NOT_WALKED) else name


def test_every_page_of_a_full_workspace_looks_right(live, workspace):
    owner = make_user(Role.OWNER)
    make_one_of_everything(by=owner)

    looked_at, wrong = crawl(live, owner, slug="ta", look=look_from_all_sides)

    assert told(wrong) == ""
    assert len(looked_at) > 30


def test_every_page_of_a_new_workspace_looks_right(live, other_workspace):
    with in_workspace(other_workspace):
        owner = make_user(Role.OWNER)
        looked_at, wrong = crawl(live, owner, slug="tb", look=look_at)

    assert told(wrong) == ""
    assert len(looked_at) > 30
