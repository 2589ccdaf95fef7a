"""Terms that many orders share: the same as each day's own, and few questions."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from nozzly.tax.domain.treatment import Destination
from nozzly.testing.factories.pricing import ChannelFactory, FeeOverrideFactory, OwnFeeFactory
from nozzly.testing.factories.tax import ExchangeRateFactory, ImportRuleFactory, TaxRateFactory, TaxStatusFactory
from pricing.domain.term_days import days_of_change
from pricing.domain.terms import terms_of
from sales.domain.bulk_shipping import TermsBook

CHANGES = [date(2026, 3, day) for day in range(2, 30, 4)]


@pytest.fixture
def etsy():
    channel = ChannelFactory(name="Etsy")
    first, second, third, fourth, fifth, sixth, seventh = CHANGES
    TaxStatusFactory(valid_from=first, registered=True, ships_from="GB")
    TaxRateFactory(country="GB", valid_from=second, pct=Decimal("17.5"))
    FeeOverrideFactory(channel=channel, valid_from=third)
    OwnFeeFactory(channel=channel, valid_from=fourth, valid_until=fifth - timedelta(days=1))
    ExchangeRateFactory(currency="USD", on=sixth, rate=Decimal("0.7"))
    ImportRuleFactory(country="DE", valid_from=seventh)
    return channel


def test_the_book_says_of_each_day_what_the_day_itself_says(etsy):
    changes = days_of_change(etsy)
    assert set(CHANGES) <= set(changes)
    book = TermsBook(etsy)

    for change in (date(1990, 1, 1), changes[0], *CHANGES, changes[-1]):
        for on in (change - timedelta(days=1), change + timedelta(days=1)):
            to = Destination(country="DE", looks_at_border=True)
            assert said(book.of(on, "DE")) == said(terms_of(etsy, on=on, to=to)), on


def said(terms):
    schedule = terms.schedule
    return (
        terms.tax, terms.treatment, terms.rate, terms.rate_assumed, terms.to, terms.border_rate,
        schedule.rules, schedule.rates, schedule.exchange, schedule.fee_vat_pct, schedule.effective_from,
        schedule.assumptions,
    )  # fmt: skip


def test_a_year_of_orders_asks_once_for_each_change(etsy, django_assert_max_num_queries):
    days = [date(2026, 1, 15) + timedelta(days=day) for day in range(100)]
    within = sum(days[0] < day <= days[-1] for day in days_of_change(etsy))

    with django_assert_max_num_queries(2 + 8 * (within + 1)):
        book = TermsBook(etsy)
        for day in days:
            book.of(day, "GB")
