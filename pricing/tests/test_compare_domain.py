"""The truth about a price, through rows of a workspace."""

from datetime import date
from decimal import Decimal

import pytest

from nozzly.tax.domain.status import BEGINNING, set_status
from nozzly.testing.factories.pricing import ChannelFactory
from pricing.domain.compare import Question, compare
from pricing.domain.exchange import type_rate
from pricing.domain.subjects import what_if

TODAY = date(2026, 11, 22)


@pytest.fixture
def registered(db):
    set_status(valid_from=BEGINNING, registered=True, ships_from="GB")
    type_rate("USD", rate=Decimal("0.80"), on=date(2026, 1, 1))


def money(text):
    return Decimal(text)


def test_compare_finds_the_fixed_point(registered):
    channel = ChannelFactory()

    answer = compare(
        what_if(unit_cost=money("6.00")),
        [channel],
        on=TODAY,
        question=Question(price=money("24.00"), postage_paid=money("3.50")),
    )

    quote = answer.rows[0].quote
    assert [(line.code, line.amount) for line in quote.lines] == [
        ("listing", money("0.16")),
        ("transaction", money("1.56")),
        ("processing", money("1.16")),
        ("regulatory", money("0.12")),
    ]
    assert (quote.tax_amount, quote.total_fees, quote.net_revenue) == (money("4.00"), money("3.00"), money("20.00"))
    assert (answer.rows[0].profit, answer.rows[0].margin_pct) == (money("7.50"), money("37.5"))
