from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from nozzly.testing.factories.catalog import VariantFactory
from nozzly.testing.factories.inventory import LotFactory
from nozzly.testing.factories.sales import CustomerFactory, OrderFactory, OrderLineFactory
from sales.domain import orders
from sales.domain.orders import Sending
from sales.models import Customer


def sold(user, *, at=datetime(2026, 11, 22, 12, tzinfo=UTC), **order):
    variant = VariantFactory()
    LotFactory(item=variant.item, held=3, worth="18.00")
    row = OrderFactory(**order)
    OrderLineFactory(order=row, variant=variant, quantity=2)
    OrderLineFactory(order=row, variant=VariantFactory(), unit_price=Decimal("9.99"))
    orders.confirm_order(row, by=user, at=at)
    return orders.ship_order(row, sending=Sending(postage=Decimal("3.35")), key=uuid4(), by=user, at=at)


@pytest.mark.parametrize("customer_count", [1, 3])
def test_customer_list_query_count_does_not_grow(client, owner, django_assert_num_queries, customer_count):
    customers = CustomerFactory.create_batch(customer_count)
    client.get(reverse("sales:customer_list"))

    with django_assert_num_queries(2):
        response = client.get(reverse("sales:customer_list"))

    assert list(response.context["page"]) == customers


def test_customer_list_search_finds_by_name_and_place(client, owner):
    ada, _other = CustomerFactory(name="Ada", postcode="EC1A 1BB"), CustomerFactory(name="Bob")

    found = [
        list(client.get(reverse("sales:customer_list"), {"search": text}).context["page"]) for text in ("ada", "EC1A")
    ]

    assert found == [[ada], [ada]]


def test_customer_detail_shows_orders_and_profit(client, owner):
    order = sold(owner)

    page = client.get(order.customer.get_absolute_url())

    assert (list(page.context["orders"]), page.context["customer"].profit_home) == ([order], order.profit_home)


def test_customer_form_makes_and_changes_a_customer(client, owner):
    client.post(reverse("sales:create_customer"), {"name": "Ada", "country": "GB"})
    ada = Customer.objects.get()
    client.post(reverse("sales:edit_customer", args=[ada.pk]), {"name": "Ada L.", "country": ""})

    ada.refresh_from_db()
    assert (ada.name, ada.country) == ("Ada L.", "")


def test_customer_export_leaves_profit_out_for_those_without_costs(client, owner):
    sold(owner)

    assert "Profit" in client.get(reverse("sales:customer_list"), {"format": "csv"}).content.decode()


def test_business_customer_is_one_with_a_tax_number():
    assert [CustomerFactory(tax_number=number).is_business for number in ("", "GB123")] == [False, True]
