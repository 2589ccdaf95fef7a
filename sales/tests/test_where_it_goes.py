"""Where a parcel goes and what lies in it, on slips, labels and bills."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from uuid import uuid4

import pytest
from django.urls import reverse
from pypdf import PdfReader

from nozzly.testing.factories.catalog import VariantFactory
from nozzly.testing.factories.inventory import LotFactory
from nozzly.testing.factories.production import RunFactory, RunOutputFactory
from nozzly.testing.factories.sales import CustomerAddressFactory, CustomerFactory, OrderFactory
from production.choices import RunState
from sales.domain import addresses, invoice_words, orders, payments
from sales.domain.addresses import address_of
from sales.domain.orders import Facts, Line, Sending
from sales.domain.payments import MoreThanOwed, Payment

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = date(2026, 11, 22)


@pytest.fixture
def grace():
    return CustomerFactory(name="Grace Buyer", address="1 Road\nFlat 2", city="Leeds", postcode="LS1 1AA", country="GB")


def order_of(user, *, quantity=3, held=5, **facts):
    variant = VariantFactory()
    LotFactory(item=variant.item, held=held)
    line = Line(unit_price=Decimal(12), variant=variant, quantity=quantity, title="Dragon")
    order = orders.create_order(Facts(placed_on=DAY, **facts), [line], by=user, at=NOON)
    return orders.confirm_order(order, by=user, at=NOON)


def where(order):
    place = address_of(order)
    return (place.name, *place.street[:2], place.city, place.region, place.postcode, place.country)


def text_of(response):
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(response.content)).pages)


def test_an_order_without_an_address_goes_to_the_customers_own(user, grace):
    order = order_of(user, customer=grace)

    assert order.ship_to == "Grace Buyer\n1 Road\nFlat 2\nLeeds LS1 1AA"
    assert where(order) == ("Grace Buyer", "1 Road", "Flat 2", "Leeds", "", "LS1 1AA", "GB")
    assert invoice_words.buyer_of(order).splitlines() == ["Grace Buyer", "1 Road", "Flat 2", "LS1 1AA Leeds", "GB"]


def test_a_gift_goes_to_whom_the_order_names(user, grace):
    CustomerAddressFactory(
        customer=grace, name="", address="5 Quay", city="St Ives", region="Cornwall", postcode="TR26 1AB"
    )

    known = order_of(user, customer=grace, ship_to="Mum\n5 Quay\nSt Ives Cornwall TR26 1AB", ship_to_country="GB")
    unknown = order_of(user, customer=grace, ship_to="Aunt Bo\n9 Hill\nYork YO1 7HH", ship_to_country="GB")

    assert where(known) == ("Mum", "5 Quay", "", "St Ives", "Cornwall", "TR26 1AB", "GB")
    assert where(unknown) == ("Aunt Bo", "9 Hill", "", "York", "", "YO1 7HH", "GB")


@pytest.mark.parametrize(
    ("country", "text", "found"),
    [
        ("GB", "Bo\n1 Lane\nBath\nBA1 1AA", ("Bo", "1 Lane", "", "Bath", "", "BA1 1AA")),
        ("GB", "Bo\n1 Lane\nBath BA1 1AA\nUnited Kingdom", ("Bo", "1 Lane", "", "Bath", "", "BA1 1AA")),
        ("US", "Bo\n12345 Elm St\nPortland, OR 97201-1234", ("Bo", "12345 Elm St", "", "Portland", "OR", "97201-1234")),
        ("DE", "Bo\nHof 3\n10115 Berlin", ("Bo", "Hof 3", "", "Berlin", "", "10115")),
        ("NL", "Bo\nKade 1\n1011 AB Amsterdam", ("Bo", "Kade 1", "", "Amsterdam", "", "1011 AB")),
        ("SE", "Bo\nGata 12\n114 55 Stockholm", ("Bo", "Gata 12", "", "Stockholm", "", "114 55")),
        ("CA", "Bo\n1 Rue\nMontreal QC H2X 1Y4", ("Bo", "1 Rue", "", "Montreal", "QC", "H2X 1Y4")),
        ("IE", "Bo\n1 Quay\nCork", ("Bo", "1 Quay", "", "Cork", "", "")),
        ("GB", "Bo", ("Bo", "", "", "", "", "")),
    ],
)
def test_an_address_written_by_hand_is_read_line_by_line(country, text, found):
    order = OrderFactory(customer=None, ship_to=text, ship_to_country=country)

    assert where(order) == (*found, country)
    assert addresses.address_of(OrderFactory(customer=None, ship_to="")).street == ("", "", "")


def test_slip_and_label_tell_what_lies_in_the_parcel(client, owner):
    order = order_of(owner, ship_to="Bo\n1 Lane\nBath BA1 1AA", ship_to_country="GB")
    sending = Sending(pieces={order.lines.get().pk: 2})
    orders.ship_order(order, sending=sending, key=uuid4(), by=owner, at=NOON)
    slip = reverse("sales:packing_slip", args=[order.pk])

    sent, rest = text_of(client.get(slip, {"parcel": order.parcels.get().pk})), text_of(client.get(slip))
    label = client.get(reverse("sales:label_file"), {"order": order.pk, "carrier": "generic"}).content.decode(
        "utf-8-sig"
    )

    assert ("2 ×" in sent, "The rest follows" in sent, "1 ×" in rest, "The rest follows" in rest) == (
        True, True, True, False,
    )  # fmt: skip
    assert [row["Contents"] for row in csv.DictReader(StringIO(label))] == ["1 × Dragon"]


def test_what_was_paid_for_a_cancelled_order_goes_back(client, owner):
    order = order_of(owner)
    payments.take_payment(order, Payment(Decimal(10), DAY, is_deposit=True), key=uuid4(), by=owner, at=NOON)
    output = RunOutputFactory(
        run=RunFactory(state=RunState.PLANNED), source="order_line", source_id=order.lines.get().pk
    )

    page = client.post(reverse("sales:cancel_order", args=[order.pk]), follow=True)

    order.refresh_from_db()
    told = " ".join(str(message) for message in page.context["messages"])
    assert ("10.00 GBP were paid" in told, output.run.number in told) == (True, True)
    assert payments.account_of(order).open == -10
    with pytest.raises(MoreThanOwed):
        payments.take_payment(order, Payment(Decimal(1), DAY), key=uuid4(), by=owner, at=NOON)
    payments.take_payment(order, Payment(Decimal(-10), DAY), key=uuid4(), by=owner, at=NOON)
    assert payments.account_of(order).open == 0
