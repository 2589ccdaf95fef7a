from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from uuid import uuid4

import pytest
from django.urls import reverse
from pypdf import PdfReader

from catalog.choices import Stage
from inventory.choices import ItemKind
from inventory.models import Reservation
from nozzly.testing.factories.catalog import (
    ProductPhotoFactory,
    RecipeComponentFactory,
    VariantFactory,
    make_product,
)
from nozzly.testing.factories.inventory import ItemFactory, LotFactory
from nozzly.testing.factories.pricing import ChannelFactory, ShippingServiceFactory
from nozzly.testing.factories.sales import CustomerFactory, OrderFactory, OrderLineFactory
from pricing.choices import ChannelKind
from production.models import Run
from sales.choices import OrderState, Readiness
from sales.domain import orders
from sales.domain.orders import Sending
from sales.models import Order

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def a_new_order(**line):
    order = OrderFactory()
    OrderLineFactory(order=order, **line)
    return order


def a_confirmed_order(user, *, held=5, **line):
    variant = line.pop("variant", None) or VariantFactory()
    if held:
        LotFactory(item=variant.item, held=held, worth=Decimal(6 * held))
    return orders.confirm_order(a_new_order(variant=variant, **line), by=user, at=NOON)


def a_shipped_order(user, **facts):
    return orders.ship_order(
        a_confirmed_order(user), sending=Sending(postage=Decimal("3.50"), **facts), key=uuid4(), by=user, at=NOON
    )


def page_of(client, name, *args, **query):
    return client.get(reverse(f"sales:{name}", args=args), query)


@pytest.mark.parametrize("order_count", [1, 3])
def test_order_list_query_count_does_not_grow(client, owner, django_assert_num_queries, order_count):
    expected = [a_new_order() for _ in range(order_count)]
    page_of(client, "order_list")

    with django_assert_num_queries(10):
        response = page_of(client, "order_list")

    assert list(response.context["page"]) == expected[::-1]


def test_order_list_shows_each_order_in_the_tab_where_something_is_to_do(client, owner):
    new, ready = a_new_order(), a_confirmed_order(owner)
    missing, sent = a_confirmed_order(owner, held=0), a_shipped_order(owner)

    shown = {
        tab: list(page_of(client, "order_list", tab=tab).context["page"]) for tab in ("inbox", "print", "pack", "sent")
    }

    assert shown == {"inbox": [new], "print": [missing], "pack": [ready], "sent": [sent]}


def test_order_list_shows_the_first_picture_of_each_product(client, owner):
    line = a_new_order(variant=VariantFactory()).lines.get()
    photos = [ProductPhotoFactory(product=line.variant.product, position=position) for position in (1, 0)]

    page = page_of(client, "order_list").content.decode()

    shown = [reverse("catalog:photo", args=[photo.pk]) in page for photo in photos]
    assert shown == [False, True]


def test_order_list_search_finds_number_buyer_and_title(client, owner):
    order, other = OrderFactory(customer=CustomerFactory(name="Ada Lovelace")), a_new_order(title="Vase")
    OrderLineFactory(order=order, title="Dragon egg")

    found = [
        list(page_of(client, "order_list", search=text).context["page"]) for text in (other.number, "lovel", "egg")
    ]

    assert found == [[other], [order], [order]]


def test_order_list_answers_htmx_with_the_table_alone(client, owner):
    a_new_order()

    response = client.get(reverse("sales:order_list"), headers={"HX-Request": "true", "HX-Target": "order-table"})

    assert response.content.decode().strip().startswith('<section id="order-table"')


def test_order_list_exports_profit_only_to_those_who_see_costs(client_for, owner):
    a_shipped_order(owner)

    files = {
        role: page_of(client_for(role), "order_list", tab="sent", format="csv").content.decode()
        for role in ("manager", "operator")
    }

    assert ("Profit" in files["manager"], "Profit" in files["operator"]) == (True, False)


def test_readiness_is_worked_out_from_the_shelf(user):
    variant = VariantFactory()
    order = a_confirmed_order(user, held=0, variant=variant, quantity=2)

    def readiness():
        return Order.objects.with_readiness().get(pk=order.pk).readiness

    before = readiness()
    LotFactory(item=variant.item, held=2)

    assert (before, readiness()) == (Readiness.MISSING, Readiness.READY)


def test_readiness_of_a_line_nobody_knows(user):
    order = a_new_order(variant=None)

    assert Order.objects.with_readiness().get(pk=order.pk).readiness == Readiness.UNMATCHED


def test_order_detail_shows_what_it_earned_to_those_who_see_costs(client, owner, client_for):
    order = a_shipped_order(owner)

    for_owner = page_of(client, "order_detail", order.pk).content.decode()
    for_operator = page_of(client_for("operator"), "order_detail", order.pk).content.decode()

    assert ("What it earned" in for_owner, "What it earned" in for_operator) == (True, False)
    assert "Transaction fee" not in for_operator


def test_create_order_takes_lines_and_names_a_new_customer(client, owner):
    variant, channel = VariantFactory(), ChannelFactory()
    data = {
        "channel": channel.pk, "customer_name": "Ada", "ship_to_country": "GB", "placed_on": "2026-11-22",
        "postage_charged": "3.50", "lines-TOTAL_FORMS": "2", "lines-INITIAL_FORMS": "0",
        "lines-0-variant": variant.pk, "lines-0-quantity": "2", "lines-0-unit_price": "24.00",
        "lines-0-personalisation": "Ada",
    }  # fmt: skip

    response = client.post(reverse("sales:create_order"), data)

    order = Order.objects.get()
    line = order.lines.get()
    assert (response.status_code, response.url) == (302, order.get_absolute_url())
    assert (order.customer.name, order.postage_charged, line.quantity, line.personalisation) == (
        "Ada", Decimal("3.50"), 2, "Ada",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"lines-0-unit_price": ""}, "lines"),
        ({"lines-0-variant": ""}, "lines"),
        ({"due_on": "2026-11-01"}, "form"),
        ({"placed_on": "soon"}, "form"),
        ({"lines-0-variant": "", "lines-0-quantity": "", "lines-0-unit_price": ""}, "form"),
    ],
)
def test_create_order_says_what_is_wrong_and_writes_nothing(client, owner, change, where):
    data = {
        "ship_to_country": "GB", "placed_on": "2026-11-22", "lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0",
        "lines-0-variant": VariantFactory().pk, "lines-0-quantity": "1", "lines-0-unit_price": "24.00",
        "customer_name": "Ada",
    }  # fmt: skip

    response = client.post(reverse("sales:create_order"), data | change)

    context = response.context
    wrong = context["lines"].errors[0] if where == "lines" else context["form"].errors
    assert (response.status_code, bool(wrong), Order.objects.count()) == (422, True, 0)


def test_create_order_sent_twice_is_one_order(client, owner):
    form = page_of(client, "create_order").context["form"]
    data = {
        "create_key": form["create_key"].initial, "ship_to_country": "GB", "placed_on": "2026-11-22",
        "customer_name": "Ada", "lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0",
        "lines-0-variant": VariantFactory().pk, "lines-0-quantity": "1", "lines-0-unit_price": "24.00",
    }  # fmt: skip

    answers = [client.post(reverse("sales:create_order"), data).url for _ in range(2)]

    order = Order.objects.get()
    assert answers == [order.get_absolute_url()] * 2
    assert order.customer.name == "Ada"


def test_create_order_page_opens(client, owner):
    assert page_of(client, "create_order").status_code == 200


def test_confirm_pack_and_ship_an_order_through_its_pages(client, owner):
    variant = VariantFactory()
    LotFactory(item=variant.item, held=3, worth="18.00")
    order, service = a_new_order(variant=variant), ShippingServiceFactory(assumed=True)

    client.post(reverse("sales:confirm_order", args=[order.pk]))
    client.post(reverse("sales:pack_order", args=[order.pk]))
    form = page_of(client, "ship_order", order.pk).context["form"]
    sent = client.post(
        reverse("sales:ship_order", args=[order.pk]), {"service": service.pk, "key": form["key"].initial}
    )

    order.refresh_from_db()
    parcel = order.parcels.get()
    assert (sent.status_code, order.state) == (302, OrderState.SHIPPED)
    assert (parcel.postage, parcel.postage_assumed, order.cost_home) == (Decimal("3.50"), True, 6)


@pytest.mark.parametrize(("grams", "offered"), [(400, "Small"), (1200, "Large"), (None, None)])
def test_ship_order_offers_the_cheapest_service_that_takes_the_pieces(client, owner, grams, offered):
    ShippingServiceFactory(name="Small", price="3.50", max_weight_g=1000)
    ShippingServiceFactory(name="Large", price="5.50", max_weight_g=5000)
    variant = VariantFactory(item__packed_weight_g=grams)
    order = a_confirmed_order(owner, variant=variant, quantity=2)

    usual = page_of(client, "ship_order", order.pk).context["form"]["service"].initial

    assert (usual and usual.name) == offered


def test_ship_order_from_a_fair_offers_no_post(client, owner):
    ShippingServiceFactory()
    order = a_confirmed_order(owner, variant=VariantFactory(item__packed_weight_g=100))
    Order.objects.filter(pk=order.pk).update(channel=ChannelFactory(kind=ChannelKind.FAIR))

    assert page_of(client, "ship_order", order.pk).context["form"]["service"].initial is None


def test_ship_order_twice_with_one_form_ships_once(client, owner):
    order = a_confirmed_order(owner)
    data = {"key": str(uuid4()), "postage": "2.00"}

    answers = [client.post(reverse("sales:ship_order", args=[order.pk]), data).status_code for _ in range(2)]

    assert (answers, order.parcels.count()) == ([302, 302], 1)


def test_ship_order_with_a_wrong_postage_says_so(client, owner):
    order = a_confirmed_order(owner)

    response = client.post(reverse("sales:ship_order", args=[order.pk]), {"key": str(uuid4()), "postage": "-1"})

    order.refresh_from_db()
    assert (response.status_code, list(response.context["form"].errors), order.state) == (422, ["postage"], "confirmed")


def test_ship_order_that_is_gone_already_says_so(client, owner):
    order = a_shipped_order(owner)

    response = client.post(reverse("sales:ship_order", args=[order.pk]), {"key": str(uuid4())})

    assert (response.status_code, "shipped" in response.content.decode()) == (422, True)


def test_ship_order_offers_packaging_from_the_shelf_and_proposes_the_recipes_box(client, owner):
    box, spare = ItemFactory(kind=ItemKind.PACKAGING, name="Box"), ItemFactory(kind=ItemKind.PACKAGING, name="Case")
    ItemFactory(kind=ItemKind.COMPONENT)
    order = a_confirmed_order(owner)
    RecipeComponentFactory(recipe__product=order.lines.get().variant.product, item=box, quantity=1, stage=Stage.PACK)

    page = page_of(client, "ship_order", order.pk)

    form = page.context["form"]
    assert (list(form.fields["packaging"].queryset), form.initial["packaging"]) == ([box, spare], box)


def test_cancel_order_frees_its_pieces(client, owner):
    order = a_confirmed_order(owner)

    client.post(reverse("sales:cancel_order", args=[order.pk]))

    order.refresh_from_db()
    assert (order.state, Reservation.objects.count()) == (OrderState.CANCELLED, 0)


@pytest.mark.parametrize("verb", ["confirm_order", "pack_order", "cancel_order", "print_missing"])
def test_an_order_that_is_gone_answers_every_verb_with_a_sentence(client, owner, verb):
    order = a_shipped_order(owner)

    page = client.post(reverse(f"sales:{verb}", args=[order.pk]), follow=True)

    assert "this cannot be done now" in page.content.decode()


def test_print_missing_plans_a_run_for_what_is_short(client, owner):
    variant = make_product()
    order = a_confirmed_order(owner, held=1, variant=variant, quantity=3, personalisation="Ada")

    client.post(reverse("sales:print_missing", args=[order.pk]))
    client.post(reverse("sales:print_missing", args=[order.pk]))

    run = Run.objects.get()
    output = run.outputs.get()
    assert (output.planned, output.personalisation, run.reference) == (2, "Ada", f"order {order.number}")
    assert Order.objects.with_readiness().get(pk=order.pk).readiness == Readiness.PRINTING


def test_match_line_answers_which_product_it_is(client, owner):
    order, variant = a_new_order(variant=None, title="Blue dragon"), VariantFactory()
    assert "It is this" in page_of(client, "order_detail", order.pk).content.decode()

    client.post(reverse("sales:match_line", args=[order.lines.get().pk]), {"variant": variant.pk})

    assert order.lines.get().variant == variant


def test_match_line_without_an_answer_asks_again(client, owner):
    order = a_new_order(variant=None)

    page = client.post(reverse("sales:match_line", args=[order.lines.get().pk]), {"variant": ""}, follow=True)

    assert "Choose the product" in page.content.decode()


def test_match_line_of_a_confirmed_order_is_refused(client, owner):
    order = a_confirmed_order(owner)

    page = client.post(
        reverse("sales:match_line", args=[order.lines.get().pk]), {"variant": VariantFactory().pk}, follow=True
    )

    assert "this cannot be done now" in page.content.decode()


def test_pack_next_leads_to_the_most_urgent_order(client, owner):
    nothing = page_of(client, "pack_next")
    a_confirmed_order(owner)
    urgent = a_confirmed_order(owner)
    Order.objects.filter(pk=urgent.pk).update(due_on=date(2026, 11, 1))

    assert nothing.url == reverse("sales:order_list")
    assert page_of(client, "pack_next").url == urgent.get_absolute_url()


def test_packing_slip_names_the_pieces_and_no_money(client, owner):
    order = a_shipped_order(owner)
    order.lines.update(personalisation="For Ada")

    response = page_of(client, "packing_slip", order.pk)

    text = "".join(page.extract_text() for page in PdfReader(BytesIO(response.content)).pages)
    assert "For Ada" in text
    assert not [amount for amount in ("24.00", "7.50", "6.00", "£") if amount in text]


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("create_order", {"owner", "manager"}),
        ("order_list", {"owner", "manager", "operator", "bookkeeper", "viewer"}),
        ("customer_list", {"owner", "manager", "bookkeeper", "viewer"}),
        ("reports", {"owner", "manager", "bookkeeper", "viewer"}),
    ],
)
def test_pages_open_to_the_roles_that_need_them(client_for, name, allowed):
    roles = ("owner", "manager", "operator", "bookkeeper", "viewer")

    assert {role for role in roles if page_of(client_for(role), name).status_code == 200} == allowed


def test_orders_are_nothing_for_strangers(client):
    assert page_of(client, "order_list").url.startswith("/account/sign-in/")


@pytest.mark.parametrize("amounts", [{"lines-0-quantity": "100000"}, {"postage_charged": "999999999999.99"}])
def test_create_order_that_no_book_could_hold_is_refused(client, owner, amounts):
    data = {
        "ship_to_country": "GB", "placed_on": "2026-11-20", "lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0",
        "lines-0-variant": VariantFactory().pk, "lines-0-unit_price": "9999999.99",
    }  # fmt: skip

    response = client.post(reverse("sales:create_order"), data | amounts)

    assert (response.status_code, Order.objects.count()) == (422, 0)
    assert "worth more than can be booked" in response.content.decode()


def test_ship_order_refuses_a_postage_that_no_book_could_hold(client, owner):
    url = reverse("sales:ship_order", args=[a_confirmed_order(owner).pk])

    response = client.post(url, {"postage": "999999999999.99", "key": str(uuid4())})

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["postage"])
