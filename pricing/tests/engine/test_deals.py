from datetime import date
from decimal import Decimal

import pytest

from pricing.engine import (
    BundlePart,
    Costs,
    InvalidDeal,
    QuantityBreak,
    Sale,
    TaxTreatment,
    bundle,
    discounts,
    free_postage,
    price_at,
    schedules,
    wholesale,
)

TODAY = date(2026, 11, 22)
COSTS = Costs(unit=Decimal(6), shipping=Decimal("3.50"))
LADDER = (QuantityBreak(50, Decimal(40)), QuantityBreak(10, Decimal(30)))


def etsy():
    return schedules.load("etsy-uk", on=TODAY, exchange={"USD": Decimal("0.80")})


def test_twenty_percent_off_everywhere_says_what_is_left():
    full, reduced = discounts(
        etsy(),
        Sale(item_price=Decimal(24)),
        COSTS,
        TaxTreatment.inside_price(Decimal(20)),
        pcts=(Decimal(0), Decimal(20)),
    )

    # 19.20: VAT 3.20; fees 0.16 + 1.25 + 0.97 + 0.09; 16.00 - 2.47 - 9.50
    assert (full.lost, full.quote.profit) == (0, Decimal("7.50"))
    assert (reduced.quote.discount, reduced.quote.profit) == (Decimal("4.80"), Decimal("4.03"))
    assert reduced.lost == Decimal("3.47")


def test_free_postage_is_the_same_on_etsy_where_fees_take_both():
    choice = free_postage(etsy(), Sale(item_price=Decimal(20), shipping=Decimal(4)), COSTS)

    assert (choice.free.price, choice.free_is_better_by) == (Decimal("24.00"), 0)


def test_free_postage_for_three_rounds_the_price_up():
    choice = free_postage(etsy(), Sale(item_price=Decimal(5), quantity=3, shipping=Decimal(4)))

    assert choice.free.price == Decimal("6.34")


def test_bundle_is_one_parcel_and_shares_its_price():
    parts = [
        BundlePart(
            Decimal(12), Costs(unit=Decimal(3), packaging=Decimal("0.50"), shipping=Decimal(3), print_time_s=3600)
        ),
        BundlePart(Decimal(4), Costs(unit=Decimal(1), packaging=Decimal("0.80"), print_time_s=600), quantity=2),
    ]

    made = bundle(parts, discount_pct=Decimal(15), currency="GBP")

    assert (made.apart, made.price) == (Decimal(20), Decimal("17.00"))
    assert made.prices == (Decimal("10.20"), Decimal("6.80"))
    assert made.costs == Costs(unit=Decimal(5), packaging=Decimal("0.80"), shipping=Decimal(3), print_time_s=4800)


@pytest.mark.parametrize("parts", [[], [BundlePart(Decimal(1), quantity=0)]])
def test_bundle_of_nothing_is_refused(parts):
    with pytest.raises(InvalidDeal):
        bundle(parts, discount_pct=Decimal(0), currency="GBP")


def test_bundle_at_more_than_all_off_is_refused():
    with pytest.raises(InvalidDeal):
        bundle([BundlePart(Decimal(1))], discount_pct=Decimal(101), currency="GBP")


@pytest.mark.parametrize(("quantity", "price"), [(1, "9.99"), (9, "9.99"), (10, "6.99"), (49, "6.99"), (50, "5.99")])
def test_wholesale_price_falls_with_the_quantity(quantity, price):
    assert price_at(Decimal("9.99"), LADDER, quantity=quantity, currency="GBP") == Decimal(price)


def test_wholesale_ladder_quotes_each_step_at_its_smallest_quantity():
    direct = schedules.load("direct-uk", on=TODAY)
    tax = TaxTreatment.added_at_till(Decimal(20))

    rows = wholesale(direct, Sale(item_price=Decimal("9.99")), Costs(unit=Decimal(2)), tax, breaks=LADDER)

    assert [(row.from_quantity, row.price, row.quote.profit) for row in rows] == [
        (10, Decimal("6.99"), Decimal("49.90")),
        (50, Decimal("5.99"), Decimal("199.50")),
    ]
    assert rows[0].quote.buyer_pays == Decimal("83.88")


@pytest.mark.parametrize(
    "breaks",
    [
        (QuantityBreak(5, Decimal(1)), QuantityBreak(5, Decimal(2))),
        (QuantityBreak(0, Decimal(1)),),
        (QuantityBreak(5, Decimal(-1)),),
    ],
)
def test_impossible_ladder_is_refused(breaks):
    with pytest.raises(InvalidDeal):
        price_at(Decimal(5), breaks, quantity=5, currency="GBP")
