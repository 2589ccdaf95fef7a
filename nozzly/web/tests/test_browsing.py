import pytest
from django.urls import reverse

from nozzly.accounts.permissions import Role
from nozzly.testing.browser import PHONE, axe_violations
from nozzly.testing.fixtures import make_user
from nozzly.web.models import SavedView

pytestmark = pytest.mark.browser


@pytest.fixture
def owner(live):
    user = make_user(Role.OWNER, name="Mia Owner")
    SavedView.objects.bulk_create(SavedView(user=user, page="ab"[n % 2], name=f"View {n:02}") for n in range(30))
    return user


def names(page):
    return page.locator("#view-table tbody td:first-child").all_inner_texts()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_list_is_searched_sorted_and_turned(live, owner, script):
    page = live.page_for(owner, java_script_enabled=script)
    page.goto(live.url("/samples/"))

    page.get_by_role("link", name="Name").click()
    page.wait_for_url("**sort=-name**")
    assert page.locator("#view-table td").first.inner_text() == "View 29"

    page.get_by_role("link", name="Next").click()
    page.wait_for_url("**page=2**")
    page.locator("#view-table td", has_text="View 04").wait_for()

    page.get_by_label("Search", exact=True).fill("View 1")
    page.get_by_label("Search", exact=True).press("Enter")
    page.wait_for_url("**search=View**")
    page.locator("#view-table td", has_text="View 19").wait_for()
    assert len(names(page)) == 10


def test_list_swaps_its_table_and_keeps_the_page(live, owner):
    page = live.page_for(owner)
    page.goto(live.url("/samples/"))
    page.evaluate("window.stayed = true")

    page.get_by_role("combobox", name="Page").select_option("b")
    page.wait_for_url("**page_name=b**")
    page.locator("#view-table td", has_text="View 29").wait_for()

    assert (page.evaluate("window.stayed"), len(names(page))) == (True, 15)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_menu_of_a_phone_opens_and_leads_on(live, owner, script):
    page = live.page_for(owner, size=PHONE, java_script_enabled=script)
    page.goto(live.url(reverse("web:keys")))

    page.locator(".menu-button").click()
    if script:
        assert axe_violations(page) == []
    page.get_by_role("link", name="Settings").click()

    page.wait_for_url("**/settings/")


def test_theme_is_changed_without_script_and_stays(live, owner):
    page = live.page_for(owner, java_script_enabled=False)
    page.goto(live.url(reverse("web:keys")))

    page.get_by_role("button", name="Mia: account menu").click()
    page.get_by_role("button", name="Dark").click()
    page.goto(live.url(reverse("web:settings")))

    assert page.locator("html").get_attribute("data-bs-theme") == "dark"


def test_theme_follows_the_device_when_told_to(live, owner):
    page = live.page_for(owner, theme="dark")
    page.context.clear_cookies(name="theme")

    page.goto(live.url(reverse("web:keys")))

    assert page.locator("html").get_attribute("data-bs-theme") == "dark"


def test_keys_open_what_they_say(live, owner):
    page = live.page_for(owner)
    page.goto(live.url("/samples/"))

    page.keyboard.press("n")

    page.wait_for_url("**/samples/new/")


def test_key_does_nothing_while_somebody_types(live, owner):
    page = live.page_for(owner)
    page.goto(live.url("/samples/"))

    page.get_by_label("Search", exact=True).press("n")

    assert page.get_by_label("Search", exact=True).input_value() == "n"


def test_form_with_a_mistake_puts_the_cursor_there(live, owner):
    page = live.page_for(owner)
    page.goto(live.url("/samples/new/"))

    page.get_by_label("Page").fill("typed")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("This field is required.").wait_for()

    assert page.evaluate("document.activeElement.name") == "name"
    assert page.get_by_label("Page").input_value() == "typed"
    assert axe_violations(page) == []


def test_toast_says_it_is_saved_and_can_be_closed(live, owner):
    page = live.page_for(owner)
    page.goto(live.url("/samples/new/"))
    page.get_by_label("Name").fill("Mine")
    page.get_by_label("Page").fill("a")
    page.get_by_role("button", name="Save").click()

    toast = page.get_by_text("Mine (a) is saved.")
    toast.wait_for()
    page.get_by_role("button", name="Close").click()

    assert toast.count() == 0


def test_pages_break_no_rule_of_the_security_policy(live, owner):
    page = live.page_for(owner)
    complaints = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None
    )

    for path in ("/samples/", "/samples/new/", "/samples/import/", reverse("web:settings"), "/nowhere/"):
        page.goto(live.url(path))

    assert [text for text in complaints if "404" not in text] == []
