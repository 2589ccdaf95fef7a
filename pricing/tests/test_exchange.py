from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from nozzly.accounts.permissions import Role
from nozzly.tax.models import ExchangeRate
from nozzly.testing.factories.pricing import ChannelFactory
from pricing.domain.exchange import NoRates, RateNotPossible, read_rates, save_rates, type_rate

D = Decimal
LIST = "/pricing/channels/exchange/"
ADD = "/pricing/channels/exchange/add/"
ECB = "Date, USD, JPY, GBP, SEK, \n20 November 2026, 1.1600, 180.00, 0.8700, N/A, \n"


@pytest.fixture
def bookkeeper(client_for):
    return client_for(Role.BOOKKEEPER)


def rates():
    return list(ExchangeRate.objects.order_by("currency", "on").values_list("currency", "on", "rate"))


def upload(text, name="rates.csv"):
    return {"upload": "1", "file": SimpleUploadedFile(name, text.encode())}


def test_the_table_of_the_central_bank_is_turned_to_our_own_currency(bookkeeper):
    ChannelFactory(schedule_id="etsy-jp", country="JP", currency="JPY")

    bookkeeper.post(ADD, upload(ECB, "eurofxref.csv"))

    day = date(2026, 11, 20)
    assert rates() == [
        ("EUR", day, D("0.87000000")),
        ("JPY", day, (D("0.87") / 180).quantize(D("1e-8"))),
        ("USD", day, D("0.75000000")),
    ]
    assert ExchangeRate.objects.first().source == "eurofxref.csv"


def test_a_table_with_a_rate_in_each_row_replaces_those_of_the_same_day(bookkeeper):
    type_rate("USD", rate=D("0.70"), on=date(2026, 11, 1))

    bookkeeper.post(ADD, upload("currency,date,rate\nusd,2026-11-01,0.79\nEUR,01.11.2026,0.86\n"))

    assert [(currency, rate) for currency, _on, rate in rates()] == [("EUR", D("0.86")), ("USD", D("0.79"))]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("currency,date,rate\nUSD,2026-11-01,0.79\nUSD,yesterday,0.8\n", "Row 3: “yesterday” is no day"),
        ("currency,date,rate\nGBP,2026-11-01,1\n", "Row 2: GBP is no foreign currency."),
        ("currency,date,rate\nUSD,2026-11-01,0\n", "Row 2: An exchange rate is more than zero."),
        ("Date,USD\n2026-11-20,1.16\n", "The table has no column for GBP"),
        ("colour,shade\nred,dark\n", "A table needs the columns currency, date and rate"),
        ("", "empty"),
    ],
)
def test_a_bad_table_changes_nothing_and_says_where(bookkeeper, text, said):
    answer = bookkeeper.post(ADD, upload(text))

    assert (answer.status_code, rates()) == (422, [])
    assert said in answer.text


def test_one_rate_is_typed(bookkeeper):
    answer = bookkeeper.post(ADD, {"currency": "USD", "rate": "0,8", "on": "2026-11-22"})
    wrong = bookkeeper.post(ADD, {"currency": "GBP", "rate": "0", "on": ""})

    assert (answer.url, rates()) == (LIST, [("USD", date(2026, 11, 22), D("0.8"))])
    assert (wrong.status_code, sorted(wrong.context["typed"].errors)) == (422, ["currency", "on", "rate"])


def test_rates_are_listed_for_those_who_see_prices(client_for):
    type_rate("USD", rate=D("0.80"), on=date(2026, 11, 1))

    answer = client_for(Role.VIEWER).get(LIST, {"currency": "USD"})

    assert [row.currency for row in answer.context["page"]] == ["USD"]
    assert client_for(Role.MANAGER).get(ADD).status_code == 403
    assert client_for(Role.OPERATOR).get(reverse("pricing:exchange_list")).status_code == 403


def test_many_rates_are_written_all_or_none():
    good, bad = read_rates(["currency", "on", "rate"], [["USD", "2026-01-01", "0.8"], ["EUR", "2026-01-01", "0.9"]])

    with pytest.raises(RateNotPossible):
        save_rates([good, type(bad)("EUR", bad.on, D(-1))], source="x")
    with pytest.raises(NoRates):
        read_rates(["currency", "on", "rate"], [["USD", "2026-01-01", "about one"]])

    assert rates() == []
