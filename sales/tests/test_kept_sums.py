"""Rankings, buyers of months, checked fees and payments by cash: what is kept is what the single rows say, on any days."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db.models import Min, Sum

from nozzly.testing.factories.pricing import ChannelFactory
from nozzly.testing.factories.sales import (
    OrderChargeFactory,
    OrderFactory,
    OrderPaymentFactory,
    OrderTaxFactory,
    RefundFactory,
)
from sales.domain import fee_audit, profit_facts, reports, returning, tax_entries, tax_report, tax_sums
from sales.models import Order, OrderCharge, ProfitFact
from sales.report_choices import TaxBasis
from sales.tests.test_sums_of_days import DAYS, FIRST, facts, shipped, some_days


@pytest.mark.parametrize("axis", ["order", "customer"])
def test_the_first_of_many_are_those_that_the_facts_of_these_days_put_first(axis):
    dice = Random(11)
    facts(dice, 700)
    for first, last in [*some_days(dice, 10), (date(2026, 1, 1), date(2026, 12, 31)), (date(2026, 2, 9), date(2026, 11, 3))]:  # fmt: skip
        told = ProfitFact.objects.between(first, last).filter(**{f"{axis}__isnull": False}).order_by()
        sums = {row[axis]: row["sum"] for row in told.values(axis).annotate(sum=Sum("profit"))}
        for order, sign in ((reports.BEST, -1), (reports.WORST, 1)):
            report = reports.profit_report(axis, first, last, order=order, cut=reports.Cut(most=5))
            *rows, rest = [*report.rows, None] if len(sums) < 5 else report.rows
            named = [(row.key, row.profit) for row in rows if row.key]
            best = sorted(sums.items(), key=lambda row: (sign * row[1], sign * row[0]))
            assert named == best[: len(named)], (axis, first, last, order)
            assert rest is None or rest.key != "rest" or rest.name == len(sums) - len(named)
            assert sum((row.profit for row in report.rows), Decimal(0)) == report.total.profit
    assert not [mistake for mistake in profit_facts.check() if "ranking" in mistake.what]


def test_new_and_returning_customers_of_any_days_are_what_the_facts_say():
    dice = Random(13)
    facts(dice, 300)
    sold = ProfitFact.objects.filter(kind="sale", customer__isnull=False).order_by()
    since = {row["customer"]: row["on"] for row in sold.values("customer").annotate(on=Min("on"))}
    channels = [None, sold.exclude(channel=None).values_list("channel", flat=True).first()]
    for first, last in some_days(dice, 10):
        for channel in channels:
            found = defaultdict(lambda: [set(), set(), Decimal(0), Decimal(0)])
            for fact in sold.filter(on__range=(first, last), **({"channel": channel} if channel else {})):
                month = fact.on.replace(day=1)
                back = int(since[fact.customer_id] < month)
                found[month][back].add(fact.customer_id)
                found[month][2 + back] += fact.profit
            expected = [(on, len(new), len(back), *more) for on, (new, back, *more) in sorted(found.items())]
            rows = returning.by_month(first, last, channel=channel)
            told = [(row.first_on, row.new, row.back, row.profit_new, row.profit_back) for row in rows]
            assert told == expected, (first, last, channel)


def test_a_sale_before_all_others_makes_its_customer_a_returning_one():
    order = shipped(date(2026, 5, 10))
    customer = order.customer_id
    assert [(row.new, row.back) for row in returning.by_month(date(2026, 5, 1), date(2026, 5, 31))] == [(1, 0)]
    early = shipped(date(2026, 3, 2), customer_id=customer)
    assert [(row.new, row.back) for row in returning.by_month(date(2026, 3, 1), date(2026, 5, 31))] == [(1, 0), (0, 1)]
    Order.objects.filter(pk=early.pk).update(shipped_on=date(2026, 6, 2))
    assert [(row.new, row.back) for row in returning.by_month(date(2026, 3, 1), date(2026, 6, 30))] == [(1, 0), (0, 1)]
    assert not [mistake for mistake in profit_facts.check() if "rows that are not" in mistake.what]


def test_checked_fees_are_what_statements_and_schedule_say_of_each_order():
    etsy = ChannelFactory()
    sent, waiting = shipped(date(2026, 5, 10), channel=etsy), OrderFactory(placed_on=date(2026, 5, 11))
    quiet = shipped(date(2026, 5, 12))
    for order, charged, code, amount in (
        (sent, False, "transaction", 3), (sent, True, "transaction", 3), (sent, True, "offsite_ads", 5),
        (sent, True, "duty", 9), (waiting, True, "transaction", 2), (quiet, False, "transaction", 8),
    ):  # fmt: skip
        OrderChargeFactory(order=order, charged=charged, code=code, amount=amount, amount_home=amount)
    reclaimed = {"vat": "reclaimed", "tax_home": 1, "charged": True}
    OrderChargeFactory(order=sent, code="vat_on_fees", amount=1, amount_home=1, **reclaimed)
    may = {"first": date(2026, 5, 1), "last": date(2026, 5, 31)}

    assert _gaps(may) == [(sent.pk, "offsite_ads", 5), (waiting.pk, "transaction", 2)]
    assert fee_audit.totals(**may) == {"expected": 3, "charged": 10}
    assert fee_audit.totals(**may, channel_id=etsy.pk) == {"expected": 3, "charged": 8}

    wrong = OrderCharge.objects.get(code="offsite_ads")
    OrderChargeFactory(order=sent, charged=True, code="offsite_ads", amount=-5, amount_home=-5, reverses=wrong)
    Order.objects.filter(pk=waiting.pk).update(placed_on=date(2026, 6, 1))

    assert _gaps(may) == []
    assert _gaps({"first": date(2026, 6, 1), "last": date(2026, 6, 30)}) == [(waiting.pk, "transaction", 2)]
    profit_facts.rebuild()
    assert _gaps(may | {"last": date(2026, 6, 30)}) == [(waiting.pk, "transaction", 2)]
    assert not [mistake for mistake in profit_facts.check() if "checked" in mistake.what]


def _gaps(days: dict) -> list[tuple]:
    return [(row["order"], row["code"], row["gap"]) for row in fee_audit.differences(**days)]


def test_tax_by_cash_of_any_days_is_what_payments_and_orders_say():
    dice = Random(17)
    for number in range(10):
        order = shipped(FIRST + timedelta(days=dice.randrange(DAYS)), ship_to_country=dice.choice(["GB", "FR"]))
        if number % 2:
            OrderPaymentFactory(
                order=order, on=FIRST + timedelta(days=dice.randrange(DAYS)), amount=dice.randint(5, 30)
            )
        if number % 4 == 1:
            OrderTaxFactory(order=order)
        if number % 4 == 3:
            OrderPaymentFactory(order=order, on=FIRST + timedelta(days=dice.randrange(DAYS)), amount=-2)
    _same_by_cash(dice)
    paid = Order.objects.exclude(payments=None).distinct()
    RefundFactory(order=paid.filter(payments__amount__lt=0).first())  # the money that went back is the refund's
    OrderTaxFactory(order=paid.first(), tax_rate_pct=5)
    paid.update(tax_rate_pct=10)
    _same_by_cash(dice)
    assert tax_sums.check() == []


def _same_by_cash(dice: Random) -> None:
    for first, last in some_days(dice, 3):
        found = defaultdict(lambda: [0, Decimal(0), Decimal(0)])
        for row in tax_entries.as_entries(tax_entries.entries(first, last, basis=TaxBasis.CASH)):
            known = found[row.side, row.box, row.rate_pct, row.country]
            known[:] = [known[0] + 1, known[1] + row.net, known[2] + row.tax]
        boxes = tax_report.tax_report(first, last, basis=TaxBasis.CASH).boxes
        told = {(box.side, box.box, box.rate_pct, box.country): [box.count, box.net, box.tax] for box in boxes}
        assert told == found, (first, last)
