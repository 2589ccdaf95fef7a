from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from django.urls import reverse
from pypdf import PdfReader

from nozzly.core.errors import DomainError
from nozzly.core.models import WrittenOnce
from nozzly.tax.domain.status import set_status
from nozzly.tax.models import ExchangeRate
from nozzly.tenancy.current import in_workspace
from nozzly.testing.factories.catalog import VariantFactory
from nozzly.testing.factories.inventory import LotFactory
from nozzly.testing.factories.pricing import ChannelFactory
from nozzly.testing.factories.sales import CustomerFactory, SellerDetailsFactory
from sales import documents
from sales.choices import InvoiceForm
from sales.domain import invoices, orders, payments, refunds, tax_entries
from sales.domain.invoices import Wanted
from sales.domain.orders import Facts, Line, Sending
from sales.domain.payments import Payment
from sales.domain.tax_rows import OUTPUT
from sales.models import Invoice, Order, SellerDetails
from sales.report_choices import TaxBasis

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = date(2026, 11, 22)
BUYER = "Ada Lovelace\n12 St James's Square\nLondon"


def registered(country="GB", **details):
    set_status(valid_from=date(2026, 1, 1), registered=True, ships_from=country, number="GB123456789", **details)


def an_order(user, *prices, quantity=1, **facts):
    SellerDetailsFactory()
    lines = [Line(unit_price=Decimal(price), variant=VariantFactory(), quantity=quantity) for price in prices]
    for line in lines:
        LotFactory(item=line.variant.item, held=20, worth=Decimal("155.40"))
    facts = {"placed_on": DAY, "ship_to_country": "GB"} | facts
    return orders.confirm_order(orders.create_order(Facts(**facts), lines, by=user, at=NOON), by=user, at=NOON)


def issued(order, user, *, buyer=BUYER, form=InvoiceForm.FULL, key=None, number=""):
    wanted = Wanted(form, buyer, number)
    return invoices.issue_invoice(order, wanted=wanted, key=key or uuid4(), by=user, at=NOON)


def credited(invoice, user, amount=None, **more):
    amount = Decimal(amount) if amount else None
    return invoices.issue_credit_note(invoice, amount=amount, key=uuid4(), by=user, at=NOON, **more)


def text_of(content):
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def test_invoice_works_the_tax_out_once_for_the_whole_paper(user):
    registered()

    invoice = issued(an_order(user, "3.33", "3.33", "3.33", postage_charged=Decimal("1.00")), user)

    assert (invoice.gross, invoice.tax, invoice.net) == (Decimal("10.99"), Decimal("1.83"), Decimal("9.16"))
    assert [(row.tax_rate_pct, row.tax) for row in invoice.taxes.all()] == [(20, Decimal("1.83"))]


def test_invoice_numbers_have_no_gap_and_refusals_take_none(user):
    first = issued(an_order(user, "10"), user)
    with pytest.raises(invoices.BuyerUnknown):
        issued(an_order(user, "10"), user, buyer="Ada")
    second = issued(an_order(user, "10"), user)

    assert [first.number, second.number, credited(first, user).number] == ["2026-0001", "2026-0002", "CN2026-0001"]


def test_invoice_stands_once_until_it_is_taken_back(user):
    order, key = an_order(user, "10"), uuid4()
    invoice = issued(order, user, key=key)

    assert issued(order, user, key=key) == invoice
    for refused in (lambda: issued(order, user), lambda: orders.cancel_order(order, by=user, at=NOON)):
        with pytest.raises(DomainError, match=invoice.number):
            refused()
    credited(invoice, user)
    assert issued(order, user).number == "2026-0002"


def test_invoice_once_issued_never_changes(user):
    invoice = issued(an_order(user, "10"), user)

    with pytest.raises(WrittenOnce):
        Invoice.objects.update(gross=1)
    with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE sales_invoice SET buyer = 'somebody else' WHERE id = %s", [invoice.pk])


def test_credit_notes_in_parts_take_back_the_tax_to_the_cent(user):
    registered()
    invoice = issued(an_order(user, "10.01"), user)

    parts = [credited(invoice, user, "3.33"), credited(invoice, user, "3.33"), credited(invoice, user)]

    assert sum(part.gross for part in parts) == -invoice.gross
    assert sum(part.tax for part in parts) == -invoice.tax
    with pytest.raises(invoices.NothingToCredit):
        credited(invoice, user)


def test_credit_note_belongs_to_a_refund(user):
    order = an_order(user, "10.00")
    orders.ship_order(order, sending=Sending(), key=uuid4(), by=user, at=NOON)
    invoice = issued(order, user)
    refund = refunds.refund_order(order, amount=Decimal(4), on=DAY, key=uuid4(), by=user, at=NOON)

    credit = credited(invoice, user, "4.00", refund=refund)

    assert (credit.refund, credit.gross, credit.corrects) == (refund, -4, invoice)


def refunded_order(user, *amounts, **facts):
    order = an_order(user, "10.01", **facts)
    orders.ship_order(order, sending=Sending(), key=uuid4(), by=user, at=NOON)
    for amount in amounts:
        refunds.refund_order(order, amount=Decimal(amount), reason="Late", on=DAY, key=uuid4(), by=user, at=NOON)
    return order


@pytest.mark.parametrize("currency", ["GBP", "USD"])
def test_invoice_after_refunds_comes_with_their_credit_notes_and_agrees_with_the_tax_report(user, currency):
    registered()
    ExchangeRate.objects.create(currency="USD", on=date(2026, 11, 1), rate=Decimal("0.7777"))
    order, key = refunded_order(user, "3.33", "0.37", currency=currency), uuid4()

    for _ in range(2):
        issued(order, user, key=key)

    papers = list(Invoice.objects.order_by("pk"))
    assert [(each.gross, each.refund_id is not None) for each in papers] == [
        (Decimal("10.01"), False), (Decimal("-3.33"), True), (Decimal("-0.37"), True),
    ]  # fmt: skip
    of_papers = tuple(sum(getattr(each, name) for each in papers) for name in ("net_home", "tax_home"))
    assert of_papers == tax_entries.total_of_entries(DAY, DAY, basis=TaxBasis.INVOICE, only={"side": OUTPUT})
    assert papers[1].lines.get().text == "Part of invoice 2026-0001 of 22 Nov 2026 is taken back. Late"


def test_invoice_says_what_is_paid_and_what_is_still_to_pay(user):
    order = an_order(user, "10.00", deposit_asked=Decimal(4))
    payment = Payment(Decimal(4), DAY, is_deposit=True)
    payments.take_payment(order, payment, key=uuid4(), by=user, at=NOON)
    part = issued(order, user)
    credit = credited(part, user)
    payments.take_payment(order, Payment(Decimal(6), DAY), key=uuid4(), by=user, at=NOON)
    whole = issued(order, user)

    assert "Paid: 4.00 GBP. Still to pay: 6.00 GBP." in part.notes
    assert ("Paid" in credit.notes, part.due_on is None, whole.due_on) == (False, False, None)
    assert "Still to pay: 0.00 GBP." in whole.notes


def test_invoice_that_replaces_another_is_credited_for_refunds_once_more(user):
    order = refunded_order(user, "4.00")
    credited(issued(order, user), user)
    refund = order.refunds.get()

    again = issued(order, user, buyer="Countess of Lovelace\n12 St James's Square")

    assert [(each.gross, each.refund) for each in again.credit_notes.all()] == [(-4, None)]
    assert refund.credit_note.corrects != again


def test_invoice_of_what_was_wholly_given_back_is_issued_once(user):
    order = refunded_order(user, "4.00", "6.01")

    invoice = issued(order, user)

    assert sum(each.gross for each in order.invoices.all()) == 0
    with pytest.raises(invoices.NothingToInvoice):
        issued(order, user)
    assert invoice.credit_notes.count() == 2


def test_credit_notes_leave_out_tax_that_the_channel_collected(user):
    channel = ChannelFactory(name="Etsy abroad", collects_tax=True, currency="GBP")
    order = refunded_order(user, "5.00", "5.81", channel=channel, tax_added=Decimal("0.80"))

    issued(order, user)

    assert [each.gross for each in order.invoices.order_by("pk")] == [
        Decimal("10.01"), Decimal("-4.63"), Decimal("-5.38"),
    ]  # fmt: skip


def test_simplified_invoice_needs_no_buyer_and_has_a_limit(user):
    assert issued(an_order(user, "250.00"), user, buyer="", form=InvoiceForm.SIMPLIFIED).gross == 250

    with pytest.raises(invoices.TooLargeForSimplified, match="250"):
        issued(an_order(user, "250.01"), user, buyer="", form=InvoiceForm.SIMPLIFIED)


def test_invoice_without_a_seller_or_before_it_is_confirmed_is_refused(user):
    new = orders.create_order(Facts(placed_on=DAY), [Line(Decimal(1), VariantFactory())], by=user, at=NOON)
    with pytest.raises(orders.NotNow):
        issued(new, user)

    order = an_order(user, "10")
    SellerDetails.objects.all().delete()

    with pytest.raises(invoices.SellerUnknown):
        issued(order, user)


def test_invoice_says_what_the_law_wants_said(user, workspace):
    small = issued(an_order(user, "10"), user)
    registered("DE")
    business = CustomerFactory(tax_number="FR12345678901", country="FR")
    reverse = issued(an_order(user, "10", customer=business, ship_to_country="FR"), user, number="FR12345678901")
    export = issued(an_order(user, "10", ship_to_country="US"), user)
    channel = ChannelFactory(name="Etsy abroad", collects_tax=True)
    collected = issued(an_order(user, "10", channel=channel), user)

    assert "no tax is charged" in small.notes
    assert ("Reverse charge" in reverse.notes, reverse.tax) == (True, 0)
    assert "Export" in export.notes
    assert ("collected and is paid by Etsy abroad" in collected.notes, collected.tax) == (True, 0)


def test_reverse_charge_without_their_number_is_refused(user):
    registered("DE")
    business = CustomerFactory(tax_number="FR1", country="FR")
    order = an_order(user, "10", customer=business, ship_to_country="FR")
    Order.objects.filter(pk=order.pk).update(customer=business)
    business.tax_number = " "
    business.save()

    with pytest.raises(invoices.BuyerUnknown):
        issued(order, user, number="")


def test_invoice_in_another_currency_keeps_the_tax_in_ours(user):
    registered()
    ExchangeRate.objects.create(currency="USD", on=date(2026, 11, 1), rate=Decimal("0.80"))

    invoice = issued(an_order(user, "12.00", currency="USD"), user)

    assert (invoice.currency, invoice.tax, invoice.tax_home) == ("USD", 2, Decimal("1.60"))


def test_no_paper_for_a_customer_names_a_cost_a_fee_or_a_profit(user):
    registered()
    order = an_order(user, "24.00", channel=ChannelFactory(), postage_charged=Decimal("3.50"))
    order = orders.ship_order(
        order, sending=Sending(postage=Decimal("2.97")), key=uuid4(), by=user, at=NOON
    )  # fmt: skip
    invoice = issued(order, user)
    credit = credited(invoice, user, "6.00")
    ours = [order.fees_home, order.cost_home, order.post_home, order.profit_home]
    assert order.cost_home == Decimal("7.77")

    papers = [
        documents.packing_slip(Order.objects.for_page().get(pk=order.pk)),
        *(documents.invoice(Invoice.objects.for_paper().get(pk=each.pk)) for each in (invoice, credit)),
    ]

    for text in map(text_of, papers):
        assert [amount for amount in ours if f"{amount:.2f}" in text] == []
        assert [word for word in ("cost", "fee", "profit", "margin") if word in text.lower()] == []
    assert invoice.number in text_of(papers[1])
    assert "27.50" in text_of(papers[1])


def test_invoice_pages_issue_list_and_credit(client, owner):
    order = an_order(owner, "10.00")
    page = reverse("sales:issue_invoice", args=[order.pk])
    data = {"form": "full", "buyer": BUYER, "key": str(uuid4())}

    for _ in range(2):
        client.post(page, data)
    refused = client.post(page, data | {"key": str(uuid4())})
    invoice = Invoice.objects.get()
    client.post(reverse("sales:issue_credit_note", args=[invoice.pk]), {"key": str(uuid4()), "reason": "Typo"})

    assert (refused.status_code, Invoice.objects.count()) == (422, 2)
    assert len(client.get(reverse("sales:invoice_list")).context["page"]) == 2
    paper = client.get(reverse("sales:invoice_pdf", args=[invoice.pk]))
    assert paper["Content-Type"] == "application/pdf"
    assert invoice.number in client.get(order.get_absolute_url()).content.decode()


def test_credit_note_page_offers_the_refund_asked_for_else_the_last(client, owner):
    order = an_order(owner, "10.00")
    orders.ship_order(order, sending=Sending(), key=uuid4(), by=owner, at=NOON)
    page = reverse("sales:issue_credit_note", args=[issued(order, owner).pk])
    refund = refunds.refund_order(order, amount=Decimal(4), on=DAY, key=uuid4(), by=owner, at=NOON)
    refunds.refund_order(order, amount=Decimal(1), on=DAY, key=uuid4(), by=owner, at=NOON)
    page += f"?refund={refund.pk}"
    form = client.get(page).context["form"]
    data = {"amount": form["amount"].value(), "key": str(form["key"].value())}

    for _ in range(2):
        client.post(page, data)

    assert [(row.gross, row.refund) for row in Invoice.objects.filter(kind="credit")] == [(-4, refund)]
    assert client.get(page).context["form"]["amount"].value() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_invoice_list_query_count_does_not_grow(client, owner, django_assert_num_queries, count):
    for _ in range(count):
        issued(an_order(owner, "10.00"), owner)
    client.get(reverse("sales:invoice_list"))

    with django_assert_num_queries(2):
        client.get(reverse("sales:invoice_list"))


def test_details_on_invoices_are_the_owners(client, owner):
    response = client.post(
        reverse("sales:seller_details"),
        {"legal_name": "Otter & Sons", "address": "2 River Road", "terms_days": "30", "prefix": "OT-"},
    )

    seller = SellerDetails.objects.get()
    assert (response.status_code, seller.legal_name, seller.prefix) == (302, "Otter & Sons", "OT-")


@pytest.mark.threads
def test_two_tabs_issue_one_invoice(committed, user, workspace):
    order = an_order(user, "10")
    barrier, refused = Barrier(3), []

    def run():
        try:
            with in_workspace(workspace):
                barrier.wait()
                issued(order, user)
        except DomainError:
            refused.append(1)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(3)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert (Invoice.objects.count(), len(refused)) == (1, 2)
