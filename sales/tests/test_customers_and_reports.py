from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from nozzly.testing.factories.catalog import VariantFactory
from nozzly.testing.factories.inventory import LotFactory
from nozzly.testing.factories.pricing import ChannelFactory
from nozzly.testing.factories.sales import CustomerFactory, OrderFactory, OrderLineFactory
from sales.domain import orders, reports
from sales.domain.orders import Sending
from sales.models import Customer

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


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


@pytest.mark.parametrize("group", list(reports.GROUPS))
def test_profit_of_every_grouping_adds_up_to_the_same_total(user, group):
    shipped = [
        sold(user),
        sold(user, channel=ChannelFactory(name="eBay", schedule_id="ebay-uk")),
        sold(user, channel=None),
    ]
    sold(user, at=datetime(2025, 11, 22, 12, tzinfo=UTC))

    rows = reports.profit_by(group, FIRST, LAST)

    total = reports.total_of(rows)
    assert (total.profit, total.pieces) == (sum(order.profit_home for order in shipped), 9)


def test_profit_by_channel_has_a_row_for_what_was_sold_without_one(user):
    sold(user, channel=None)

    assert [row.name for row in reports.profit_by("channel", FIRST, LAST)] == [""]


def test_profit_page_groups_by_what_the_url_says(client, owner):
    sold(owner)

    pages = {
        by: client.get(reverse("sales:reports"), {"by": by, "first": "2026-01-01", "last": "2026-12-31"})
        for by in ("product", "month", "nonsense")
    }

    assert [page.context["group"] for page in pages.values()] == ["product", "month", "product"]
    assert "November 2026" in pages["month"].content.decode()


def test_profit_page_turns_a_period_the_right_way_round(client, owner):
    page = client.get(reverse("sales:reports"), {"first": "2026-12-31", "last": "2026-01-01"})

    assert (page.context["first"], page.context["last"]) == (FIRST, LAST)


def test_profit_page_of_an_empty_month_says_what_comes_here(client, owner):
    assert "Nothing was shipped" in client.get(reverse("sales:reports")).content.decode()


def test_profit_csv_has_the_figures_of_the_page(client, owner):
    order = sold(owner)

    response = client.get(
        reverse("sales:reports"), {"by": "channel", "first": "2026-01-01", "last": "2026-12-31", "format": "csv"}
    )

    rows = response.content.decode("utf-8-sig").splitlines()
    assert rows[1].split(",")[-1] == str(order.profit_home)
