from datetime import date
from decimal import Decimal

import pytest

from pricing.engine import Costs, Ending, FairProduct, InvalidFair, plan_fair, schedules

READER = schedules.load("sumup-uk", on=date(2026, 11, 22))
DRAGON = FairProduct("dragon", Decimal(20), Costs(unit=Decimal(6)), expected=15)
KEYRING = FairProduct("keyring", Decimal(4), Costs(unit=Decimal("0.80")), expected=45)


def test_fair_says_how_many_pieces_pay_the_stall():
    plan = plan_fair(READER, [DRAGON, KEYRING], fixed=Decimal(90))

    # 20.00 - 0.34 - 6.00 = 13.66 and 4.00 - 0.07 - 0.80 = 3.13; 345.75 for 60 pieces is 5.7625 each
    assert [row.each.profit for row in plan.rows] == [Decimal("13.66"), Decimal("3.13")]
    assert (plan.expected_units, plan.expected_profit) == (60, Decimal("255.75"))
    assert (plan.break_even_units, plan.share_per_unit) == (16, Decimal("1.50"))


def test_lowest_price_of_a_piece_carries_its_share():
    plan = plan_fair(READER, [DRAGON, KEYRING], fixed=Decimal(90), ending=Ending.WHOLE)

    assert [row.lowest.price for row in plan.rows] == [Decimal(8), Decimal(3)]


def test_fair_without_costs_is_paid_at_once():
    assert plan_fair(READER, [DRAGON], fixed=Decimal(0)).break_even_units == 0


def test_fair_with_pieces_that_lose_never_pays():
    lost = FairProduct("gift", Decimal(1), Costs(unit=Decimal(2)), expected=5)

    assert plan_fair(READER, [lost], fixed=Decimal(10)).break_even_units is None


@pytest.mark.parametrize(
    ("products", "fixed"), [([], "1"), ([FairProduct("a", Decimal(1), Costs(), -1), DRAGON], "1"), ([DRAGON], "-1")]
)
def test_impossible_fair_is_refused(products, fixed):
    with pytest.raises(InvalidFair):
        plan_fair(READER, products, fixed=Decimal(fixed))
