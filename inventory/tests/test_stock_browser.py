"""The stock room in a real browser: held to axe and to the window, and what only JavaScript does."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from inventory.choices import LocationKind, MovementKind, SpoolState
from inventory.domain import ledger
from inventory.domain.ledger import Entry
from inventory.models import Delivery, Lot
from nozzly.accounts.permissions import Role
from nozzly.testing.browser import PHONE, look_from_all_sides
from nozzly.testing.factories.inventory import (
    DeliveryFactory,
    DeliveryLineFactory,
    FilamentFactory,
    ItemFactory,
    LocationFactory,
    LotFactory,
    MaterialFactory,
    MaterialGroupFactory,
    ReservationFactory,
    SpoolFactory,
    StockPolicyFactory,
    StocktakeFactory,
    StocktakeLineFactory,
    SupplierFactory,
)
from nozzly.testing.fixtures import make_user

pytestmark = pytest.mark.browser
COLOURS = [
    ("Galaxy Black", ["#3d3e3d"]), ("Signal White", ["#f2f2f0"]), ("Prusa Orange", ["#f96830"]),
    ("Azure Blue", ["#2c5ea3"]), ("Rainbow", ["#e64b3c", "#f2c53d", "#3fa35b"]), ("Sakura Pink", ["#ec8bb3"]),
]  # fmt: skip


def furnish():
    """A shop's stock room: places, colours, rolls with a past, parts, a delivery."""
    room = LocationFactory(name="Workshop", kind=LocationKind.ROOM)
    shelf = LocationFactory(name="Shelf A", parent=room)
    slot = LocationFactory(name="MK4 left", kind=LocationKind.SLOT, parent=room)
    group = MaterialGroupFactory(name="Black PLA, any brand", colour_hex="#222222")
    petg = MaterialFactory(name="PETG", density_g_cm3=Decimal("1.27"))
    rolls = []
    for number, (name, hexes) in enumerate(COLOURS):
        filament = FilamentFactory(
            brand__name=f"Maker {number % 3}", colour_name=name, colour_hexes=hexes, group=None if number else group,
            **({"material": petg} if number > 3 else {}),
        )  # fmt: skip
        rolls.append(SpoolFactory(filament=filament, lot__location=shelf, lot__batch=f"B-{number}"))
        SpoolFactory(filament=filament, state=SpoolState.SEALED, opened_at=None)
    user = make_user(Role.OWNER)
    start = datetime.now(UTC) - timedelta(days=20)
    for day, roll in enumerate(rolls * 3):
        entries = [
            Entry(roll.pk, MovementKind.CONSUMPTION, Decimal(-90)),
            Entry(roll.pk, MovementKind.PURGE, Decimal("-7.5")),
        ]
        at = start + timedelta(days=day)
        text = f"TA-202603{day + 1:02d}-001"
        ledger.post(entries, source="run", source_id=1, source_text=text, key=uuid4(), by=user, at=at)
    ReservationFactory(item=None, group=group, quantity=2500, source_text="TA-20260301-002")
    SpoolFactory(filament=rolls[1].lot.item.filament, on_hand=0, lot__needs_count=True)
    Lot.objects.filter(pk=rolls[0].pk).update(location=slot, needs_count=True)
    magnets = ItemFactory(name="Magnet 6 × 2 mm", sku="MAG-62", last_cost_per_unit=Decimal("0.0421"))
    lot = LotFactory(item=magnets, held=400, worth="16.84", location=shelf)
    delivery = DeliveryFactory(
        supplier=SupplierFactory(name="Filament Shop"), invoice_number="2026-1042", received_on=date(2026, 3, 2)
    )
    DeliveryLineFactory(
        delivery=delivery, item=rolls[0].lot.item, count=2, quantity_each=1000, line_total=Decimal("44.80")
    )
    stocktake = StocktakeFactory(name="Year end", started_by=user)
    StocktakeLineFactory(stocktake=stocktake, lot=rolls[2].lot, counted=480, expected=500, counted_by=user)
    StockPolicyFactory(item=None, group=group, minimum=3000)
    StockPolicyFactory(item=magnets, minimum=500, on_order=50)
    return {
        "stocktake": stocktake,
        "roll": rolls[0],
        "slot": slot,
        "group": group,
        "lot": lot,
        "delivery": delivery,
        "user": user,
        "item": magnets,
    }


def pages(made):
    """The full ones; nozzly.tests.test_every_page opens all others with a row of each."""
    return {
        "stock-room": reverse("inventory:stock_room"),
        "spools": reverse("inventory:spool_list"),
        "spool": made["roll"].get_absolute_url(),
        "lot": made["lot"].get_absolute_url(),
        "library": reverse("inventory:library") + "?search=prusament",
        "receive": reverse("inventory:receive_delivery"),
        "stocktake": made["stocktake"].get_absolute_url(),
        "shopping": reverse("inventory:shopping_list"),
        "value": reverse("inventory:stock_value"),
    }


def test_full_pages_are_accessible_and_fit_the_window(live):
    made = furnish()
    page = live.page_for(made["user"])
    wrong = {}

    for name, path in pages(made).items():
        page.goto(live.url(path))
        if found := look_from_all_sides(page, name):
            wrong[name] = found

    assert wrong == {}


def test_weighing_adds_up_while_it_is_typed(live):
    made = furnish()
    page = live.page_for(make_user(Role.OPERATOR), size=PHONE)
    page.goto(live.url(made["roll"].get_absolute_url()))

    page.get_by_label("On the scale").fill("698,5")
    shown = page.locator("[data-weigh-sum]").inner_text()
    page.get_by_role("button", name="Weigh").click()
    page.wait_for_selector("text=499\u00a0g left")

    assert shown == "498.5 g left"
    assert Lot.objects.get(pk=made["roll"].pk).on_hand == Decimal("498.5")


def test_delivery_grid_is_typed_by_keyboard_with_the_last_price(live):
    made = furnish()
    page = live.page_for(made["user"])
    page.goto(live.url(reverse("inventory:receive_delivery")))

    page.get_by_label("Supplier").fill("Filament Shop")
    page.get_by_label("Invoice number").fill("2026-1043")
    page.locator("#id_row-0-item").fill(made["roll"].lot.item.name)
    page.keyboard.press("Enter")
    page.locator("#id_row-0-count").fill("3")
    page.keyboard.press("Enter")
    filled = (page.locator("#id_row-0-quantity_each").input_value(), page.locator("#id_row-0-total").input_value())
    focused = page.evaluate("document.activeElement.id")
    page.get_by_role("button", name="More rows").click()
    rows = page.locator("[data-delivery-row]").count()
    page.get_by_role("button", name="Book the delivery").click()
    page.wait_for_selector("text=is booked")

    assert filled == ("1000", "67.20")
    assert (focused, rows) == ("id_row-0-quantity_each", 7)
    assert Delivery.objects.get(invoice_number="2026-1043").lines.get().line_total == Decimal("67.20")
