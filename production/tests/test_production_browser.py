"""The print floor in a real Chromium: nothing sticks out, nothing is unreadable, at the desk and on the phone."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory.domain import reservations
from nozzly.accounts.permissions import Role
from nozzly.testing.browser import PHONE, look_from_all_sides
from nozzly.testing.factories.inventory import FilamentFactory, SpoolFactory
from nozzly.testing.factories.production import MaintenanceTaskFactory
from nozzly.testing.fixtures import make_user
from production.choices import Method
from production.domain import runs
from production.domain.reports import RunReport, SpoolUse
from production.domain.runs import Pieces
from production.models import FailureReason
from production.tests import shop

pytestmark = pytest.mark.browser


@pytest.fixture
def floor(committed):
    """A shop in the evening: one bed due, one printing, one free, something short, something failed."""
    boss, now = make_user(Role.OWNER), timezone.now()
    shop.rates()
    left, right, spare = (shop.printer(name) for name in ("Left", "Right", "Spare"))
    black = FilamentFactory(colour_name="Black", colour_hexes=["#1a1a1a"])
    teal = FilamentFactory(colour_name="Teal", colour_hexes=["#12949f", "#e3dfd5"])
    SpoolFactory(filament=black, lot__location=left.slots.get(position=1).location)
    SpoolFactory(filament=teal, on_hand=300)
    dragon = shop.variant(
        "Articulated dragon", {"body": (black, 140, 2), "eyes": (teal, 5, 1)}, seconds=4 * 3600, minutes="4"
    )
    owl = shop.variant("Owl", {"body": (teal, 180, 6)}, seconds=2 * 3600)

    def plan(variant, pieces, printer, **more):
        return runs.plan_run(
            outputs=[Pieces(variant, pieces, personalisation=more.pop("text", ""))], printer=printer,
            even_if_short=True, by=boss, at=now, **more,
        )[0]  # fmt: skip

    due, printing = plan(dragon, 1, left, text="For Ada", reference="order 1007"), plan(owl, 1, right)
    runs.start_run(due, by=boss, at=now - timedelta(hours=6))
    runs.start_run(printing, by=boss, at=now - timedelta(minutes=20))
    queued = plan(dragon, 2, left)
    plan(owl, 3, None)
    done = runs.complete_run(plan(dragon, 2, spare), key=uuid4(), by=boss, at=now)
    for grams in (196, 198, 200):
        weighed = plan(owl, 1, spare)
        use = SpoolUse(weighed.materials.get().pk, method=Method.TYPED, grams=Decimal(grams), purge_g=Decimal(6))
        runs.complete_run(weighed, report=RunReport(spools=(use,)), key=uuid4(), by=boss, at=now)
    failed = plan(owl, 1, spare)
    report = runs.FailureReport(Decimal(40), FailureReason.objects.first())
    runs.fail_run(failed, report=report, reprint=True, key=uuid4(), by=boss, at=now)
    MaintenanceTaskFactory(printer=left, name="Grease the rods", every_h=Decimal(1))
    return {"boss": boss, "due": due, "queued": queued, "done": done, "failed": failed, "left": left, "dragon": dragon}


def test_pages_of_the_print_floor_are_well_made(live, floor):
    """Those whose looks depend on what is on them; nozzly.tests.test_every_page opens all others."""
    black = floor["dragon"].slots.get(slot_name="body").filament
    plate = shop.plate([(floor["dragon"], 2)], [("body", black, 280, 4)], seconds=2 * 3600)
    reservations.reserve(item=floor["dragon"].item, quantity=Decimal(9), source="order_line", source_id=1)
    pages = {
        "floor": ("floor",), "tonight": ("tonight",), "morning": ("morning_round",), "runs": ("run_list",),
        "run-done": ("run_detail", floor["done"].pk), "run-failed": ("run_detail", floor["failed"].pk),
        "run-open": ("run_detail", floor["due"].pk), "complete": ("complete_run", floor["due"].pk),
        "undo": ("undo_run", floor["done"].pk), "plan-plate": ("plan_plate", plate.pk),
        "start": ("start_run", floor["queued"].pk), "printer": ("printer_detail", floor["left"].pk),
        "variance": ("variance",), "fill": ("fill_tonight",),
    }  # fmt: skip
    window = live.page_for(floor["boss"])

    wrong = {}
    for name, (url_name, *args) in pages.items():
        response = window.goto(live.url(reverse(f"production:{url_name}", args=args)))
        wrong[name] = [] if response.status == 200 else [f"answered {response.status}"]
        wrong[name] += look_from_all_sides(window, f"production-{name}")

    assert wrong == {name: [] for name in pages}


def test_a_bed_is_emptied_with_one_tap_on_the_phone(live, floor):
    window = live.page_for(make_user(Role.OPERATOR), size=PHONE)
    window.goto(live.url(reverse("production:floor")))

    window.get_by_role("button", name="All good").first.click()

    window.get_by_text("is done, all good").wait_for()
    floor["due"].refresh_from_db()
    assert (floor["due"].state, window.url) == ("done", live.url(reverse("production:floor")))


def test_a_mix_is_planned_by_searching(live, floor):
    window = live.page_for(floor["boss"])
    window.goto(live.url(reverse("production:plan_run")))

    window.get_by_label("Find a product").fill("owl")
    window.get_by_role("button", name="Find").click()
    window.locator("#plan-variants").get_by_label("dragon").wait_for(state="detached")
    window.locator("#plan-variants").get_by_label("Owl").fill("1")
    window.get_by_label("Plan it even if filament is short").check()
    window.get_by_role("button", name="Plan it", exact=True).click()

    window.get_by_text("1 run is planned").wait_for()
