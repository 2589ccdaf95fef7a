import pytest
from django.urls import reverse

from nozzly.accounts.permissions import Role
from nozzly.testing.browser import PHONE, WIDE, look_at
from nozzly.testing.fixtures import make_user

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_parts_of_pages_look_right(live, settings, size, theme):
    settings.EMBEDDED = True
    page = live.page_for(make_user(Role.OWNER), size=size, theme=theme)

    found = {}
    for name in ("styleguide", "keys", "job_list"):
        page.goto(live.url(reverse(f"web:{name}")))
        found[name] = look_at(page, name)

    assert found == {"styleguide": [], "keys": [], "job_list": []}
