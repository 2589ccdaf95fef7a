from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from nozzly.accounts.permissions import Role
from nozzly.tax.models import ExchangeRate
from nozzly.testing.factories.catalog import VariantFactory
from nozzly.testing.factories.inventory import ItemFactory, LotFactory
from nozzly.testing.factories.pricing import ChannelFactory
from pricing.domain.exchange import type_rate
from sales.choices import ImportState
from sales.domain import fee_audit, import_plans, order_imports
from sales.domain.import_rates import MissingRate
from sales.domain.order_imports import NothingToImport, QuestionOpen, Upload
from sales.domain.refunds import refund_up_to
from sales.models import ChannelCharge, Order, OrderCharge, OrderImport, Payout
from sales.tests.order_files import items, sold_orders, statement, table

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)
SENT = {"SKU": "DRG-RED", "Date Shipped": "11/21/26"}
IN_ZLOTY = {"Currency": "PLN", "Price": "120.00", "Item Total": "120.00", "Order Shipping": "17.50"}
ZLOTY = MissingRate("PLN", date(2026, 11, 20), date(2026, 11, 20))


@pytest.fixture(autouse=True)
def etsy():
    order_imports.set_books_start(date(2026, 11, 1))
    LotFactory(item=VariantFactory(item=ItemFactory(sku="DRG-RED", kind="part")).item, held=9, worth="45.00")
    return ChannelFactory(name="Etsy", currency="GBP", schedule_id="etsy-uk")


def taken_in(user, *contents):
    uploads = [Upload(f"file{number}.csv", content) for number, content in enumerate(contents)]
    return order_imports.take_in(uploads, key=uuid4(), by=user, at=NOON)


def applied(user, *contents):
    found = taken_in(user, *contents)
    return order_imports.apply(order_imports.start(found, at=NOON), by=user, at=NOON)


def in_zloty(amount, **row):
    return {"Currency": "PLN", "Fees & Taxes": f"-{amount}", "Net": f"-{amount}"} | row


def test_the_worth_of_other_money_is_asked_before_anything_is_written(user):
    found = taken_in(user, items(SENT | IN_ZLOTY))

    check = order_imports.check(found, today=TODAY)
    assert (check.questions, check.rates, check.may_apply) == (["rates"], [ZLOTY], False)
    with pytest.raises(QuestionOpen):
        order_imports.apply(found, by=user, at=NOON)

    order_imports.answer(found, rates={ZLOTY: Decimal("0.2")}, at=NOON)
    check = order_imports.check(found, today=TODAY)
    assert (check.questions, check.may_apply) == ([], True)
    assert import_plans.totals_of(check.orders) == {"PLN": Decimal("137.50")}


def test_an_order_in_other_money_brings_and_costs_what_it_would_in_ours(user):
    type_rate("PLN", rate=Decimal("0.2"), on=date(2026, 11, 1))

    applied(user, items(SENT, SENT | IN_ZLOTY | {"Order ID": "9002", "Transaction ID": "7"}))

    ours, other = Order.objects.order_by("external_id")
    assert (other.currency, other.rate, other.buyer_total) == ("PLN", Decimal("0.2"), Decimal("137.50"))
    assert other.net_home == ours.net_home == Decimal("27.50")
    assert abs(other.fees_home - ours.fees_home) <= Decimal("0.02")
    fees = {row.code: row for row in OrderCharge.objects.filter(order=other)}
    assert fees["processing"].amount == Decimal("137.50") * 4 / 100 + 1  # 20p are a zloty
    assert fees["processing"].amount_home == Decimal("1.30")

    refund = refund_up_to(other, Decimal("13.75"), on=TODAY, by=user, at=NOON)
    assert refund
    assert other.refunds.get().net_home == Decimal("2.75")


def test_statements_in_other_money_book_fees_charges_and_payouts_at_the_rate_of_their_day(user, etsy):
    type_rate("PLN", rate=Decimal("0.2"), on=date(2026, 11, 1))
    type_rate("PLN", rate=Decimal("0.25"), on=date(2026, 11, 21))
    rows = [
        in_zloty("9.00"),
        in_zloty("10.00", Title="Etsy Ads", Info="", Date="21 November, 2026"),
        in_zloty("8.00", Title="Transaction fee: Dragon", Info="Order #9002", Date="21 November, 2026"),
        {"Currency": "PLN", "Type": "Deposit", "Title": "80.00 zł sent to your bank account", "Info": "",
         "Fees & Taxes": "--", "Net": "--", "Date": "21 November, 2026"},
    ]  # fmt: skip
    other = {"Order ID": "9002", "Transaction ID": "7"}

    applied(user, items(SENT | IN_ZLOTY, SENT | other), statement(*rows))

    charged = OrderCharge.objects.filter(charged=True).order_by("order__external_id")
    assert [(row.amount, row.amount_home) for row in charged] == [
        (Decimal("9.00"), Decimal("1.80")),  # at the rate of its order
        (Decimal("2.00"), Decimal("2.00")),  # of an order in pounds
    ]
    assert ChannelCharge.objects.get().amount_home == Decimal("2.50")
    assert (Payout.objects.get().currency, Payout.objects.get().amount_home) == ("PLN", 20)
    audit = fee_audit.differences(first=date(2026, 11, 1), last=date(2026, 11, 30))
    reasons = {found.code: found.reason for found in fee_audit.explained(list(audit)) if found.order.currency == "PLN"}
    assert reasons["processing"].startswith("Another rate: 6.55 % of 137.50")


def test_the_same_order_in_two_currencies_is_left_and_told(user):
    type_rate("PLN", rate=Decimal("0.2"), on=date(2026, 11, 1))
    applied(user, items(SENT))

    check = order_imports.check(taken_in(user, sold_orders({"Currency": "PLN", "Order Total": "99"})), today=TODAY)

    assert check.orders[0].reasons == ["It is in GBP here, in PLN in the file."]
    assert check.may_apply is False


def test_what_is_no_currency_is_refused_and_not_asked(user):
    check = order_imports.check(taken_in(user, items(SENT | {"Currency": "ZZZ"})), today=TODAY)

    assert (check.questions, check.orders[0].reasons) == ([], ["“ZZZ” is no currency."])


@pytest.mark.parametrize(("role", "asks"), [(Role.OWNER, True), (Role.MANAGER, False)])
def test_the_preview_asks_those_who_may_type_rates(client_for, role, asks):
    browser = client_for(role)
    row = SENT | IN_ZLOTY | {"Sale Date": "11/20/25", "Date Paid": "11/20/25", "Date Shipped": "11/21/25"}
    file = SimpleUploadedFile("items.csv", items(row))
    page = browser.post(reverse("sales:upload_orders"), {"files": file, "key": str(uuid4())}).url

    shown = browser.get(page).content.decode()
    refused = browser.post(page, {"rate_PLN": "0"})
    browser.post(page, {"rate_PLN": "0.2"})

    assert ("1 PLN in GBP" in shown, "Ask somebody who may change taxes" in shown) == (asks, not asks)
    assert refused.status_code == (422 if asks else 302)
    assert ExchangeRate.objects.exists() is asks
    assert OrderImport.objects.get().state == ImportState.CHECKED


def test_more_rows_than_one_import_takes_are_refused_before_anything_is_kept(user, monkeypatch):
    monkeypatch.setattr(order_imports, "MOST_ROWS", 2)
    two = items(SENT, SENT | {"Order ID": "9002", "Transaction ID": "7"})

    with pytest.raises(NothingToImport, match="more than 2 rows"):
        taken_in(user, two, items(SENT | {"Order ID": "9003", "Transaction ID": "8"}))

    assert not OrderImport.objects.exists()


def test_a_table_without_a_currency_is_counted_in_the_channels(user):
    found = taken_in(user, table({"Order": "1", "Date": "2026-11-20", "Title": "Dragon", "Price": "24.00"}))
    found = order_imports.answer(found, channel=ChannelFactory(name="Abroad", currency="USD"), at=NOON)

    check = order_imports.check(found, today=TODAY)

    assert import_plans.totals_of(check.orders) == {"USD": Decimal("24.00")}
