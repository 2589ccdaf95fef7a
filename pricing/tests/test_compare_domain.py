"""The truth about a price, through rows of a workspace."""

from datetime import date
from decimal import Decimal

import pytest

from catalog.models import Variant
from nozzly.tax.domain.status import BEGINNING, set_status
from nozzly.testing.factories.catalog import (
    RecipeFactory,
    RecipePartFactory,
    RecipeSlotFactory,
    VariantFactory,
    make_product,
)
from nozzly.testing.factories.pricing import ChannelFactory, ListingFactory
from pricing.choices import ChannelKind, OffsiteAds, PriceOrigin
from pricing.domain.compare import Question, compare, compare_all
from pricing.domain.exchange import RateNotPossible, type_rate
from pricing.domain.shares import stack
from pricing.domain.subjects import subject_of, subjects_of, what_if
from pricing.tests import shop
from pricing.tests.shop import TODAY

D = Decimal
FIXED_POINT = Question(price=D("24.00"), postage_paid=D("3.50"))


@pytest.fixture
def registered():
    shop.registered()


def ask(channels, question=FIXED_POINT, *, cost="6.00", **facts):
    return compare(what_if(unit_cost=D(cost), **facts), channels, on=TODAY, question=question)


def test_compare_finds_the_fixed_point(registered):
    answer = ask([ChannelFactory()])

    row = answer.rows[0]
    assert [(line.code, line.amount) for line in row.quote.lines] == [
        ("listing", D("0.16")),
        ("transaction", D("1.56")),
        ("processing", D("1.16")),
        ("regulatory", D("0.12")),
    ]
    assert (row.quote.tax_amount, row.quote.total_fees, row.quote.net_revenue) == (D("4.00"), D("3.00"), D("20.00"))
    assert (row.profit, row.margin_pct, row.tone) == (D("7.50"), D("37.5"), "warn")


def test_compare_solves_break_even_and_target_by_the_channels_own_margin(registered):
    row = ask([ChannelFactory(target_margin_pct=40)]).rows[0]

    assert row.break_even.quote.profit >= 0
    assert row.target.price > D("24.00")
    assert row.target.quote.margin_pct >= 40


def test_compare_takes_a_typed_target(registered):
    row = ask([ChannelFactory()], Question(price=D(24), postage_paid=D("3.50"), target_margin_pct=D(30))).rows[0]

    assert (row.target_margin_pct, row.reaches_target, row.tone) == (30, True, "good")


def test_compare_says_why_no_price_reaches_the_target(registered):
    row = ask([ChannelFactory(target_margin_pct=D("95"))], Question(postage_paid=D(0))).rows[0]

    assert (row.quote, row.profit, row.margin_pct, row.tone, row.stack) == (None, None, None, "neutral", None)
    assert "no price reaches it" in row.problem
    assert (row.profit_at_home, row.profit_per_print_hour, row.fee_tax) == (None, None, 0)


def test_compare_shows_the_price_for_the_target_where_nothing_is_listed(registered):
    row = ask([ChannelFactory()], Question(postage_paid=D("3.50"))).rows[0]

    assert row.offer.origin == PriceOrigin.TARGET
    assert row.offer.price == row.target.price
    assert row.reaches_target is True


def test_compare_counts_ads_by_their_share(registered):
    blended = ChannelFactory(offsite_ads=OffsiteAds.BLENDED, offsite_ads_share_pct=D(20))

    row = ask([blended]).rows[0]

    without, with_ad = row.quotes.without.profit, row.quotes.with_ad.profit
    assert (without, with_ad) == (D("7.50"), D("3.90"))
    assert row.profit == D("6.78")
    assert row.quote == row.quotes.without
    assert row.target.price > ask([ChannelFactory()]).rows[0].target.price


def test_compare_knows_the_price_for_the_target_also_where_an_ad_sold_it(registered):
    etsy, shopify = ask([ChannelFactory(target_margin_pct=40), ChannelFactory(schedule_id="shopify-uk-basic")]).rows

    def margin_by_ad(price):
        return ask([etsy.channel], Question(price=price, postage_paid=D("3.50"))).rows[0].quotes.with_ad.margin_pct

    asked = etsy.target_by_ad.price
    assert margin_by_ad(asked - D("0.02")) < 40 <= margin_by_ad(asked)
    assert etsy.target.price < asked
    assert shopify.target_by_ad is None


def test_compare_with_an_ad_on_every_sale_looks_at_that_sale(registered):
    row = ask([ChannelFactory(offsite_ads=OffsiteAds.ALWAYS, offsite_ads_rate_pct=D(12))]).rows[0]

    assert row.terms.ad_rate_pct == 12
    assert row.quote == row.quotes.with_ad
    assert row.profit == row.quotes.with_ad.profit == D("4.62")


def test_compare_without_ads_has_one_quote(registered):
    row = ask([ChannelFactory(schedule_id="shopify-uk-basic")]).rows[0]

    assert (row.has_ads, row.ads_count) == (False, False)
    assert row.quotes.without is row.quotes.with_ad


def test_compare_reads_price_postage_and_pieces_from_the_listing(registered):
    listing = shop.dragon(price=D("31.00"), postage_charged=D("3.95"), pieces=2)
    ListingFactory(variant=listing.variant, channel=listing.channel, pieces=5, price=D(60))

    row = compare(subject_of(listing.variant, on=TODAY), [listing.channel], on=TODAY).rows[0]

    assert (row.offer.price, row.offer.origin, row.offer.pieces) == (D("31.00"), PriceOrigin.LISTING, 2)
    assert (row.quote.shipping, row.quote.pieces) == (D("3.95"), 2)


def test_compare_asks_for_the_listing_of_so_many_pieces(registered):
    listing = shop.dragon(price=D("31.00"))
    ListingFactory(variant=listing.variant, channel=listing.channel, pieces=5, price=D(60))

    row = compare(subject_of(listing.variant, on=TODAY), [listing.channel], on=TODAY, question=Question(pieces=5)).rows[
        0
    ]

    assert (row.offer.price, row.offer.pieces) == (60, 5)


def test_compare_leaves_ended_listings_out(registered):
    listing = shop.dragon(ended_at="2026-11-01T09:00Z")

    row = compare(subject_of(listing.variant, on=TODAY), [listing.channel], on=TODAY).rows[0]

    assert row.offer.origin == PriceOrigin.TARGET


def test_compare_takes_a_price_typed_for_one_channel_first(registered):
    one, other = ChannelFactory(), ChannelFactory()

    rows = ask([one, other], Question(price=D(20), prices={other.pk: D(30)}, postage_paid=D(0))).rows

    assert [(row.offer.price, row.offer.origin) for row in rows] == [(20, "typed"), (30, "typed")]


def test_compare_at_a_fair_posts_nothing_and_shares_the_stall(registered):
    fair = shop.fair(orders_per_month=70)

    row = ask([fair], Question(price=D(24), postage_charged=D(3), postage_paid=D(4))).rows[0]

    assert (row.quote.cost_shipping, row.quote.shipping) == (0, 0)
    assert row.quote.fee("stall") + row.quote.fee("travel") == D("1.00")


def test_compare_names_the_channel_that_leaves_most(registered):
    etsy, fair = ChannelFactory(), shop.fair()

    assert ask([etsy, fair]).best.channel == fair
    assert ask([etsy]).best is None


def test_compare_without_prices_names_the_one_that_reaches_the_target_lowest(registered):
    listing = shop.dragon()
    fair = shop.fair()

    assert ask([listing.channel, fair], Question()).best.channel == fair
    subject = subject_of(listing.variant, on=TODAY)
    assert compare(subject, [listing.channel, fair], on=TODAY).best is None


def test_compare_turns_costs_into_the_channels_currency():
    set_status(valid_from=BEGINNING, registered=False, ships_from="GB")
    type_rate("EUR", rate=D("0.80"), on=TODAY)
    channel = ChannelFactory(schedule_id="etsy-de", country="DE", currency="EUR")

    row = ask([channel]).rows[0]

    assert (row.quote.cost_unit, row.quote.cost_shipping) == (D("7.50"), D("4.38"))
    assert row.profit_at_home == row.profit * D("0.80")
    assert not row.terms.rate_assumed


def test_compare_says_that_an_exchange_rate_is_a_guess():
    channel = ChannelFactory(name="Etsy Japan", schedule_id="etsy-jp", country="JP", currency="JPY")

    answer = ask([channel], Question(price=D(4000), postage_paid=D(0)))

    assert next(each.currency for each in answer.assumptions if each.about == "exchange") == "JPY"
    assert answer.rows[0].profit == answer.rows[0].profit.to_integral_value()


def test_compare_says_that_a_price_is_finer_than_the_currency():
    channel = ChannelFactory(schedule_id="etsy-jp", country="JP", currency="JPY")

    assert "more decimals" in ask([channel], Question(price=D("4000.50"), postage_paid=D(0))).rows[0].problem


def test_compare_knows_profit_per_print_hour(registered):
    row = ask([ChannelFactory()], print_time_s=7200).rows[0]

    assert row.profit_per_print_hour == D("3.75")


def test_compare_lists_what_is_assumed():
    shop.dragon()
    channel, fair = shop.etsy(), shop.fair()
    shop.post()
    variant = VariantFactory()

    answer = compare(subject_of(variant, on=TODAY), [channel, fair], on=TODAY)

    said = {each.about for each in answer.assumptions}
    assert said == {"exchange", "fees", "post", "price"}
    unverified = next(each for each in answer.assumptions if each.about == "fees")
    assert unverified.where == ("Craft fair",)


def test_compare_says_that_fees_of_long_ago_are_not_known():
    answer = compare(what_if(unit_cost=D(1)), [ChannelFactory()], on=date(2019, 1, 1), question=FIXED_POINT)

    assert "Fees of that time are not known; the oldest known ones are used." in [
        each.text for each in answer.assumptions
    ]


def test_compare_calls_a_guessed_cost_a_guess():
    variant = make_product()

    answer = compare(subject_of(variant, on=TODAY), [ChannelFactory()], on=TODAY)

    assert answer.assumptions[0].about == "cost"


@pytest.mark.parametrize("count", [1, 3])
def test_compare_query_count_does_not_grow(registered, django_assert_num_queries, count):
    variants = [shop.dragon(title=f"Dragon {number}").variant for number in range(count)]
    channels = [shop.etsy(), *(ChannelFactory() for _ in range(count))]
    variants = list(Variant.objects.filter(pk__in=[each.pk for each in variants]).select_related("product", "item"))
    compare_all(list(subjects_of(variants, on=TODAY).values()), channels, on=TODAY)

    with django_assert_num_queries(QUERIES):
        subjects = subjects_of(variants, on=TODAY)
        compare_all(list(subjects.values()), channels, on=TODAY)


QUERIES = 10


def test_subject_of_an_assembly_prints_and_weighs_its_parts():
    part = make_product(grams=D(40), print_time_s=3600)
    whole = VariantFactory()
    recipe = RecipeFactory(product=whole.product, print_time_s=600)
    RecipeSlotFactory(recipe=recipe, grams=D(10))
    RecipePartFactory(recipe=recipe, variant=part, pieces=2)

    subject = subject_of(whole, on=TODAY)

    assert (subject.print_time_s, subject.weight_g, subject.weight_assumed) == (7800, 120, True)


def test_subject_without_a_recipe_weighs_nothing_known():
    subject = subject_of(VariantFactory(), on=TODAY)

    assert (subject.unit_cost, subject.print_time_s, subject.weight_g, subject.size_mm) == (0, 0, None, ())


def test_subject_takes_size_and_time_of_the_variant():
    variant = make_product()
    variant.print_time_s = 99
    item = variant.item
    item.length_mm, item.width_mm, item.height_mm = D(50), D(120), D(80)

    subject = subject_of(variant, on=TODAY)

    assert (subject.print_time_s, subject.size_mm) == (99, (120, 80, 50))


def test_stack_adds_up_to_the_whole_bar(registered):
    quote = ask([ChannelFactory()]).rows[0].quote

    bar = stack(quote)

    assert [(each.code, each.amount) for each in bar.segments] == [
        ("tax", D("4.00")),
        ("fees", D("3.00")),
        ("post", D("3.50")),
        ("cost", D("6.00")),
        ("profit", D("7.50")),
    ]
    assert sum(each.width for each in bar.segments) == bar.income == 100


def test_stack_of_a_loss_runs_on_beyond_the_income(registered):
    quote = ask([ChannelFactory()], Question(price=D(10), postage_paid=D("3.50"))).rows[0].quote

    bar = stack(quote)

    assert quote.profit < 0
    assert "profit" not in [each.code for each in bar.segments]
    assert bar.income < 100


def test_stack_of_nothing_is_empty():
    row = ask([ChannelFactory(schedule_id="direct-uk")], Question(price=D(0), postage_paid=D(0)), cost="0").rows[0]

    assert (row.stack.segments, row.stack.income) == ((), 0)


@pytest.mark.parametrize(("currency", "rate"), [("GBP", "1"), ("XXX", "1"), ("USD", "0"), ("USD", "NaN")])
def test_type_rate_refuses_what_is_no_rate(currency, rate):
    with pytest.raises(RateNotPossible):
        type_rate(currency, rate=D(rate), on=TODAY)


def test_type_rate_of_the_same_day_replaces():
    type_rate("USD", rate=D("0.80"), on=TODAY)

    assert type_rate("USD", rate=D("0.81"), on=TODAY).rate == D("0.81")


def test_terms_share_a_plan_over_the_orders_of_a_month(registered):
    shopify = ChannelFactory(schedule_id="shopify-uk-basic", kind=ChannelKind.OWN_SHOP, orders_per_month=50)

    assert ask([shopify]).rows[0].quote.fee("plan") == D("0.50")
