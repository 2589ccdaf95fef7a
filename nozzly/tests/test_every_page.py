"""Every page that links lead to, from the first page on, held to axe and to the width of a phone."""

from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve

from nozzly.accounts.permissions import Role
from nozzly.tenancy.current import in_workspace
from nozzly.testing.browser import look_from_all_sides
from nozzly.testing.everything import make_one_of_everything
from nozzly.testing.fixtures import make_user

pytestmark = pytest.mark.browser

_LINKS = "() => [...document.querySelectorAll('a[href]')].filter((a) => !a.download).map((a) => a.href)"
_FOREIGN = ("admin:",)


def crawl(live, user, *, slug):
    """Opens one page of each view that can be reached by links; answers what is wrong, by view."""
    page = live.page_for(user, slug=slug)
    page.add_init_script("window.setInterval = () => 0")  # a page that reloads itself would never stand still
    waiting, seen, wrong = [live.url("/", slug=slug)], set(), {}
    while waiting:
        url = waiting.pop(0)
        name = view_name(url)
        if name is None or name in seen:
            continue
        seen.add(name)
        response = page.goto(url)
        if response.status != 200:
            wrong[name] = [f"{url} answers {response.status}"]
        elif response.headers["content-type"].startswith("text/html"):
            if problems := look_from_all_sides(page, name.replace(":", "-")):
                wrong[name] = problems
            waiting += page.evaluate(_LINKS)
    return seen, wrong


def view_name(url):
    parts = urlsplit(url)
    if not parts.hostname or not parts.hostname.endswith("localhost") or "format=" in parts.query:
        return None
    try:
        name = resolve(parts.path).view_name
    except Resolver404:
        return None
    return None if name.startswith(_FOREIGN) else name


def test_every_page_of_a_full_workspace_looks_right(live, workspace):
    owner = make_user(Role.OWNER)
    make_one_of_everything(by=owner)

    seen, wrong = crawl(live, owner, slug="ta")

    assert wrong == {}
    assert len(seen) > 10


def test_every_page_of_a_new_workspace_looks_right(live, other_workspace):
    with in_workspace(other_workspace):
        owner = make_user(Role.OWNER)
        session = live.page_for(owner, slug="tb")
        session.close()
        seen, wrong = crawl(live, owner, slug="tb")

    assert wrong == {}
    assert len(seen) > 10
