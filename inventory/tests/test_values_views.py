from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from inventory.choices import MovementKind
from inventory.domain import ledger, lots, undoing, values
from inventory.domain.ledger import Entry
from inventory.domain.lots import NotAnAmount
from inventory.models import Lot
from nozzly.testing.factories.inventory import ItemFactory, LotFactory, SpoolFactory

PAGE, UNTOUCHED = "inventory:stock_value", "inventory:untouched_list"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def use(lot, grams, at=NOON):
    entry = Entry(lot.pk, MovementKind.CONSUMPTION, Decimal(-grams))
    ledger.post([entry], source="run", source_id=1, source_text="", key=uuid4(), by=None, at=at)


def test_stock_value_of_any_day_equals_the_sum_of_the_ledger_to_that_day():
    roll, part = SpoolFactory(worth=Decimal("20.00")).lot, LotFactory(held=10, worth=5)
    use(roll, 250)
    use(roll, 250, at=NOON + timedelta(days=10))

    for on, rolls, total in [
        (date(2025, 12, 31), None, Decimal(0)),
        (date(2026, 2, 28), 1000, Decimal("25.00")),
        (date(2026, 3, 1), 750, Decimal("20.00")),
        (date(2026, 4, 1), 500, Decimal("15.00")),
    ]:
        value = values.stock_value(on)
        assert {row.item: row.quantity for row in value.rows}.get(roll.item) == rolls
        assert (value.bought_value, value.full_value) == (total, total)
        assert total == sum(balance.bought_value for balance in ledger.balances_at(on).values())
    row = next(row for row in values.stock_value(date(2026, 4, 1)).rows if row.item == roll.item)
    assert (row.gone, row.days_on_hand) == (500, 90)
    assert part.item in {row.item for row in values.stock_value(date(2026, 4, 1)).rows}


@pytest.mark.parametrize("lot_count", [1, 3])
def test_stock_value_query_count_does_not_grow(client, owner, django_assert_num_queries, lot_count):
    for _each in range(lot_count):
        use(SpoolFactory().lot, 10)
    client.get(reverse(PAGE))

    with django_assert_num_queries(7):  # user, bounds, days, lots, what has gone, items, write-downs
        client.get(reverse(PAGE))


def test_stock_value_page_takes_a_day_and_hands_out_files(client, bookkeeper):
    lot = SpoolFactory(worth=Decimal("77.77")).lot

    page = client.get(reverse(PAGE), {"on": "2026-03-01"}).content.decode()
    csv = client.get(reverse(PAGE), {"on": "2026-03-01", "format": "csv"}).content.decode()
    xlsx = client.get(reverse(PAGE), {"on": "2026-03-01", "format": "xlsx"})
    pdf = client.get(reverse(PAGE), {"on": "2026-03-01", "format": "pdf"})
    wrong = client.get(reverse(PAGE), {"on": "yesterday"})
    long_ago = client.get(reverse(PAGE), {"on": "0001-01-01"})
    to_come = [client.get(reverse(PAGE), {"on": "2199-01-01", "format": kind}) for kind in ("", "csv", "pdf")]
    before = client.get(reverse(PAGE), {"on": "2020-01-01"}).content.decode()

    assert ("£77.77" in page, "Bought value by kind" in page) == (True, True)
    assert f"Filament,{lot.item.name},,1000,g,77.77,77.77," in csv
    assert xlsx.status_code == 200
    assert "£77.77" in PdfReader(BytesIO(pdf.content)).pages[0].extract_text()
    assert [answer.status_code for answer in (wrong, long_ago, *to_come)] == [422] * 5
    assert "still to come" in to_come[0].content.decode()
    assert "£77.77" not in to_come[0].content.decode()
    assert "Nothing was there" in before


def test_stock_value_is_not_for_operators(client, operator):
    assert client.get(reverse(PAGE)).status_code == 403


def test_revalue_changes_the_value_and_keeps_the_quantity(client, owner):
    lot = SpoolFactory(worth=Decimal("20.00")).lot
    url = reverse("inventory:revalue_lot", args=[lot.code])
    data = {"bought_value": "12.50", "full_value": "12.50", "reason": "damaged", "note": "damp", "key": uuid4()}

    shown = client.get(url).content.decode()
    client.post(url, data)
    client.post(url, data)

    lot.refresh_from_db()
    assert 'value="20"' in shown
    assert (lot.on_hand, lot.bought_value, lot.bought_cost) == (1000, Decimal("12.50"), Decimal("0.0125"))
    assert [row.kind for row in ledger.movements_of(lot)] == ["revaluation", "opening"]
    page = client.get(reverse(PAGE)).content.decode()
    assert "Damaged: damp" in page
    (row,) = client.get(reverse(PAGE)).context["value"].revalued
    assert (row.lot, row.bought_value, row.by) == (lot, Decimal("-7.50"), owner)
    undoing.undo(ledger.movements_of(lot).first().pk, by=owner, at=timezone.now())
    assert client.get(reverse(PAGE)).context["value"].revalued == []


def test_a_write_down_for_another_reason_says_which(client, owner):
    lot = LotFactory(held=10, worth=5)
    data = {"bought_value": "1", "full_value": "1", "reason": "other", "key": uuid4()}

    response = client.post(reverse("inventory:revalue_lot", args=[lot.code]), data)

    assert list(response.context["form"].errors) == ["note"]


def test_turnover_is_how_often_a_year_the_stock_goes_out(owner):
    lot = SpoolFactory(on_hand=1000).lot
    use(lot, 450, at=timezone.now())

    (row,) = values.stock_value(timezone.localdate()).rows

    assert (row.quantity, row.gone, row.days_on_hand, row.turnover) == (550, 450, 110, Decimal("3.3"))


def test_revalue_to_the_same_value_is_refused(client, owner):
    lot = LotFactory(held=10, worth=5)
    same = {"bought_value": Decimal(5), "full_value": Decimal(5), "note": "x"}

    with pytest.raises(NotAnAmount):
        lots.revalue(lot, **same, key=uuid4(), by=owner, at=NOON)
    response = client.post(reverse("inventory:revalue_lot", args=[lot.code]), same | {"reason": "slow", "key": uuid4()})
    assert "Nothing would change" in response.content.decode()


def test_revalue_is_not_for_operators(client, operator):
    assert client.get(reverse("inventory:revalue_lot", args=[LotFactory(held=1).code])).status_code == 403


def test_untouched_list_shows_what_has_not_moved_for_so_long(client, owner):
    old, fresh = SpoolFactory().lot, LotFactory(held=10)
    Lot.objects.filter(pk=fresh.pk).update(moved_at=timezone.now() - timedelta(days=40))
    LotFactory()

    def found(**chosen):
        return {lot.pk for lot in client.get(reverse(UNTOUCHED), chosen).context["page"]}

    assert found() == {old.pk}
    assert found(days="30") == {old.pk, fresh.pk}
    assert found(days="nonsense") == {old.pk, fresh.pk}


def test_untouched_list_hides_money_from_operators(client, client_for, owner):
    SpoolFactory(worth=Decimal("77.77"))

    assert "77.77" in client.get(reverse(UNTOUCHED)).content.decode()
    assert "£" not in client_for("operator").get(reverse(UNTOUCHED), {"sort": "value"}).content.decode()


@pytest.mark.parametrize("lot_count", [1, 3])
def test_untouched_list_query_count_does_not_grow(client, owner, django_assert_num_queries, lot_count):
    empty = client.get(reverse(UNTOUCHED)).content.decode()
    for _each in range(lot_count):
        SpoolFactory()

    with django_assert_num_queries(2):  # user, rows
        client.get(reverse(UNTOUCHED))
    assert "Everything has moved lately" in empty


def test_untouched_list_is_not_for_strangers(client):
    assert client.get(reverse(UNTOUCHED)).status_code == 302
    assert not ItemFactory._meta.model.objects.exists()
