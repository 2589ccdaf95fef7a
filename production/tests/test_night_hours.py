from datetime import datetime, time
from decimal import Decimal
from uuid import uuid4

from django.utils.timezone import get_current_timezone

from catalog.choices import RateKind
from catalog.domain.rates import set_rate
from nozzly.testing.factories.inventory import FilamentFactory, SpoolFactory
from production.choices import CostStage
from production.domain import runs
from production.domain.reports import RunReport
from production.domain.runs import AS_SLICED, Pieces
from production.tests import shop
from production.tests.shop import EVENING, MORNING


def test_complete_run_takes_the_night_hours_it_printed_and_the_usual_share_when_nobody_knows_them(user):
    """Two hours from 21:00, found done in the morning; electricity is 0.10 from 22:00 on."""
    shop.rates()
    for kind, number in (
        (RateKind.ENERGY_NIGHT_PER_KWH, "0.10"),
        (RateKind.NIGHT_SHARE_PCT, "100"),
        (RateKind.NIGHT_FROM_H, "22"),
        (RateKind.NIGHT_UNTIL_H, "6"),
    ):
        set_rate(kind, value=Decimal(number), valid_from=EVENING.date(), by=None)
    black = FilamentFactory()
    SpoolFactory(filament=black)
    wanted = [Pieces(shop.variant(slots={"body": (black, 40, 0)}), 2)]
    timed, untimed = runs.plan_run(outputs=wanted, printer=shop.printer(), copies=2, by=user, at=EVENING)
    nine = datetime.combine(EVENING.date(), time(21), tzinfo=get_current_timezone())

    for run, report in ((timed, RunReport(started_at=nine)), (untimed, AS_SLICED)):
        runs.complete_run(run, report=report, key=uuid4(), by=user, at=MORNING)

    energy, usual = (run.cost_lines.get(stage=CostStage.ACTUAL, code="energy") for run in (timed, untimed))
    assert (energy.amount, energy.formula) == (
        Decimal("0.04"),
        "100 W × 2 h ÷ 1000 × (50 % × 0.3 + 50 % × 0.1)/kWh",
    )
    assert usual.amount == Decimal("0.02")
    assert timed.cost_lines.get(stage=CostStage.ESTIMATE, code="energy").amount == usual.amount
