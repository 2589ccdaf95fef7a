from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from inventory.choices import LocationKind, MovementKind
from inventory.domain import ledger
from inventory.domain.ledger import Entry
from nozzly.accounts.permissions import Role
from nozzly.testing.factories.catalog import VariantFactory
from nozzly.testing.factories.inventory import LocationFactory, LotFactory
from nozzly.testing.factories.pricing import EventFactory
from nozzly.testing.fixtures import make_user
from pricing.domain.packing import pack_list

D = Decimal


@pytest.fixture
def stall():
    return LocationFactory(name="Stall box", kind=LocationKind.STALL)


def variant_at(place, pieces, **facts):
    variant = VariantFactory(**facts)
    return variant, stocked(LotFactory(item=variant.item, location=place, on_hand=0), pieces)


def stocked(lot, pieces):
    book(lot, MovementKind.OPENING, pieces, date(2026, 1, 1))
    return lot


def book(lot, kind, quantity, on):
    ledger.post(
        [Entry(lot.pk, kind, D(quantity))], source="test", source_id=1, source_text="", key=uuid4(),
        by=make_user(Role.OWNER), at=datetime(on.year, on.month, on.day, 12, tzinfo=UTC),
    )  # fmt: skip


def fair(stall, on, **facts):
    return EventFactory(location=stall, starts_on=on, days=2, name=f"Fair {on}", **facts)


def test_what_sold_at_the_stall_before_is_packed_again(stall):
    dragon, dragons = variant_at(stall, 40)
    owl, owls = variant_at(stall, 3)
    _fox, foxes = variant_at(LocationFactory(name="Shelf"), 9)
    fair(stall, date(2026, 3, 7)), fair(stall, date(2026, 5, 2))
    for lot, pieces, on in (
        (dragons, 8, date(2026, 3, 7)), (dragons, 12, date(2026, 5, 3)), (owls, 3, date(2026, 3, 8)),
        (foxes, 5, date(2026, 3, 7)),  # sold from the shelf at home
        (dragons, 4, date(2026, 4, 1)),  # and between the fairs
    ):  # fmt: skip
        book(lot, MovementKind.SALE, -pieces, on)

    packing = pack_list(fair(stall, date(2026, 12, 5), expected_units=23))

    assert [(row.variant, row.sold, row.take, row.on_hand, row.missing) for row in packing.rows] == [
        (dragon, (12, 8), 20, 16, 4),
        (owl, (0, 3), 3, 0, 3),
    ]
    assert (len(packing.past), packing.pieces) == (2, 23)


def test_a_stall_without_a_place_or_a_past_has_no_list_yet(stall):
    assert pack_list(EventFactory()) is None
    assert pack_list(fair(stall, date(2026, 12, 5))).rows == ()


def test_the_page_of_a_fair_shows_its_list(client, owner, stall):
    _dragon, lot = variant_at(stall, 5, item__sku="DRAGON-1")
    fair(stall, date(2026, 3, 7))
    book(lot, MovementKind.SALE, -2, date(2026, 3, 7))

    page = client.get(fair(stall, date(2026, 12, 5), expected_units=10).get_absolute_url())

    assert [row.take for row in page.context["packing"].rows] == [10]
    assert "DRAGON-1" in page.text
