from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from nozzly.testing.factories.catalog import VariantFactory
from nozzly.testing.factories.inventory import LotFactory
from nozzly.testing.factories.production import RunOutputFactory
from nozzly.testing.factories.sales import CustomerAddressFactory, CustomerFactory, OrderFactory, OrderLineFactory
from nozzly.web.models import AuditEntry
from sales.domain import customers, orders
from sales.domain.import_applying import known_customers
from sales.domain.orders import Sending
from sales.models import Customer
from sales.orderfiles.facts import Buyer

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


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
    customers = [CustomerFactory(name=f"Grace {number}") for number in range(customer_count)]
    client.get(reverse("sales:customer_list"))

    with django_assert_num_queries(4):
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


def waiting(customer):
    return OrderFactory(customer=customer)


def test_two_rows_of_one_person_become_one_and_two_again(client, manager):
    kept, gone = CustomerFactory(name="Ada", phone="", tags=["wholesale"]), CustomerFactory(phone="123", tags=["fair"])
    order, address = sold(manager, customer=gone), CustomerAddressFactory(customer=gone)
    preview = client.get(reverse("sales:merge_customer", args=[kept.pk]), {"gone": gone.pk})
    client.post(reverse("sales:merge_customer", args=[kept.pk]), {"gone": gone.pk})
    twice = client.post(reverse("sales:merge_customer", args=[kept.pk]), {"gone": gone.pk})

    kept.refresh_from_db()
    assert (preview.context["gone"], twice.status_code) == (gone, 422)
    assert (kept.phone, kept.tags, list(kept.orders.all()), list(kept.addresses.all())) == (
        "123", ["fair", "wholesale"], [order], [address],
    )  # fmt: skip
    assert list(Customer.objects.known()) == [kept]

    client.post(reverse("sales:undo_merge", args=[kept.merges.get().pk]))

    kept.refresh_from_db()
    assert (kept.phone, kept.tags, list(gone.orders.all()), list(gone.addresses.all())) == (
        "", ["wholesale"], [order], [address],
    )  # fmt: skip


def test_a_place_is_never_mixed_and_the_other_email_still_finds_the_customer(client, manager):
    kept = CustomerFactory(address="", city="Leeds", postcode="", email="ada@example.com")
    gone = CustomerFactory(address="1 Mill Lane", city="York", postcode="YO1 1AA", email="lovelace@example.com")

    customers.merge(kept, gone, by=manager, at=NOON)

    kept.refresh_from_db()
    assert (kept.address, kept.city, kept.email) == ("", "Leeds", "ada@example.com")
    assert list(Customer.objects.known().matching("lovelace@")) == [kept]
    assert "lovelace@example.com" in client.get(kept.get_absolute_url()).content.decode()
    assert list(known_customers([Buyer(email=gone.email)]).values()) == [kept]


def test_rows_merged_one_after_the_other_are_forgotten_together(manager):
    first, second, third = (CustomerFactory(name=name, email=f"{name}@example.com") for name in ("ada", "ada2", "ada3"))
    customers.merge(second, first, by=manager, at=NOON)
    later = customers.merge(third, second, by=manager, at=NOON)
    first.refresh_from_db()
    assert first.merged_into == third

    customers.undo_merge(later, at=NOON)
    first.refresh_from_db()
    assert first.merged_into == second

    customers.merge(third, second, by=manager, at=NOON)
    customers.erase_customer(third, at=NOON)

    assert set(Customer.objects.values_list("email", flat=True)) == {""}


def test_profit_of_a_merged_customer_is_that_of_both(client, manager):
    kept, gone = CustomerFactory(), CustomerFactory()
    orders_of_both = [sold(manager, customer=kept), sold(manager, customer=gone)]
    customers.merge(kept, gone, by=manager, at=NOON)

    page = client.get(kept.get_absolute_url())

    assert page.context["customer"].profit_home == sum(order.profit_home for order in orders_of_both)


@pytest.mark.parametrize("other", ["itself", "erased"])
def test_merge_is_refused_with(manager, other):
    kept = CustomerFactory()
    gone = kept if other == "itself" else CustomerFactory(erased_at=NOON)

    with pytest.raises((customers.SameCustomer, customers.AlreadyMerged)):
        customers.merge(kept, gone, by=manager, at=NOON)


def test_an_erased_customer_leaves_orders_and_no_name(client, manager):
    customer = CustomerFactory(name="Ada Lovelace", email="ada@example.com", note="likes red")
    CustomerAddressFactory(customer=customer)
    order = sold(manager, customer=customer, ship_to="Ada Lovelace\n1 Mill Lane", gift_note="For Ada")
    order.lines.update(personalisation="Ada")
    printed = RunOutputFactory(source="order_line", source_id=order.lines.first().pk, personalisation="Ada")
    other = RunOutputFactory(source="order_line", source_id=0, personalisation="Ada")

    client.post(reverse("sales:erase_customer", args=[customer.pk]))

    customer.refresh_from_db()
    order.refresh_from_db()
    printed.refresh_from_db()
    other.refresh_from_db()
    assert other.personalisation == "Ada"
    texts = [
        printed.personalisation,
        customer.name,
        customer.email,
        customer.note,
        order.ship_to,
        order.gift_note,
        order.lines.first().personalisation,
    ]
    assert not any("Ada" in text or "ada" in text for text in texts)
    assert (customer.addresses.count(), order.profit_home is not None) == (0, True)
    assert "Lovelace" not in str(list(AuditEntry.objects.values()))


def test_a_customer_whose_order_still_waits_is_not_erased(client, manager):
    customer = CustomerFactory(name="Ada")
    waiting(customer)

    refused = client.post(reverse("sales:erase_customer", args=[customer.pk]))

    assert (refused.status_code, Customer.objects.get().name) == (422, "Ada")


def test_customers_are_erased_by_themselves_after_the_time_the_shop_chose(client, owner):
    old, fresh, waits = (CustomerFactory(name=name) for name in ("Old", "Fresh", "Waits"))
    for customer, placed_on in ((old, date(2024, 1, 1)), (fresh, date(2026, 6, 1)), (waits, date(2024, 1, 1))):
        OrderFactory(
            customer=customer, placed_on=placed_on, state="new" if customer == waits else "cancelled", cancelled_at=NOON
        )

    assert customers.erase_old(on=NOON.date(), at=NOON) == 0
    client.post(reverse("sales:customer_retention"), {"retention_months": "24"})

    assert customers.erase_old(on=NOON.date(), at=NOON) == 1
    assert sorted(Customer.objects.known().values_list("name", flat=True)) == ["Fresh", "Waits"]


def test_customer_list_tells_who_came_back_and_finds_by_tag(client, owner):
    ada, _bob = CustomerFactory(tags=["wholesale"]), CustomerFactory()
    for _number in range(2):
        OrderFactory(customer=ada)
    OrderFactory(customer=_bob)

    page = client.get(reverse("sales:customer_list"))
    found = [
        list(client.get(reverse("sales:customer_list"), query).context["page"])
        for query in ({"tag": "Wholesale"}, {"again": "on"})
    ]

    assert (page.context["buyers"], page.context["again"], found) == (2, 1, [[ada], [ada]])


def test_customer_has_several_addresses(client, manager):
    customer = CustomerFactory()
    form = {"label": "Shop", "address": "2 Mill Lane", "city": "Leeds", "country": "GB"}
    client.post(reverse("sales:create_address", args=[customer.pk]), form)
    address = customer.addresses.get()
    client.post(reverse("sales:edit_address", args=[address.pk]), form | {"city": "York"})

    assert customer.addresses.get().city == "York"
    assert "York" in client.get(customer.get_absolute_url()).content.decode()

    client.post(reverse("sales:delete_address", args=[address.pk]))
    assert customer.addresses.count() == 0
