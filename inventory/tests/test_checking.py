from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from inventory.choices import MovementKind
from inventory.domain import ledger
from inventory.domain.checking import check_ledger
from inventory.domain.ledger import Entry
from inventory.models import Lot, StockDay
from inventory.tasks import check_ledger as nightly_check
from inventory.tasks import join_stock_days
from nozzly.testing.factories.inventory import FilamentFactory, LotFactory, SpoolFactory


def test_check_ledger_finds_nothing_where_all_adds_up():
    SpoolFactory()
    LotFactory()

    assert check_ledger() == []
    assert nightly_check() == 0


def test_check_ledger_says_in_words_what_does_not_add_up():
    lot = LotFactory(held=10, worth=5)
    Lot.objects.filter(pk=lot.pk).update(on_hand=11, full_value=Decimal("5.01"))

    (mistake,) = check_ledger()

    assert str(mistake) == (
        f"{lot.code}: on hand is 11.000, its rows add up to 10.000; full value is 5.01, its rows add up to 5.00"
    )
    assert nightly_check() == 1


def test_a_day_that_is_not_the_sum_of_its_rows_is_told_in_words():
    lot = LotFactory(held=10, worth=5, item__name="Magnet")
    StockDay.objects.update(quantity=12)

    assert [str(mistake) for mistake in check_ledger()] == [
        "Magnet on 2026-01-01: quantity is 12.000, its rows add up to 10.000"
    ]
    StockDay.objects.filter(item=lot.item).delete()
    assert len(check_ledger()) == 1


def test_a_day_of_many_bookings_becomes_one_row_at_night():
    filament = FilamentFactory()
    for _roll in range(3):
        SpoolFactory(filament=filament)
    entry = Entry(Lot.objects.first().pk, MovementKind.CONSUMPTION, Decimal(-40))
    at = datetime(2026, 1, 1, 12, tzinfo=UTC)
    row = ledger.post([entry], source="run", source_id=1, source_text="", key=uuid4(), by=None, at=at)

    join_stock_days()
    (day,) = StockDay.objects.all()
    ledger.reverse(row, key=uuid4(), by=None, at=at + timedelta(days=2))
    join_stock_days()

    assert (day.quantity, day.gone, day.printed) == (2960, 40, 40)
    assert list(StockDay.objects.order_by("day").values_list("quantity", "gone")) == [(2960, 0), (40, 0)]
    assert check_ledger() == []


def test_check_ledger_command_reports_each_workspace(workspace):
    LotFactory(held=10)
    out = StringIO()

    call_command("check_ledger", stdout=out)
    call_command("check_ledger", workspace="ta", stdout=out)

    assert out.getvalue().count("ta: every balance is the sum of its rows.") == 2


def test_check_ledger_command_fails_when_something_does_not_add_up():
    Lot.objects.filter(pk=LotFactory(held=10).pk).update(on_hand=11)
    errors = StringIO()

    with pytest.raises(CommandError, match="1 lots or days do not add up"):
        call_command("check_ledger", workspace="ta", stderr=errors)
    with pytest.raises(CommandError, match="no workspace called nowhere"):
        call_command("check_ledger", workspace="nowhere")

    assert "on hand is 11.000" in errors.getvalue()
