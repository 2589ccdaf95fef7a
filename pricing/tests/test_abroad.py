"""Sales abroad, worked out by hand: 60.00 for a piece that costs 10.00 to make."""

from datetime import date
from decimal import Decimal

import pytest

from nozzly.tax.choices import TreatmentKind
from nozzly.tax.domain.status import BEGINNING, set_status
from nozzly.testing.factories.pricing import ChannelFactory
from nozzly.testing.factories.tax import ImportRuleFactory, TaxRateFactory
from pricing.choices import ChannelKind
from pricing.domain.compare import Question, compare
from pricing.domain.exchange import type_rate
from pricing.domain.subjects import what_if
from pricing.tests.shop import TODAY

D = Decimal
OSS, IOSS = {"one_stop_shop": True}, {"import_one_stop_shop": True}


@pytest.fixture(autouse=True)
def _rates():
    for currency, rate in {"EUR": "0.85", "USD": "0.80", "AUD": "0.50"}.items():
        type_rate(currency, rate=D(rate), on=date(2025, 1, 1))


def asked(channel, *, on=TODAY, price="60", **question):
    question = Question(price=D(price), postage_paid=D(0), **question)
    (row,) = compare(what_if(unit_cost=D(10)), [channel], on=on, question=question).rows
    return row


def own_shop(country="GB", **facts):
    suffix, currency = {"GB": ("uk", "GBP"), "DE": ("eu", "EUR")}[country]
    return ChannelFactory(
        kind=ChannelKind.OWN_SHOP, schedule_id=f"direct-{suffix}", country=country, currency=currency, **facts
    )


def ships(country, *, registered=True, **facts):
    set_status(valid_from=BEGINNING, registered=registered, ships_from=country, **facts)


@pytest.mark.parametrize(
    ("home", "status", "to", "kind", "tax", "profit"),
    [
        ("GB", {}, {"country": "GB"}, TreatmentKind.DOMESTIC, "10.00", "40.00"),  # 60 / 1.20 = 50
        ("GB", {"registered": False}, {"country": "GB"}, TreatmentKind.OUTSIDE_SCOPE, "0", "50.00"),
        ("GB", {}, {"country": "US"}, TreatmentKind.EXPORT, "0", "50.00"),
        ("GB", IOSS, {"country": "DE"}, TreatmentKind.ONE_STOP_SHOP, "9.58", "40.42"),  # 60 × 19 / 119
        ("GB", IOSS | {"registered": False}, {"country": "DE"}, TreatmentKind.ONE_STOP_SHOP, "9.58", "40.42"),
        ("GB", IOSS, {"country": "DE", "business_buyer": True}, TreatmentKind.EXPORT, "0", "50.00"),
        ("DE", {}, {"country": "DE"}, TreatmentKind.DOMESTIC, "9.58", "38.66"),  # makes it for 10.00 / 0.85 = 11.76
        ("DE", {}, {"country": "FR"}, TreatmentKind.DOMESTIC, "9.58", "38.66"),
        ("DE", OSS, {"country": "FR"}, TreatmentKind.ONE_STOP_SHOP, "10.00", "38.24"),  # 20 % of France
        ("DE", OSS, {"country": "FR", "business_buyer": True}, TreatmentKind.REVERSE_CHARGE, "0", "48.24"),
        ("DE", {"registered": False}, {"country": "FR"}, TreatmentKind.OUTSIDE_SCOPE, "0", "48.24"),
    ],
)
def test_who_owes_the_tax_and_what_is_left(home, status, to, kind, tax, profit):
    ships(home, **status)

    row = asked(own_shop(home), **to)

    assert (row.terms.treatment.kind, row.quote.tax_amount, row.profit) == (kind, D(tax), D(profit))


def test_a_marketplace_collects_for_the_union_and_takes_its_fee_on_the_tax_too():
    ships("GB")

    row = asked(ChannelFactory(), country="FR")

    # 20 % of 60 on top. 6.5 % of 60 = 3.90; 4 % of 72 + 0.20 = 3.08; 0.48 % of 60 = 0.29; 0.20 USD = 0.16.
    assert (row.terms.treatment.kind, row.quote.till_tax) == (TreatmentKind.PLATFORM_COLLECTED, 12)
    assert (row.quote.total_fees, row.quote.tax_amount, row.profit) == (D("7.43"), 0, D("42.57"))


def test_american_sales_tax_is_nobodys_revenue_but_inside_the_card_fee():
    ships("US", registered=False)
    type_rate("USD", rate=D(1), on=TODAY)
    TaxRateFactory(country="US", pct=D(8), valid_from=date(2026, 1, 1))

    row = asked(ChannelFactory(schedule_id="etsy-us", country="US", currency="USD"))

    # 8 % of 60 = 4.80; 3 % of 64.80 + 0.25 = 2.19; 6.5 % of 60 = 3.90; 0.20.
    assert (row.quote.till_tax, row.quote.tax_amount, row.quote.net_revenue) == (D("4.80"), 0, 60)
    assert row.quote.total_fees == D("6.29")


def test_a_marketplace_collects_for_australia_from_abroad_but_not_from_an_australian_shop():
    ships("GB")
    assert asked(ChannelFactory(), country="AU").quote.till_tax == 6  # 10 %

    set_status(valid_from=TODAY, registered=True, ships_from="AU")
    row = asked(ChannelFactory(schedule_id="etsy-au", country="AU", currency="AUD"))

    assert (row.terms.treatment.kind, row.quote.tax_amount) == (TreatmentKind.DOMESTIC, D("5.45"))


@pytest.mark.parametrize(
    ("channel", "price", "kind"),
    [("etsy", "127.50", "platform_collected"), ("etsy", "127.51", "export"), ("own", "151.72", "one_stop_shop"), ("own", "200", "export")],
)  # fmt: skip
def test_above_150_euro_no_tax_is_collected_with_the_sale(channel, price, kind):
    ships("GB", **IOSS)

    row = asked(ChannelFactory() if channel == "etsy" else own_shop(), country="DE", price=price)

    assert row.terms.treatment.kind == kind  # 127.50 is 150 EUR; of 151.72 with 19 % tax 127.50 is the worth
    assert [notice.text for notice in row.notices if "150 EUR" in notice.text and "Worth more" in notice.text] == (
        ["Worth more than 150 EUR: no tax is collected with the sale, the buyer pays tax and duty on arrival."]
        if kind == "export"
        else []
    )


@pytest.mark.parametrize(
    ("to", "on", "price", "duty"),
    [
        ("US", date(2025, 8, 28), "60", "0"),
        ("US", date(2025, 8, 29), "60", "9.18"),  # 15.3 %
        ("US", TODAY, "60", "3.18"),  # 5.3 %
        ("FR", date(2026, 6, 30), "60", "0"),
        ("FR", date(2026, 7, 1), "60", "2.55"),  # 3 EUR
        ("FR", TODAY, "200", "13.00"),  # 6.5 %, above 150 EUR
        ("GB", TODAY, "200", "0"),
    ],
)
def test_duty_that_the_shop_pays_is_a_line_of_the_day(to, on, price, duty):
    ships("GB")

    row = asked(own_shop(pays_duty=True), country=to, on=on, price=price)
    buyers = asked(own_shop(), country=to, on=on, price=price)

    assert (row.quote.fee("duty"), buyers.profit - row.profit) == (D(duty), D(duty))
    assert row.quote.payout == buyers.quote.payout


def test_german_goods_to_britain_meet_its_limit_of_135():
    ships("DE")

    small, dear = [asked(own_shop("DE", pays_duty=True), country="GB", price=price) for price in ("158.82", "170")]

    assert (small.quote.fee("duty"), dear.quote.fee("duty")) == (0, D("10.20"))  # 6 % above 135 / 0.85
    assert [any("Worth more than 135 GBP" in notice.text for notice in row.notices) for row in (small, dear)] == [
        False,
        True,
    ]


def test_the_price_for_a_margin_is_the_smallest_that_pays_the_duty_too():
    ships("GB")
    channel = own_shop(pays_duty=True)

    found = asked(channel, country="FR", target_margin_pct=D(40)).target.price

    reached, below = [asked(channel, country="FR", price=price) for price in (found, found - D("0.01"))]
    assert reached.margin_pct >= 40 > below.margin_pct
    assert found == D("20.92")  # (10.00 + 2.55) / 0.60 = 20.9166…


def test_a_rule_typed_here_goes_before_the_shipped_one():
    ships("GB")
    ImportRuleFactory(country="US", currency="USD", valid_from=date(2026, 9, 1), duty_pct=D(25))
    ImportRuleFactory(country="US", ships_from="EU", currency="USD", valid_from=date(2026, 10, 1), duty_pct=D(1))

    days = [date(2026, 8, 31), date(2026, 9, 1)]

    assert [asked(own_shop(), country="US", pays_duty=True, on=on).quote.fee("duty") for on in days] == [
        D("3.18"),
        D("15.00"),
    ]


def test_what_the_buyer_pays_at_the_door_is_said():
    ships("GB")

    row = asked(own_shop(), country="US")

    assert [notice.text for notice in row.notices] == [
        "The buyer pays the tax of United States on arrival.",
        "The buyer pays duty on arrival; 5.3 % of the goods, from the first unit of money on.",
        "Duty and limits of United States stand on one unverified source; type yours under Tax.",
    ]
    assert asked(own_shop(), country="GB").notices == ()


def test_what_is_handed_over_at_a_fair_goes_nowhere():
    ships("GB")
    fair = ChannelFactory(kind=ChannelKind.FAIR, schedule_id="craft-fair-uk")

    row = asked(fair, country="US", pays_duty=True)

    assert (row.terms.treatment.kind, row.quote.fee("duty"), row.notices) == (TreatmentKind.DOMESTIC, 0, ())
