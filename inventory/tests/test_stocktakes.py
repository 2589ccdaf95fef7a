from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from uuid import uuid4

import pytest
from django.urls import reverse
from pypdf import PdfReader

from inventory.choices import MovementKind, StocktakeState
from inventory.domain import ledger, stocktakes
from inventory.domain.ledger import Entry
from inventory.domain.stocktakes import NothingCounted, StocktakeClosed
from inventory.models import Lot, Stocktake, StocktakeLine
from nozzly.testing.factories.inventory import (
    LocationFactory,
    LotFactory,
    SpoolFactory,
    StocktakeFactory,
    StocktakeLineFactory,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_stocktake_books_the_difference_to_the_moment_of_the_count(owner):
    lot, stocktake = LotFactory(held=10, worth=10, needs_count=True), StocktakeFactory()
    stocktakes.count_lot(stocktake, lot, counted=Decimal(8), by=owner, at=NOON)
    entry = Entry(lot.pk, MovementKind.SALE, Decimal(-3))
    ledger.post([entry], source="order", source_id=1, source_text="", key=uuid4(), by=owner, at=NOON)

    stocktakes.approve(stocktake, by=owner, at=NOON)

    lot.refresh_from_db()
    stocktake.refresh_from_db()
    assert (lot.on_hand, lot.bought_value, lot.needs_count) == (5, Decimal("5.00"), False)
    assert (stocktake.state, stocktake.closed_by) == (StocktakeState.APPROVED, owner)


def test_a_lot_counted_again_keeps_the_last_count(owner):
    lot, stocktake = LotFactory(held=10), StocktakeFactory()

    for counted in (4, 9):
        stocktakes.count_lot(stocktake, lot, counted=Decimal(counted), by=owner, at=NOON)

    assert [line.counted for line in StocktakeLine.objects.all()] == [9]


def test_a_closed_stocktake_takes_no_more_and_an_empty_one_is_not_approved(owner):
    stocktake, lot = StocktakeFactory(), LotFactory(held=1)

    with pytest.raises(NothingCounted):
        stocktakes.approve(stocktake, by=owner, at=NOON)
    stocktakes.cancel(stocktake, by=owner, at=NOON)
    for act in (stocktakes.approve, stocktakes.cancel):
        with pytest.raises(StocktakeClosed, match="already cancelled"):
            act(stocktake, by=owner, at=NOON)
    with pytest.raises(StocktakeClosed):
        stocktakes.count_lot(stocktake, lot, counted=Decimal(1), by=owner, at=NOON)


def test_a_whole_stocktake_by_phone(client, owner):
    shelf = LocationFactory()
    flagged = SpoolFactory(lot__location=shelf, on_hand=0, lot__needs_count=True)
    roll = SpoolFactory(lot__location=LocationFactory(parent=shelf), on_hand=300, worth=Decimal(6))
    elsewhere = SpoolFactory()
    client.get(reverse("inventory:start_stocktake"))
    client.post(reverse("inventory:start_stocktake"), {"name": "Year end", "locations": [shelf.pk]})
    stocktake = Stocktake.objects.get()
    count = reverse("inventory:count_line", args=[stocktake.pk])

    before = client.get(stocktake.get_absolute_url())
    client.post(count, {"code": f"http://x/s/{roll.lot.code}", "gross_g": "490"})
    client.post(count, {"code": flagged.lot.code, "counted": "15"})
    look = client.get(reverse("inventory:approve_stocktake", args=[stocktake.pk])).content.decode()
    client.post(reverse("inventory:approve_stocktake", args=[stocktake.pk]))

    assert [lot.pk for lot in before.context["to_count"]] == [flagged.pk, roll.pk]
    assert "2 differences will be booked" in look
    assert "-£0.20" in look
    assert dict(Lot.objects.values_list("pk", "on_hand")) == {roll.pk: 290, flagged.pk: 15, elsewhere.pk: 1000}
    page = client.get(stocktake.get_absolute_url())
    assert "Approved" in page.content.decode()
    assert page.context["to_count"] == []


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"code": "ZZZZ", "counted": "1"}, "code"),
        ({"code": "PLACE", "counted": "1"}, "code"),
        ({"code": "PART"}, "counted"),
        ({"code": "PART", "gross_g": "5"}, "gross_g"),
        ({"code": "ROLL", "gross_g": "5"}, "gross_g"),
        ({"code": "ROLL", "counted": "x"}, "counted"),
    ],
)
def test_a_wrong_count_says_so_next_to_the_field(client, operator, data, field):
    stocktake = StocktakeFactory()
    codes = {"PLACE": LocationFactory().code, "PART": LotFactory(held=1).code, "ROLL": SpoolFactory().lot.code}

    response = client.post(
        reverse("inventory:count_line", args=[stocktake.pk]), data | {"code": codes.get(data["code"], data["code"])}
    )

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]


def test_counting_in_a_closed_stocktake_says_so(client, operator):
    stocktake = StocktakeFactory(state=StocktakeState.CANCELLED, closed_at=NOON)

    response = client.post(
        reverse("inventory:count_line", args=[stocktake.pk]), {"code": LotFactory(held=1).code, "counted": "1"}
    )

    assert "already cancelled" in response.content.decode()


def test_operators_count_but_see_no_value_and_do_not_approve(client, operator):
    line = StocktakeLineFactory(lot=LotFactory(held=10, worth="777.70"))
    stocktake = line.stocktake

    page = client.get(stocktake.get_absolute_url()).content.decode()

    assert "£" not in page
    assert client.get(reverse("inventory:approve_stocktake", args=[stocktake.pk])).status_code == 403
    assert client.get(reverse("inventory:cancel_stocktake", args=[stocktake.pk])).status_code == 403


def test_dropping_a_count_books_nothing(client, owner):
    line = StocktakeLineFactory(lot=LotFactory(held=10))
    url = reverse("inventory:cancel_stocktake", args=[line.stocktake.pk])

    client.get(url)
    client.post(url)

    line.lot.refresh_from_db()
    assert (line.lot.on_hand, Stocktake.objects.get().state) == (10, StocktakeState.CANCELLED)


@pytest.mark.parametrize("line_count", [1, 3])
def test_stocktake_page_query_count_does_not_grow(client, owner, django_assert_num_queries, line_count):
    stocktake = StocktakeFactory()
    for _each in range(line_count):
        StocktakeLineFactory(stocktake=stocktake, lot=SpoolFactory().lot)
        SpoolFactory()
    client.get(stocktake.get_absolute_url())

    with django_assert_num_queries(6):  # user, stocktake, lines, its places twice, what is left to count
        client.get(stocktake.get_absolute_url())


def test_a_long_count_says_how_much_is_left(client, operator):
    stocktake = StocktakeFactory()
    LotFactory.create_batch(61, held=5)

    page = client.get(stocktake.get_absolute_url())

    assert "The first 60 of 61; the next follow as these are counted." in " ".join(page.content.decode().split())
    assert len(page.context["to_count"]) == 60


@pytest.mark.parametrize("stocktake_count", [1, 3])
def test_stocktake_list_query_count_does_not_grow(client, owner, django_assert_num_queries, stocktake_count):
    empty = client.get(reverse("inventory:stocktake_list")).content.decode()
    for _each in range(stocktake_count):
        StocktakeFactory(started_by=owner)

    with django_assert_num_queries(2):  # user, rows
        client.get(reverse("inventory:stocktake_list"))
    assert "Never counted yet" in empty


def test_a_count_goes_on_paper_with_what_was_flagged_first(client, operator):
    stocktake = StocktakeFactory(name="Year end")
    plain, flagged = LotFactory(held=4, item__name="Aaa"), LotFactory(held=3, item__name="Zzz", needs_count=True)

    response = client.get(reverse("inventory:count_sheet", args=[stocktake.pk]))

    text = PdfReader(BytesIO(response.content)).pages[0].extract_text()
    assert response.headers["Content-Type"] == "application/pdf"
    assert text.index(flagged.code) < text.index(plain.code)
    assert "3" not in text.partition("Zzz")[2].splitlines()[0]
