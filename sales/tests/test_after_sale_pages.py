from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from inventory.models import Lot
from nozzly.testing.factories.catalog import VariantFactory, make_product
from nozzly.testing.factories.inventory import LotFactory
from nozzly.testing.factories.pricing import ChannelFactory
from nozzly.testing.factories.production import RunOutputFactory
from nozzly.testing.factories.sales import OrderFactory, OrderLineFactory, SellerDetailsFactory
from production.choices import RunState
from production.models import Run
from sales.choices import OrderState
from sales.domain import invoices, orders
from sales.domain.orders import Sending
from sales.models import Order, OrderPayment, Refund, Return

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def confirmed(user, *, held=5, **line):
    order, variant = OrderFactory(placed_on=date(2026, 11, 20)), VariantFactory()
    if held:
        LotFactory(item=variant.item, held=held, worth=Decimal(6 * held))
    OrderLineFactory(order=order, variant=variant, **line)
    return orders.confirm_order(order, by=user, at=NOON)


def sent(user, **details):
    return orders.ship_order(confirmed(user, **details), sending=Sending(), key=uuid4(), by=user, at=NOON)


def url(name, subject):
    return reverse(f"sales:{name}", args=[subject.pk])


def form_of(client, name, subject):
    """What the page's form would send, unchanged."""
    form = client.get(url(name, subject)).context["form"]
    return {bound.html_name: bound.value() or "" for bound in form}


def test_ship_order_warns_of_what_is_not_on_the_shelf(client, owner):
    order = confirmed(owner, held=1, quantity=3)

    page = client.get(url("ship_order", order)).content.decode()

    assert "2 × " in page
    assert "Ship it all the same" in page


def test_ship_order_sends_only_part_of_it(client, owner):
    order = confirmed(owner, quantity=3)
    line = order.lines.get()

    client.post(url("ship_order", order), form_of(client, "ship_order", order) | {f"pieces_{line.pk}": "1"})

    line.refresh_from_db()
    order.refresh_from_db()
    assert (order.state, line.pieces_sent) == (OrderState.CONFIRMED, 1)
    assert "Parcels" in client.get(order.get_absolute_url()).content.decode()


def test_ship_order_of_too_many_pieces_is_refused_beside_the_field(client, owner):
    order = confirmed(owner, quantity=3)
    line = order.lines.get()

    response = client.post(url("ship_order", order), form_of(client, "ship_order", order) | {f"pieces_{line.pk}": "4"})

    assert response.status_code == 422
    assert f"pieces_{line.pk}" in response.context["form"].errors


def test_undo_shipping_shows_what_comes_back_and_does_it_once(client, owner):
    order = sent(owner)
    data = form_of(client, "undo_shipping", order)
    assert "Comes back" in client.get(url("undo_shipping", order)).content.decode()

    answers = [client.post(url("undo_shipping", order), data).status_code for _ in range(2)]

    order.refresh_from_db()
    assert (order.state, answers) == (OrderState.CONFIRMED, [302, 302])


def test_refund_order_shows_what_it_does_and_books_it_once(client, owner):
    order = sent(owner)
    data = form_of(client, "refund_order", order) | {"amount": "12.00", "reason": "scratched"}
    look = client.post(url("refund_order", order), data | {"look": "1"})
    assert (look.context["form"]["reason"].value(), Refund.objects.count()) == ("scratched", 0)

    answers = [client.post(url("refund_order", order), data).status_code for _ in range(2)]

    assert look.context["outlook"].gross == 12
    assert (Refund.objects.get().gross, answers) == (12, [302, 302])
    assert "scratched" in client.get(order.get_absolute_url()).content.decode()


@pytest.mark.parametrize("amount", ["25.00", "x", "-3"])
def test_refund_order_of_nonsense_is_refused(client, owner, amount):
    order = sent(owner)
    data = form_of(client, "refund_order", order) | {"amount": amount}

    assert client.post(url("refund_order", order), data).status_code == 422
    assert client.post(url("refund_order", order), data | {"look": "1"}).context["outlook"] is None
    assert Refund.objects.count() == 0


def test_refund_of_one_line_is_at_most_what_it_cost(client, owner):
    order = sent(owner)
    OrderLineFactory(order=order, variant=VariantFactory(), unit_price=Decimal(30))
    data = form_of(client, "refund_order", order) | {"amount": "20.00", "line": str(order.lines.first().pk)}

    for _ in range(2):
        client.post(url("refund_order", order), data | {"key": str(uuid4())})
    look = client.post(url("refund_order", order), data | {"look": "1"})

    assert Refund.objects.count() == 1
    assert "cost only 24.00, of which 20.00 are given back" in look.content.decode()


def test_refund_under_an_invoice_asks_for_its_credit_note(client, owner):
    order = sent(owner)
    SellerDetailsFactory()
    wanted = invoices.Wanted(buyer="Ada\n12 Square")
    invoice = invoices.issue_invoice(order, wanted=wanted, key=uuid4(), by=owner, at=NOON)

    client.post(url("refund_order", order), form_of(client, "refund_order", order) | {"amount": "12.00"})

    assert f"Invoice {invoice.number} still bills it" in client.get(order.get_absolute_url()).content.decode()
    assert "no credit note yet" in client.get(order.get_absolute_url()).content.decode()
    client.post(url("issue_credit_note", invoice), form_of(client, "issue_credit_note", invoice))
    assert "no credit note yet" not in client.get(order.get_absolute_url()).content.decode()
    page = client.get(url("take_back_refund", Refund.objects.get())).content.decode()
    assert f"take back the rest of invoice {invoice.number}" in page


def test_refund_is_taken_back_by_its_own_page(client, owner):
    order = sent(owner)
    client.post(url("refund_order", order), form_of(client, "refund_order", order))
    refund = Refund.objects.get()

    for _ in range(2):
        client.post(url("take_back_refund", refund))

    assert sorted(Refund.objects.values_list("gross", flat=True)) == [-24, 24]


def test_return_order_puts_pieces_back_and_exchanges_them(client, owner):
    order, other = sent(owner), VariantFactory()
    line = order.lines.get()
    data = form_of(client, "return_order", order) | {f"pieces_{line.pk}": "1", "replacement": other.pk}

    for _ in range(2):
        response = client.post(url("return_order", order), data)

    returned = Return.objects.get()
    assert response.url == returned.replacement.get_absolute_url()
    assert sum(lot.on_hand for lot in Lot.objects.filter(item=line.variant.item)) == 5
    assert "exchanged for" in client.get(order.get_absolute_url()).content.decode()
    client.post(url("undo_return", returned))
    assert Return.objects.count() == 2


def test_take_payment_writes_a_deposit_down_once(client, owner):
    order = confirmed(owner)
    data = form_of(client, "take_payment", order) | {"amount": "10.00", "is_deposit": "on"}

    for _ in range(2):
        client.post(url("take_payment", order), data)
    too_much = client.post(url("take_payment", order), data | {"key": str(uuid4()), "amount": "20.00"})

    assert [(row.amount, row.is_deposit) for row in OrderPayment.objects.all()] == [(10, True)]
    assert too_much.status_code == 422


def test_notes_and_delivery_stand_in_the_history(client, owner):
    order = sent(owner)

    for _ in range(2):
        client.post(url("add_order_note", order), {"text": "Rang twice"})
    client.post(url("add_order_note", order), {"text": ""})
    client.post(url("deliver_order", order))

    assert Order.objects.get(pk=order.pk).state == OrderState.DELIVERED
    assert [event.kind for event in order.events.order_by("pk")][-3:] == ["shipped", "note", "delivered"]


def test_order_page_says_what_is_left_of_the_profit(client, owner):
    order = sent(owner, quantity=2)
    line = order.lines.get()
    client.post(url("refund_order", order), form_of(client, "refund_order", order) | {"amount": "24.00"})
    client.post(url("return_order", order), form_of(client, "return_order", order) | {f"pieces_{line.pk}": "1"})

    found = client.get(order.get_absolute_url()).context["afterwards"]

    assert (found.given_back, found.goods_back) == (24, 6)
    assert found.profit == Order.objects.get().profit_home - 24 + found.fees_back + 6


def test_open_order_shows_what_it_will_earn_to_those_who_see_costs(client, client_for, owner):
    order = orders.confirm_order(OrderLineFactory(variant=make_product(), quantity=2).order, by=owner, at=NOON)

    found = client.get(order.get_absolute_url()).context["outlook"]

    assert found.profit == 48 - found.fees - found.goods - found.post
    assert (found.fees > 0, found.goods > 0) == (True, True)
    assert "What it will earn" not in client_for("operator").get(order.get_absolute_url()).content.decode()


@pytest.mark.parametrize("line_count", [1, 3])
def test_order_page_asks_at_most_twenty_five_queries(client, owner, django_assert_max_num_queries, line_count):
    """Open, paid and invoiced; sent, given back and taken back."""
    waiting = OrderFactory(channel=ChannelFactory())
    for _number in range(line_count):
        OrderLineFactory(order=waiting, variant=make_product())
    orders.confirm_order(waiting, by=owner, at=NOON)
    client.post(url("take_payment", waiting), form_of(client, "take_payment", waiting) | {"amount": "5.00"})
    gone = sent(owner, quantity=2)
    client.post(url("refund_order", gone), form_of(client, "refund_order", gone) | {"amount": "2.00"})
    client.post(
        url("return_order", gone), form_of(client, "return_order", gone) | {f"pieces_{gone.lines.get().pk}": "1"}
    )

    for order in (waiting, gone):
        client.get(order.get_absolute_url())
        with django_assert_max_num_queries(25):
            client.get(order.get_absolute_url())


def test_operator_sees_no_money_of_the_business_on_an_order_page(client_for, owner, client):
    order = sent(owner)
    client.post(url("refund_order", order), form_of(client, "refund_order", order))

    page = client_for("operator").get(order.get_absolute_url()).content.decode()

    assert "fees that come back" not in page
    assert "Value" not in page


def test_cancelled_order_offers_to_cancel_the_runs_planned_for_it_alone(client, owner):
    order = confirmed(owner, held=0, quantity=2)
    (run,) = orders.plan_missing(order, by=owner, at=NOON)
    shared = RunOutputFactory(source="order_line", source_id=order.lines.get().pk).run
    RunOutputFactory(run=shared, position=2)
    assert client.post(url("cancel_runs", order), follow=True).context["runs_in_vain"] == []

    client.post(url("cancel_order", order))
    page = client.get(order.get_absolute_url())
    assert page.context["runs_in_vain"] == [run]
    assert f"Cancel these runs: {run}" in " ".join(page.content.decode().split()).replace("</svg>", "")
    for _ in range(2):
        client.post(url("cancel_runs", order))

    assert [Run.objects.get(pk=each.pk).state for each in (run, shared)] == [RunState.CANCELLED, RunState.PLANNED]
    assert client.get(order.get_absolute_url()).context["runs_in_vain"] == []
