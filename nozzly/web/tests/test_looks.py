import pytest
from django.urls import reverse

from nozzly.accounts.permissions import Role
from nozzly.testing.browser import look_from_all_sides
from nozzly.testing.fixtures import make_user

pytestmark = pytest.mark.browser


def test_parts_of_pages_look_right(live, settings):
    settings.EMBEDDED = True
    page = live.page_for(make_user(Role.OWNER))

    found = {}
    for name in ("styleguide", "keys", "job_list"):
        page.goto(live.url(reverse(f"web:{name}")))
        found[name] = look_from_all_sides(page, name)

    assert found == {"styleguide": [], "keys": [], "job_list": []}
