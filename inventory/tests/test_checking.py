from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from inventory.domain.checking import check_ledger
from inventory.models import Lot
from inventory.tasks import check_ledger as nightly_check
from nozzly.testing.factories.inventory import LotFactory, SpoolFactory


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


def test_check_ledger_command_reports_each_workspace(workspace):
    LotFactory(held=10)
    out = StringIO()

    call_command("check_ledger", stdout=out)
    call_command("check_ledger", workspace="ta", stdout=out)

    assert out.getvalue().count("ta: every balance is the sum of its rows.") == 2


def test_check_ledger_command_fails_when_something_does_not_add_up():
    Lot.objects.filter(pk=LotFactory(held=10).pk).update(on_hand=11)
    errors = StringIO()

    with pytest.raises(CommandError, match="1 lots do not add up"):
        call_command("check_ledger", workspace="ta", stderr=errors)
    with pytest.raises(CommandError, match="no workspace called nowhere"):
        call_command("check_ledger", workspace="nowhere")

    assert "on hand is 11.000" in errors.getvalue()
