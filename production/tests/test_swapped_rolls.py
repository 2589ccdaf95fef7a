"""A roll that ran out mid-print: what each of the two gave, however much somebody says of it."""

from decimal import Decimal
from uuid import uuid4

import pytest

from inventory.domain import ledger
from nozzly.testing.factories.inventory import SpoolFactory
from production.choices import Method, RunState
from production.domain import runs
from production.domain.reports import RunReport, SpoolUse
from production.models import FailureReason, Run
from production.tests import shop


@pytest.fixture
def second(black):
    return SpoolFactory(filament=black)


def given(run, *rolls):
    booked = {roll.pk: Decimal(0) for roll in rolls}
    for row in ledger.movements_from("run", run.pk):
        if row.lot_id in booked:
            booked[row.lot_id] -= row.quantity
    return [booked[roll.pk] for roll in rolls]


def test_where_nothing_is_said_of_the_first_roll_it_gave_the_rest(run, boss, now, spool, second):
    """80 g and 4 g purged, as sliced."""
    line = run.materials.get()
    uses = (
        SpoolUse(line.pk, lot_id=spool.pk),
        SpoolUse(line.pk, lot_id=second.pk, method=Method.TYPED, grams=Decimal(30), purge_g=Decimal(0)),
    )

    done = runs.complete_run(run, report=RunReport(spools=uses), key=uuid4(), by=boss, at=now)

    assert given(done, spool, second) == [Decimal(54), Decimal(30)]
    assert [line.method for line in done.materials.order_by("position")] == [Method.SLICED, Method.TYPED]


def test_second_roll_is_weighed_on_the_page_of_a_failed_run_too(client, operator, run, spool, second):
    line = run.materials.get()
    prefix = f"m{line.pk}_"
    told = {
        "key": str(uuid4()),
        "reason": FailureReason.objects.active().first().pk,
        "failed_pct": "50",
        f"{prefix}lot": spool.pk,
        f"{prefix}second_lot": second.pk,
        f"{prefix}second_before": "1200",
        f"{prefix}second_after": "1190",
    }

    no_after = shop.send(client, "fail_run", run.pk, **{**told, f"{prefix}second_after": ""})
    shop.send(client, "fail_run", run.pk, **told)

    run = Run.objects.get(pk=run.pk)
    assert (no_after.status_code, run.state) == (422, RunState.FAILED)
    # Half of 84 g: ten by the scale, the rest from the first.
    assert given(run, spool, second) == [Decimal(32), Decimal(10)]
