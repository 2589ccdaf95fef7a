from datetime import date
from decimal import Decimal

import pytest

from nozzly.tax.domain.status import BEGINNING, set_status
from nozzly.tax.domain.treatment import Destination
from nozzly.testing.factories.pricing import ChannelFactory, FeeOverrideFactory
from pricing.domain import channels
from pricing.domain.exchange import type_rate
from pricing.domain.fee_table import label_of, preview_of, rate_rows
from pricing.domain.terms import terms_of, terms_of_all, terms_without_channel
from pricing.engine import UnknownRate, UnknownSchedule
from pricing.models import Channel
from pricing.tests.shop import TODAY

D = Decimal


@pytest.mark.parametrize(
    ("country", "currency", "expected"),
    [
        ("GB", "GBP", [("Etsy", "etsy-uk"), ("eBay", "ebay-uk"), ("Shopify", "shopify-uk-basic"), ("Craft fair", "craft-fair-uk")]),
        ("US", "USD", [("Etsy", "etsy-us"), ("eBay", "ebay-us"), ("Shopify", "shopify-us-basic"), ("Craft fair", "craft-fair-us")]),
        ("DE", "EUR", [("Etsy", "etsy-de"), ("eBay", "ebay-de"), ("Shopify", "shopify-ie-basic"), ("Craft fair", "craft-fair-eu")]),
    ],
)  # fmt: skip
def test_a_new_workspace_starts_with_the_channels_of_its_country(country, currency, expected):
    made = channels.start_with(country, currency)

    assert [(channel.name, channel.schedule_id) for channel in made] == expected
    assert channels.start_with(country, currency) == []


def test_american_marketplaces_collect_the_tax_themselves():
    assert [channel.collects_tax for channel in channels.starters("US", "USD")] == [True, True, False, False]


def test_add_channel_refuses_a_name_that_is_taken():
    ChannelFactory(name="Etsy")

    with pytest.raises(channels.ChannelNameTaken):
        channels.add_channel(name="ETSY", schedule_id="etsy-uk", country="GB")
    assert Channel.objects.count() == 1


def test_add_channel_refuses_a_schedule_that_does_not_exist():
    with pytest.raises(UnknownSchedule):
        channels.add_channel(name="Etsy", schedule_id="nowhere", country="GB")


def test_set_rate_refuses_a_rate_the_schedule_does_not_have():
    with pytest.raises(UnknownRate):
        channels.set_rate(ChannelFactory(), name="nothing_pct", value=D(1), valid_from=TODAY)


def test_set_rate_of_the_same_day_replaces():
    channel = ChannelFactory()
    channels.set_rate(channel, name="transaction_pct", value=D(5), valid_from=TODAY)
    channels.set_rate(channel, name="transaction_pct", value=D(4), valid_from=TODAY)

    assert terms_of(channel, on=TODAY).schedule.rates["transaction_pct"] == 4


def test_terms_keep_the_rates_of_the_day():
    channel = ChannelFactory()
    FeeOverrideFactory(channel=channel, value=5, valid_from=date(2026, 3, 1))
    FeeOverrideFactory(channel=channel, value=4, valid_from=date(2026, 9, 1))

    rates = [
        terms_of(channel, on=day).schedule.rates["transaction_pct"]
        for day in (date(2026, 2, 1), date(2026, 4, 1), TODAY)
    ]

    assert rates == [D("6.5"), 5, 4]


@pytest.mark.parametrize("count", [1, 3])
def test_terms_query_count_does_not_grow(django_assert_num_queries, count):
    set_status(valid_from=BEGINNING, registered=True, ships_from="GB")
    found = ChannelFactory.create_batch(count)

    with django_assert_num_queries(1):  # all of it together
        terms_of_all(found, on=TODAY)


def test_terms_of_a_flat_rate_scheme():
    set_status(valid_from=BEGINNING, registered=True, ships_from="GB", scheme="flat_rate", flat_rate_pct=D("7.5"))

    tax = terms_of(ChannelFactory(), on=TODAY).tax

    assert (tax.flat_rate_pct, tax.rate_pct) == (D("7.5"), 20)


def test_terms_of_an_export_hold_no_tax():
    set_status(valid_from=BEGINNING, registered=True, ships_from="GB")

    tax = terms_of(ChannelFactory(), on=TODAY, to=Destination("US")).tax

    assert (tax.registered, tax.rate_pct, tax.label) == (True, 0, "export")


def test_terms_where_the_marketplace_collects():
    set_status(valid_from=BEGINNING, registered=True, ships_from="GB")

    tax = terms_of(ChannelFactory(collects_tax=True), on=TODAY).tax

    assert str(tax.collected_by) == "marketplace"


def test_terms_of_a_small_business_hold_no_tax():
    assert terms_of(ChannelFactory(), on=TODAY).tax.registered is False


def test_terms_add_tax_at_the_till_in_canada():
    set_status(valid_from=BEGINNING, registered=True, ships_from="CA")
    channel = ChannelFactory(schedule_id="etsy-ca", country="CA", currency="CAD")

    assert terms_of(channel, on=TODAY).tax.price_includes_tax is False


def test_terms_turn_typed_rates_into_the_channels_currency():
    type_rate("EUR", rate=D("0.80"), on=TODAY)
    type_rate("USD", rate=D("0.40"), on=TODAY)
    channel = ChannelFactory(schedule_id="etsy-de", country="DE", currency="EUR")

    terms = terms_of(channel, on=TODAY)

    assert (terms.rate, terms.rate_assumed) == (D("0.80"), False)
    assert (terms.schedule.exchange["USD"], terms.schedule.exchange["GBP"]) == (D("0.5"), D("1.25"))


def test_terms_guess_a_rate_nobody_typed():
    channel = ChannelFactory(schedule_id="craft-fair-eu", country="DE", currency="EUR")

    terms = terms_of(channel, on=TODAY)

    assert terms.rate_assumed is True
    assert D("0.7") < terms.rate < 1


def test_terms_without_a_channel_take_no_fee():
    terms = terms_without_channel("GBP", on=TODAY, to=Destination("GB"))

    assert (terms.schedule.rules, terms.ad_rate_pct, terms.ad_share_pct, terms.assumptions) == ((), 0, 0, ())


def test_rate_rows_say_what_uses_them():
    rows = {row.name: row for row in rate_rows(terms_of(ChannelFactory(), on=TODAY), on=TODAY)}

    assert (rows["listing"].label, rows["listing"].currency, rows["listing"].is_pct) == ("Listing fee", "USD", False)
    assert (rows["regulatory_pct"].label, rows["regulatory_pct"].digits) == ("Regulatory operating fee, share", 2)
    assert label_of("offsite_ads_large_shop_pct") == "Offsite ads large shop"


def test_preview_changes_nothing_without_own_rates():
    terms = terms_of(ChannelFactory(), on=TODAY)

    assert {row.fees_change for row in preview_of(terms, on=TODAY)} == {0}
