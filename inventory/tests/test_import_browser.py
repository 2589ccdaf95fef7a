import pytest
from django.urls import reverse

from inventory.tests.test_imports import HEAD
from nozzly.accounts.permissions import Role
from nozzly.testing.browser import PHONE, look_at
from nozzly.testing.factories.inventory import FilamentFactory, MaterialFactory, SpoolFactory
from nozzly.testing.fixtures import make_user

pytestmark = pytest.mark.browser


def test_a_file_is_looked_at_taken_in_and_undone_on_a_phone(live):
    page = live.page_for(make_user(Role.OWNER), size=PHONE, theme="dark")
    rows = f"{HEAD}\n,eSUN,PLA,White,#ffffff,1000,640,Shelf,,,12.00\n,,PLA,,,,heavy,,,,"

    page.goto(live.url(reverse("inventory:import_spools")))
    page.set_input_files(
        "input[type=file]", {"name": "rolls.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    )  # fmt: skip
    page.click("text=Check the file")
    assert look_at(page, "import-check") == []
    page.click("text=Import the 1 good row only")
    page.click("text=Undo")
    assert look_at(page, "import-undo") == []
    page.click("text=Undo the whole import")
    page.wait_for_selector("dt:has-text('Undone')")
    page.goto(live.url(reverse("web:import_list")))
    assert look_at(page, "imports") == []


def test_rows_are_ticked_and_edited_together(live):
    pla = MaterialFactory(name="PLA")
    for hue in ("#ff0000", "#fa0505"):
        SpoolFactory(filament=FilamentFactory(material=pla, colour_hexes=[hue]))
    page = live.page_for(make_user(Role.OWNER))

    page.goto(live.url(reverse("inventory:spool_list")))
    page.click("summary:has-text('Columns')")
    page.check("label:has-text('Note') input")
    page.click("text=Show these")
    for box in page.locator("input[name=lot]").all():
        box.check()
    page.click(".bulk-bar button:has-text('Edit')")
    assert look_at(page, "edit-rolls") == []
    page.fill("input[name=note]", "by the window")
    page.click("text=Change 2 rows")
    assert page.locator("td:has-text('by the window')").count() == 2
    page.goto(live.url(reverse("inventory:group_list")))
    assert look_at(page, "groups-proposed") == []
    page.click("text=Make this group")
    page.wait_for_selector("a:has-text('Red PLA')")
