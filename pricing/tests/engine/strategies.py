"""Sales, costs, tax and schedules for hypothesis: everything the engine knows, mixed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from pricing.engine import (
    Condition,
    Costs,
    FeeVat,
    Kind,
    Per,
    Rounding,
    Rule,
    Sale,
    Schedule,
    TaxTreatment,
    Tier,
    schedules,
)

TODAY = date(2026, 11, 22)
TWO_DIGITS = sorted(info.id for info in schedules.available() if info.currency not in ("JPY", "VND"))


def money(highest, lowest="0"):
    return st.decimals(lowest, highest, places=2)


def pct(highest, lowest="0"):
    return st.decimals(lowest, highest, places=2)


treatments = st.one_of(
    st.just(TaxTreatment()),
    st.builds(TaxTreatment.inside_price, st.sampled_from([Decimal(20), Decimal(19), Decimal("8.1")])),
    st.builds(TaxTreatment.added_at_till, st.sampled_from([Decimal(20), Decimal("8.875")])),
    st.just(TaxTreatment.untaxed()),
    st.builds(TaxTreatment.by_marketplace, st.sampled_from([Decimal(0), Decimal(10)]), registered=st.booleans()),
    st.builds(TaxTreatment.by_marketplace, st.just(Decimal(20)), price_includes_tax=st.just(True)),
    st.builds(TaxTreatment.flat_rate, st.just(Decimal("7.5")), rate_pct=st.just(Decimal(20))),
    st.builds(TaxTreatment.unregistered, fee_vat_pct=st.just(Decimal(21))),
)

costs = st.builds(
    Costs,
    unit=st.decimals("0", "40", places=4),
    packaging=money("3"),
    shipping=money("9"),
    per_order=money("1"),
    print_time_s=st.integers(1, 200_000),
)


@st.composite
def sales(draw, schedule=None):
    codes = [category.code for category in schedule.categories] if schedule else []
    return Sale(
        item_price=draw(money("2000")),
        quantity=draw(st.integers(1, 4)),
        pieces=draw(st.integers(1, 3)),
        shipping=draw(money("9")),
        gift_wrap=draw(st.sampled_from([Decimal(0), Decimal("2.50")])),
        tax=draw(st.sampled_from([None, None, Decimal("1.37")])),
        seller_discount=draw(st.sampled_from([Decimal(0), Decimal(0), Decimal("3.33")])),
        seller_discount_pct=draw(st.sampled_from([Decimal(0), Decimal(0), Decimal(20), Decimal("12.5")])),
        platform_discount=draw(st.sampled_from([Decimal(0), Decimal(0), Decimal(4)])),
        free_shipping_from=draw(st.sampled_from([None, None, Decimal(35)])),
        other_items=draw(st.sampled_from([Decimal(0), Decimal("12.40")])),
        other_quantity=draw(st.integers(0, 2)),
        international=draw(st.booleans()),
        offsite_ads_pct=draw(st.sampled_from([Decimal(0), Decimal(12), Decimal(15)])),
        promoted_pct=draw(st.sampled_from([Decimal(0), Decimal(5)])),
        affiliate_pct=draw(st.sampled_from([Decimal(0), Decimal(10)])),
        currency_conversion=draw(st.booleans()),
        category=draw(st.sampled_from(["", *codes])),
        in_person=draw(st.booleans()),
        third_party_gateway=draw(st.booleans()),
        options=draw(st.frozensets(st.sampled_from(["amex", "top_rated", "below_standard", "etsy_plus", "cash"]))),
        orders_per_month=draw(st.sampled_from([None, Decimal(30)])),
        orders_per_event=draw(st.sampled_from([None, Decimal(25)])),
    )


shipped = st.sampled_from(TWO_DIGITS).map(lambda schedule_id: schedules.load(schedule_id, on=TODAY))

BASES = (
    ("item", "shipping", "gift_wrap", "-seller_discount"),
    ("item", "shipping", "gift_wrap", "tax", "-seller_discount"),
    ("item", "shipping", "-seller_discount", "-included_tax"),
    ("item", "-seller_discount", "-platform_discount"),
)
conditions = st.sampled_from(
    [
        Condition(),
        Condition(),
        Condition(above=Decimal(25)),
        Condition(up_to=Decimal(60)),
        Condition(international=True),
    ]
)


@st.composite
def rules(draw, code):
    kind = draw(st.sampled_from(list(Kind)))
    limit = draw(st.sampled_from([Decimal(10), Decimal(40), Decimal("99.99")]))
    whole = draw(st.booleans())
    shape = {
        Kind.PERCENT: {"pct": draw(pct("20", "0.01")), "fixed": draw(money("0.60"))},
        Kind.FIXED: {"fixed": draw(money("1.50"))},
        Kind.MINIMUM: {"pct": draw(pct("20", "0.01")), "minimum": draw(money("3"))},
        Kind.CAPPED: {"pct": draw(pct("20", "0.01")), "cap": draw(money("12"))},
        Kind.TIERED: {
            "whole": whole,
            "tiers": (
                Tier(limit, draw(pct("20")), draw(money("1")) if whole else Decimal(0)),
                Tier(None, draw(pct("20")), draw(money("1")) if whole else Decimal(0)),
            ),
        },
    }[kind]
    return Rule(
        code=code,
        label=code.title(),
        kind=kind,
        per=draw(st.sampled_from([Per.ORDER, Per.ORDER, Per.UNIT, Per.MONTH])),
        base=draw(st.sampled_from(BASES)),
        when=draw(conditions),
        rounding=draw(st.sampled_from([Rounding.HALF_UP, Rounding.HALF_UP, Rounding.UP, Rounding.DOWN])),
        order=draw(st.sampled_from([10, 20])),
        vat=draw(st.sampled_from(list(FeeVat))),
        **shape,
    )


@st.composite
def made_schedules(draw):
    """Schedules nobody would publish, with a rebate on a fee now and then."""
    made = [draw(rules(code)) for code in draw(st.sampled_from([("a",), ("a", "b"), ("a", "b", "c")]))]
    if draw(st.booleans()):
        rebate = Rule(
            "rebate",
            "Rebate",
            Kind.PERCENT,
            base=("fee:a",),
            pct=draw(st.sampled_from([Decimal(-10), Decimal(25)])),
            order=30,
        )
        made.append(rebate)
    return Schedule(
        "made",
        "Made",
        "made",
        "GB",
        "GBP",
        rules=tuple(made),
        fee_vat_pct=draw(st.sampled_from([Decimal(0), Decimal(20)])),
    )


def priced(sale, price):
    return replace(sale, item_price=price)
