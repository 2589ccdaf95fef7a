from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from inventory.choices import MovementKind
from inventory.domain import ledger
from inventory.domain.ledger import AlreadyReversed, Batch, Entry, InsufficientStock, NothingToRevalue
from inventory.models.movements import Movement
from nozzly.core.models import WrittenOnce
from nozzly.tax.domain.periods import close_period
from nozzly.testing.factories.inventory import LotFactory, SpoolFactory

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
K = MovementKind


def post(*entries, key=None, at=NOON, **more):
    return ledger.post(
        entries, source="run", source_id=7, source_text="TA-20260301-001", key=key or uuid4(), by=None, at=at, **more
    )


def held(lot):
    lot.refresh_from_db()
    return (lot.on_hand, lot.bought_value, lot.full_value)


def test_post_takes_the_running_average_and_answers_one_row_for_each_entry():
    lot = SpoolFactory(on_hand=1000, worth=Decimal("20.00")).lot

    rows = post(Entry(lot.pk, K.CONSUMPTION, Decimal(-182)), Entry(lot.pk, K.PURGE, Decimal(-21)))

    assert [(row.kind, row.quantity, row.bought_value) for row in rows] == [
        ("consumption", Decimal("-182.000"), Decimal("-3.64")),
        ("purge", Decimal("-21.000"), Decimal("-0.42")),
    ]
    assert held(lot) == (Decimal(797), Decimal("15.94"), Decimal("15.94"))


def test_post_keeps_bought_and_full_values_apart():
    lot = LotFactory()

    post(Entry(lot.pk, K.OUTPUT, Decimal(3), Decimal("6.00"), Decimal("10.00")))
    sale = post(Entry(lot.pk, K.SALE, Decimal(-1)))[0]

    assert (sale.bought_value, sale.full_value) == (Decimal("-2.00"), Decimal("-3.33"))
    assert held(lot) == (Decimal(2), Decimal("4.00"), Decimal("6.67"))


def test_post_gives_the_remainder_to_the_last_movement_out():
    lot = LotFactory(held=3, worth="10.00")

    rows = post(*[Entry(lot.pk, K.SALE, Decimal(-1)) for _piece in range(3)])

    assert [row.bought_value for row in rows] == [Decimal("-3.33"), Decimal("-3.34"), Decimal("-3.33")]
    assert held(lot) == (0, 0, 0)


def test_post_books_a_shortage_as_found_and_flags_the_lot():
    lot = SpoolFactory(on_hand=40, worth=Decimal("0.80")).lot

    rows = post(Entry(lot.pk, K.CONSUMPTION, Decimal(-60)))

    lot.refresh_from_db()
    assert [(row.kind, row.quantity, row.bought_value, row.position) for row in rows] == [
        ("consumption", Decimal(-60), Decimal("-1.20"), 0),
        ("found", Decimal(20), Decimal("0.40"), 1),
    ]
    assert (lot.on_hand, lot.bought_value, lot.needs_count) == (0, 0, True)
    assert [row.balance for row in ledger.movements_of(lot)] == [0, Decimal(60), Decimal(40)]


def test_post_of_an_empty_lot_finds_at_the_last_known_cost():
    lot = LotFactory(held=10, worth="5.00")
    post(Entry(lot.pk, K.SALE, Decimal(-10)))

    found = post(Entry(lot.pk, K.SALE, Decimal(-2)))[1]

    assert (found.quantity, found.bought_value) == (Decimal(2), Decimal("1.00"))


@pytest.mark.parametrize("kind", [K.TRANSFER])
def test_post_refuses_a_shortage_that_somebody_decides_on(kind):
    lot = LotFactory(held=5, worth="5.00")

    with pytest.raises(InsufficientStock, match=r"holds only 5\.000, not 6"):
        post(Entry(lot.pk, kind, Decimal(-6)))

    assert held(lot) == (Decimal(5), Decimal("5.00"), Decimal("5.00"))
    assert ledger.movements_of(lot).count() == 1


def test_post_with_the_same_key_books_once_and_answers_the_same_rows():
    lot, key = LotFactory(held=50, worth="5.00"), uuid4()

    first = post(Entry(lot.pk, K.SALE, Decimal(-60)), key=key)
    again = post(Entry(lot.pk, K.SALE, Decimal(-60)), key=key)

    assert [row.pk for row in again] == [row.pk for row in first]
    assert Movement.objects.filter(lot=lot).count() == 3


def test_post_of_nothing_books_nothing():
    assert post() == []


def test_post_refuses_an_entry_of_nothing():
    lot = LotFactory(held=5)

    with pytest.raises(ValueError, match="moves something"):
        post(Entry(lot.pk, K.PURGE, Decimal("0.0001")))


def test_revaluation_changes_money_only_and_never_below_nothing():
    lot = LotFactory(held=10, worth="5.00")

    row = post(Entry(lot.pk, K.REVALUATION, Decimal(0), Decimal("-2.00"), Decimal("-9.00")))[0]

    assert (row.quantity, row.bought_value, row.full_value) == (0, Decimal("-2.00"), Decimal("-5.00"))
    assert held(lot) == (Decimal(10), Decimal("3.00"), Decimal(0))


def test_revaluation_of_an_empty_lot_is_refused():
    with pytest.raises(NothingToRevalue):
        post(Entry(LotFactory().pk, K.REVALUATION, Decimal(0), Decimal("1.00"), Decimal("1.00")))


def test_reverse_restores_quantity_and_money_newest_first():
    lot = SpoolFactory(on_hand=40, worth=Decimal("0.80")).lot
    key = uuid4()
    post(Entry(lot.pk, K.CONSUMPTION, Decimal(-60)), key=key)

    rows = ledger.reverse(key, key=uuid4(), by=None, at=NOON, note="wrong roll")

    assert [(row.quantity, row.reverses.kind, row.source_id, row.note) for row in rows] == [
        (Decimal(60), "consumption", 7, "wrong roll"),
        (Decimal(-20), "found", 7, "wrong roll"),
    ]
    assert held(lot) == (Decimal(40), Decimal("0.80"), Decimal("0.80"))


def test_reverse_twice_is_refused_but_the_same_key_is_answered():
    lot = LotFactory(held=10, worth="5.00")
    rows = post(Entry(lot.pk, K.SALE, Decimal(-4)))
    undo = uuid4()

    first = ledger.reverse(rows, key=undo, by=None, at=NOON)
    again = ledger.reverse(rows, key=undo, by=None, at=NOON)

    assert again == first
    with pytest.raises(AlreadyReversed):
        ledger.reverse(rows, key=uuid4(), by=None, at=NOON)
    with pytest.raises(AlreadyReversed):
        ledger.reverse(first, key=uuid4(), by=None, at=NOON)


def test_reverse_of_what_has_gone_out_again_is_refused():
    lot = LotFactory()
    rows = post(Entry(lot.pk, K.OUTPUT, Decimal(3), Decimal("3.00"), Decimal("3.00")))
    post(Entry(lot.pk, K.SALE, Decimal(-1)))

    with pytest.raises(InsufficientStock):
        ledger.reverse(rows, key=uuid4(), by=None, at=NOON)


def test_reverse_of_nothing_books_nothing():
    assert ledger.reverse(uuid4(), key=uuid4(), by=None, at=NOON) == []


def test_reversed_receipt_leaves_no_money_on_an_empty_lot():
    lot = LotFactory(held=1000, worth="20.00")
    first = list(ledger.movements_of(lot))
    post(Entry(lot.pk, K.CONSUMPTION, Decimal(-500)))
    post(Entry(lot.pk, K.RECEIPT, Decimal(500), Decimal("30.00"), Decimal("30.00")))

    ledger.reverse(first, key=uuid4(), by=None, at=NOON)

    assert held(lot) == (0, 0, 0)


def test_movements_from_finds_what_a_source_booked():
    lot = LotFactory(held=10)
    rows = post(Entry(lot.pk, K.SALE, Decimal(-1)), Entry(lot.pk, K.SALE, Decimal(-1), source_id=8))

    assert list(ledger.movements_from("run", 7)) == rows[:1]
    assert list(ledger.movements_from("run", 8)) == rows[1:]


def test_balance_at_counts_to_the_close_of_the_day_in_the_workspace_zone():
    lot = LotFactory(held=10, worth="10.00")
    post(Entry(lot.pk, K.SALE, Decimal(-1)), at=datetime(2026, 6, 30, 23, 30, tzinfo=UTC))  # 00:30 of July in London

    assert ledger.balance_at(lot, date(2026, 6, 30)).quantity == 10
    assert ledger.balance_at(lot, date(2026, 7, 1)).quantity == 9
    assert ledger.balance_at(lot, date(2025, 12, 31)).quantity == 0
    assert set(ledger.balances_at(date(2026, 7, 1))) == {lot.pk}


def test_a_row_for_a_closed_period_counts_when_it_was_recorded_and_is_flagged(user):
    lot = LotFactory(held=10)
    close_period(through_on=date(2026, 3, 31), by=user, at=datetime(2026, 4, 1, tzinfo=UTC))

    row = post(Entry(lot.pk, K.SALE, Decimal(-1)), at=NOON, recorded_at=datetime(2026, 4, 2, 9, tzinfo=UTC))[0]

    assert (row.late, row.booked_on, row.occurred_at) == (True, date(2026, 4, 2), NOON)


def test_post_many_books_batches_in_order_and_skips_known_keys():
    lot, key = LotFactory(held=10, worth="10.00"), uuid4()
    known = post(Entry(lot.pk, K.SALE, Decimal(-1)), key=key)
    batches = [
        Batch([Entry(lot.pk, K.SALE, Decimal(-1))], "run", 7, "", key, None, NOON),
        Batch([Entry(lot.pk, K.SALE, Decimal(-2))], "order_line", 8, "", uuid4(), None, NOON),
    ]

    written = ledger.post_many(batches)

    assert written[0] == known
    assert held(lot) == (Decimal(7), Decimal("7.00"), Decimal("7.00"))


def test_post_costs_the_same_queries_for_one_lot_and_for_three(django_assert_num_queries):
    lots = LotFactory.create_batch(3, held=10)

    for some in (lots[:1], lots):
        with django_assert_num_queries(8):  # savepoint, lots, known keys, closed period, rows, days, sums, release
            post(*[Entry(lot.pk, K.SALE, Decimal(-1)) for lot in some])


def test_movement_cannot_be_changed_through_the_orm():
    row = post(Entry(LotFactory(held=5).pk, K.SALE, Decimal(-1)))[0]

    with pytest.raises(WrittenOnce):
        row.save()
    with pytest.raises(WrittenOnce):
        row.delete()
    with pytest.raises(WrittenOnce):
        Movement.objects.all().update(note="x")
    with pytest.raises(WrittenOnce):
        Movement.objects.all().delete()


@pytest.mark.parametrize("statement", ["UPDATE inventory_movement SET quantity = 1", "DELETE FROM inventory_movement"])
def test_movement_cannot_be_changed_in_sql(statement):
    post(Entry(LotFactory(held=5).pk, K.SALE, Decimal(-1)))

    with pytest.raises(DatabaseError, match="written once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_database_refuses_a_negative_balance():
    lot = LotFactory(held=5)

    with pytest.raises(IntegrityError, match="inventory_lot_on_hand_not_negative"), transaction.atomic():
        type(lot).objects.filter(pk=lot.pk).update(on_hand=-1)


def test_values_of_tells_what_post_would_take_and_books_nothing():
    lot = SpoolFactory(on_hand=40, worth=Decimal("0.80")).lot
    entries = [Entry(lot.pk, K.CONSUMPTION, Decimal(-30)), Entry(lot.pk, K.PURGE, Decimal(-30))]

    told = ledger.values_of(entries)

    assert ledger.movements_of(lot).count() == 1
    assert told == [(row.bought_value, row.full_value) for row in post(*entries)[:2]]
