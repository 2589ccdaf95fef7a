from datetime import date, timedelta
from decimal import Decimal

import pytest

from pricing.engine import Confidence, InvalidSchedule, Sale, UnknownRate, UnknownSchedule, parse_rule, quote, schedules

TODAY = date(2026, 11, 22)
WANTED = {
    "etsy": "us uk ca au nz de fr it es ie nl bg in jp tr vn other",
    "ebay": "us uk uk-private de au ca",
    "shopify": "us-basic us-grow us-advanced uk-basic uk-grow uk-advanced ie-basic ie-grow ie-advanced",
    "amazon-handmade": "us de es",
    "tiktok-shop": "us uk eu",
    "square": "us-online us-in-person uk-online uk-in-person ie-online ie-in-person fr-online fr-in-person "
    "au-online au-in-person ca-online ca-in-person",
    "sumup": "us uk eu",
    "zettle": "us uk de",
    "paypal": "us-checkout us-cards us-qr uk de fr es ie",
    "stripe": "us uk eu",
    "stripe-terminal": "us uk eu",
    "craft-fair": "us uk eu",
    "consignment": "us uk eu",
    "direct": "us uk eu",
}
SMALL = """
id = "mine"
name = "My market"
channel = "mine"
currency = "GBP"

[[versions]]
effective_from = 2025-01-01
source = "contract"
confidence = "high"
[versions.rates]
commission_pct = 12.5

[[rules]]
code = "commission"
label = "Commission"
kind = "percent"
pct = "commission_pct"
base = ["item"]
"""


def regulatory_on(day):
    return schedules.load("etsy-uk", on=day).rates["regulatory_pct"]


@pytest.mark.parametrize("channel", WANTED)
def test_wanted_schedules_are_shipped(channel):
    shipped = {info.id for info in schedules.available()}

    assert {f"{channel}-{place}" for place in WANTED[channel].split()} - shipped == set()


@pytest.mark.parametrize("schedule_id", [info.id for info in schedules.available()])
def test_every_version_of_a_shipped_schedule_has_a_source_and_quotes_a_sale(schedule_id):
    for version in schedules.versions(schedule_id):
        schedule = schedules.load(schedule_id, on=version.effective_from)
        result = quote(schedule, Sale(item_price=Decimal(100_000)))

        assert (schedule.effective_from, schedule.source) == (version.effective_from, version.source)
        assert len(schedule.source) > 10
        assert 0 <= result.total_fees < result.gross


@pytest.mark.parametrize("schedule_id", [info.id for info in schedules.available()])
def test_shipped_rates_without_a_page_seen_are_badged(schedule_id):
    info = next(info for info in schedules.available() if info.id == schedule_id)

    if info.verified_on is None and not info.id.startswith("direct"):
        assert (info.confidence, info.unverified) == (Confidence.LOW, True)


def test_schedules_are_listed_by_channel_and_name():
    listed = [(info.channel, info.name) for info in schedules.available()]

    assert listed == sorted(listed)
    assert len(listed) == len({info.id for info in schedules.available()})


def test_info_tells_where_a_schedule_comes_from():
    info = next(info for info in schedules.available() if info.id == "etsy-uk")

    assert (info.name, info.country, info.currency) == ("Etsy, United Kingdom", "GB", "GBP")
    assert (info.confidence, info.unverified, info.verified_on) == (Confidence.HIGH, False, date(2026, 10, 5))


def test_old_order_keeps_the_fees_of_its_day():
    days = [date(2021, 6, 1), date(2022, 6, 1), date(2024, 1, 1), date(2026, 7, 31), date(2026, 8, 1), TODAY]

    assert [regulatory_on(day) for day in days] == [
        Decimal("0.25"),
        Decimal("0.25"),
        Decimal("0.32"),
        Decimal("0.32"),
        Decimal("0.48"),
        Decimal("0.48"),
    ]


@pytest.mark.parametrize(
    ("schedule_id", "name", "day", "before", "after"),
    [
        ("etsy-us", "transaction_pct", date(2022, 4, 11), "5", "6.5"),
        ("etsy-in", "regulatory_pct", date(2026, 6, 22), "0.29", "0.05"),
        ("ebay-us", "per_order", date(2024, 3, 15), "0.30", "0.40"),
        ("ebay-us", "final_value_pct", date(2025, 2, 14), "13.25", "13.6"),
        ("ebay-uk", "regulatory_pct", date(2024, 4, 8), "0", "0.35"),
        ("tiktok-shop-eu", "pct", date(2026, 1, 8), "5", "9"),
        ("tiktok-shop-us", "refund_fee_pct", date(2025, 5, 15), "0", "20"),
        ("shopify-us-advanced", "pct", date(2026, 9, 1), "2.5", "2.4"),
    ],
)
def test_rate_changes_on_its_day(schedule_id, name, day, before, after):
    rates = [schedules.load(schedule_id, on=moment).rates[name] for moment in (day - timedelta(days=1), day)]

    assert rates == [Decimal(before), Decimal(after)]


def test_day_before_the_first_known_rates_takes_those_and_says_so():
    schedule = schedules.load("tiktok-shop-eu", on=date(2020, 1, 1))

    assert schedule.rates["pct"] == 5
    assert schedule.assumptions == (
        "These rates were not checked.",
        "Rates before 2024-12-01 are not known; the oldest known ones are used.",
    )


def test_rates_of_the_past_that_nobody_checked_are_unverified():
    past, today = [schedules.load("etsy-uk", on=day) for day in (date(2024, 6, 1), TODAY)]

    assert (past.verified_on, past.unverified, today.unverified) == (None, True, False)
    assert "These rates were not checked." in past.assumptions
    assert not schedules.load("direct-uk", on=TODAY).unverified  # nobody takes a fee: there is nothing to check


def test_rough_exchange_rate_is_an_assumption_until_one_is_typed():
    guessed = schedules.load("etsy-uk", on=TODAY)
    typed = schedules.load("etsy-uk", on=TODAY, exchange={"USD": Decimal("0.80")})

    assert guessed.assumptions == ("1 USD = 0.76 GBP is a rough rate; type today's.",)
    assert (typed.assumptions, typed.exchange["USD"]) == ((), Decimal("0.80"))


@pytest.mark.parametrize("rate", [Decimal(0), Decimal(-1), Decimal("NaN")])
def test_exchange_rate_that_cannot_be_is_refused(rate):
    with pytest.raises(InvalidSchedule):
        schedules.load("etsy-uk", on=TODAY, exchange={"USD": rate})


def test_override_changes_one_rate_and_is_remembered():
    schedule = schedules.load("etsy-uk", on=TODAY, overrides={"transaction_pct": Decimal(5)})

    assert quote(schedule, Sale(item_price=Decimal(100))).fee("transaction") == 5
    assert schedule.overridden == {"transaction_pct"}
    assert schedules.load("etsy-uk", on=TODAY).rates["transaction_pct"] == Decimal("6.5")


def test_override_of_a_category_leaves_the_others():
    schedule = schedules.load("ebay-us", on=TODAY, overrides={"books.final_value_pct": Decimal(10)})

    fees = [
        quote(schedule, Sale(item_price=Decimal(100), category=category)).fee("final_value")
        for category in ("books", "guitars", "")
    ]

    assert fees == [Decimal("10.00"), Decimal("6.70"), Decimal("13.60")]


@pytest.mark.parametrize("name", ["transactions_pct", "books.final_value_pct", "books.nothing"])
def test_override_of_an_unknown_rate_names_the_known_ones(name):
    with pytest.raises(UnknownRate) as refused:
        schedules.load("etsy-uk", on=TODAY, overrides={name: Decimal(5)})

    assert str(refused.value).startswith(f"Etsy, United Kingdom has no rate {name}; it has currency_conversion_pct,")


@pytest.mark.parametrize(
    ("name", "rate", "sentence"),
    [
        ("transaction_pct", "101", "transaction_pct must be between 0 and 100 percent, not 101."),
        ("transaction_pct", "-1", "transaction_pct must be between 0 and 100 percent, not -1."),
        ("processing_fixed", "-0.10", "processing_fixed must not be negative, it is -0.10."),
        ("processing_fixed", "NaN", "processing_fixed is not a number."),
    ],
)
def test_override_out_of_range_is_refused(name, rate, sentence):
    with pytest.raises(InvalidSchedule) as refused:
        schedules.load("etsy-uk", on=TODAY, overrides={name: Decimal(rate)})

    assert str(refused.value) == f"Etsy, United Kingdom: {sentence}"


def test_rebate_may_be_negative():
    schedule = schedules.load("ebay-us", on=TODAY, overrides={"top_rated_rebate_pct": Decimal(-20)})

    assert schedule.rates["top_rated_rebate_pct"] == -20


def test_gateway_rules_join_those_of_the_shop():
    gateway = schedules.load("stripe-uk", on=TODAY)
    shop = schedules.load("shopify-uk-basic", on=TODAY)
    own = parse_rule({"code": "bag", "label": "Gift bag", "kind": "fixed", "fixed": "0.35"})

    joined = schedules.load("direct-uk", on=TODAY, rules=(own,))

    assert quote(joined, Sale(item_price=Decimal(10))).fee("bag") == Decimal("0.35")
    with pytest.raises(InvalidSchedule):
        shop.with_rules((parse_rule({**_rebate(), "base": ["fee:nothing"]}),))
    assert len(shop.with_rules(gateway.rules).rules) == len(shop.rules) + len(gateway.rules)


def test_unknown_schedule_is_refused():
    with pytest.raises(UnknownSchedule) as refused:
        schedules.load("etsy-mars", on=TODAY)

    assert str(refused.value) == "There is no fee schedule called etsy-mars."


def test_channel_of_ones_own_is_read_from_text():
    schedule = schedules.from_text(SMALL, on=TODAY)

    assert quote(schedule, Sale(item_price=Decimal(20))).fee("commission") == Decimal("2.50")
    assert schedules.from_text(SMALL, on=date(2024, 1, 1)).predates_source


def test_text_that_is_not_toml_is_refused():
    with pytest.raises(InvalidSchedule) as refused:
        schedules.from_text("id = ", on=TODAY)

    assert str(refused.value).startswith("The schedule: Invalid value")


def test_file_with_another_id_than_its_name_is_refused(tmp_path, monkeypatch):
    (tmp_path / "other.toml").write_text(SMALL, encoding="utf-8")
    monkeypatch.setattr(schedules, "FOLDER", tmp_path)
    schedules._files.cache_clear()

    with pytest.raises(InvalidSchedule) as refused:
        schedules.available()

    monkeypatch.undo()
    schedules._files.cache_clear()
    assert str(refused.value) == "other.toml: id must be other."


def _rebate():
    return {"code": "off", "label": "Off", "kind": "percent", "pct": -10, "order": 90}
