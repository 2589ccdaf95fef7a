import csv
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from nozzly.testing.factories.catalog import VariantFactory
from nozzly.testing.factories.inventory import LocationFactory, LotFactory
from nozzly.testing.factories.sales import CustomerFactory, OrderFactory, OrderLineFactory
from nozzly.web.models import Job
from sales.choices import OrderState
from sales.domain import orders
from sales.models import Order
from sales.views import bulk

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def new_order(*, held=5, variant=None, location=None, **facts):
    order, variant = OrderFactory(**facts), variant or VariantFactory()
    if held:
        LotFactory(item=variant.item, held=held, worth=Decimal(held), location=location)
    OrderLineFactory(order=order, variant=variant, title="=Dragon")
    return order


def confirmed(user, **facts):
    return orders.confirm_order(new_order(**facts), by=user, at=NOON)


def act(client, do, *found, **more):
    return client.post(reverse("sales:bulk_orders"), {"do": do, "order": [order.pk for order in found]} | more)


def states():
    return list(Order.objects.order_by("pk").values_list("state", flat=True))


def test_bulk_orders_confirms_what_can_be_confirmed_and_says_what_cannot(client, owner):
    good, bad = new_order(), OrderFactory()
    OrderLineFactory(order=bad, variant=None)

    response = act(client, "confirm", good, bad)

    told = [str(message) for message in client.get(response.url).context["messages"]]
    assert states() == [OrderState.CONFIRMED, OrderState.NEW]
    assert ("1 order is done." in told[0], "which product" in told[1]) == (True, True)


@pytest.mark.parametrize(("role", "do"), [("operator", "confirm"), ("owner", "explode"), ("owner", "")])
def test_bulk_orders_does_nothing_that_is_not_known_or_allowed(client_for, owner, role, do):
    order = new_order()

    assert act(client_for(role), do, order).status_code == 302
    assert states() == [OrderState.NEW]


def test_bulk_orders_with_rubbish_instead_of_orders(client, owner):
    data = {"do": "pack", "order": ["x", "9" * 30, "-1", "²"]}

    assert client.post(reverse("sales:bulk_orders"), data).status_code == 302


def test_ship_orders_warns_and_sends_each_once(client, owner):
    full, short = confirmed(owner), confirmed(owner, held=0)
    page = client.get(act(client, "ship", full, short).url)
    data = {"order": [full.pk, short.pk], "key": page.context["form"]["key"].value()}

    for _ in range(2):
        client.post(reverse("sales:ship_orders"), data)

    assert [len(leaving.shortages) for leaving in page.context["departures"]] == [0, 1]
    assert states() == [OrderState.SHIPPED, OrderState.SHIPPED]
    assert Order.objects.get(pk=full.pk).parcels.count() == 1


def test_pick_list_walks_place_by_place_and_counts_no_piece_twice(client, owner):
    variant = VariantFactory()
    shelf, room = LocationFactory(name="A shelf"), LocationFactory(name="B room")
    first = confirmed(owner, variant=variant, held=1, location=room)
    second = confirmed(owner, variant=variant, held=1, location=shelf)
    third = confirmed(owner, variant=variant, held=0)

    page = client.get(reverse("sales:pick_list"), {"order": [first.pk, second.pk, third.pk]})

    found = page.context["list"]
    assert [(stop.place, stop.pieces) for stop in found.stops] == [("A shelf", 1), ("B room", 1)]
    assert [(order, short.missing) for order, short in found.missing] == [(third, 1)]


def test_pick_list_shows_some_orders_and_prints_all(client, owner, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(bulk, "_PICKED_TOGETHER", 2)
    room = LocationFactory(name="Room")
    late, third, rush = (
        confirmed(owner, location=room, **facts)
        for facts in ({"due_on": "2026-01-01"}, {}, {"is_rush": True, "due_on": "2026-12-01"})
    )

    shown = [client.get(reverse("sales:pick_list"), {"page": page}).context["found"] for page in (1, 2, 3)]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("sales:print_pick_list"))

    assert shown == [[rush, late], [third], []]
    with Job.objects.get().result.open() as file:
        text = " ".join(page.extract_text() for page in PdfReader(file).pages)
    assert [order.number for order in (late, third, rush) if order.number not in text] == []


@pytest.mark.parametrize("carrier", ["royal-mail", "pirate-ship", "generic"])
def test_label_file_names_where_it_goes_and_nothing_of_ours(client, owner, carrier):
    buyer = CustomerFactory(
        name="Ada", address="1 Road\nFlat 2", city="Leeds", postcode="LS1 1AA", phone="+44 7700 900123"
    )
    order = confirmed(owner, customer=buyer)
    loose = confirmed(owner, customer=None, ship_to="Bob\n2 Lane\nYork YO1 7HH")

    response = client.get(reverse("sales:label_file"), {"order": [order.pk, loose.pk], "carrier": carrier})

    rows = list(csv.DictReader(StringIO(response.content.decode("utf-8-sig"))))
    text = response.content.decode()
    assert [
        value for value in ("Ada", "1 Road", "LS1 1AA", "+447700900123", "Bob", "2 Lane") if value not in text
    ] == []
    assert len(rows) == 2
    assert not {name.lower() for name in rows[0]} & {"cost", "profit", "fees"}


def test_packing_slips_come_a_page_each(client, owner):
    found = [confirmed(owner), confirmed(owner)]

    paper = client.get(act(client, "slips", *found).url)

    pages = [page.extract_text() for page in PdfReader(BytesIO(paper.content)).pages]
    assert [order.number in page for order, page in zip(found[::-1], pages[::-1], strict=True)] == [True, True]
    assert client.get(reverse("sales:packing_slips")).status_code == 302


def test_order_list_filters_by_what_is_due(client, owner):
    late, rush = new_order(due_on="2020-01-01"), new_order(is_rush=True, due_on="2099-01-01")

    shown = [list(client.get(reverse("sales:order_list"), {"due": due}).context["page"]) for due in ("today", "rush")]

    assert shown == [[late], [rush]]
