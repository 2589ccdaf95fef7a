from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from nozzly.tax.choices import Scheme
from nozzly.tax.domain import periods
from nozzly.tax.domain.status import set_status
from nozzly.testing.factories.inventory import DeliveryFactory
from nozzly.testing.factories.sales import ExpenseFactory
from nozzly.web.models import Attachment
from sales.domain import expenses, recurring
from sales.domain.expenses import Spending
from sales.models import Expense, ExpenseRhythm

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
JULY = date(2026, 7, 3)
RENT = Spending(spent_on=JULY, category="rent", text="Rent", net=Decimal("100.00"), tax=Decimal("20.00"))
PDF = b"%PDF-1.4 receipt"


def add(user, **changes):
    return expenses.add_expense(Spending(**(vars(RENT) | changes)), key=uuid4(), by=user, at=AT)


def typed(**changes):
    return {
        "spent_on": "2026-07-03", "category": "rent", "text": "Rent", "net": "100.00", "tax": "20.00", "key": str(uuid4()),
    } | changes  # fmt: skip


@pytest.mark.parametrize(
    ("registered", "scheme", "cost"),
    [(False, Scheme.STANDARD, 120), (True, Scheme.STANDARD, 100), (True, Scheme.FLAT_RATE, 120)],
)
def test_tax_that_comes_back_is_no_cost(user, registered, scheme, cost):
    set_status(valid_from=date(2026, 1, 1), registered=registered, ships_from="GB", scheme=scheme)

    assert add(user).cost == cost


def test_an_expense_sent_twice_is_entered_once(user):
    key = uuid4()
    first, second = (expenses.add_expense(RENT, key=key, by=user, at=AT) for _time in range(2))

    assert (first, Expense.objects.count()) == (second, 1)


def test_a_receipt_of_tomorrow_is_refused(user):
    with pytest.raises(expenses.NotYetSpent):
        add(user, spent_on=date(2026, 11, 23))


def test_an_expense_of_a_closed_month_counts_for_the_day_it_is_entered(owner):
    periods.close_period(through_on=date(2026, 10, 31), by=owner, at=AT)

    assert add(owner).booked_on == date(2026, 11, 22)


def test_in_a_closed_month_an_expense_is_taken_back_instead_of_changed(owner):
    expense = add(owner)
    periods.close_period(through_on=date(2026, 10, 31), by=owner, at=AT)

    with pytest.raises(expenses.ExpenseClosed):
        expenses.change_expense(expense, RENT, at=AT)
    with pytest.raises(expenses.ExpenseClosed):
        expenses.delete_expense(expense)
    back = expenses.take_back(expense, by=owner, at=AT)

    assert (back.cost, back.booked_on) == (-expense.cost, date(2026, 11, 22))
    with pytest.raises(expenses.AlreadyTakenBack):
        expenses.take_back(expense, by=owner, at=AT)
    with pytest.raises(expenses.AlreadyTakenBack):
        expenses.take_back(back, by=owner, at=AT)


def test_expense_form_keeps_the_receipt_and_may_be_sent_twice(client, bookkeeper):
    form = typed()
    for _time in range(2):
        client.post(reverse("sales:create_expense"), form | {"receipt": SimpleUploadedFile("rent.pdf", PDF)})

    expense = Expense.objects.get()
    assert [(each.name, each.size_bytes) for each in Attachment.objects.about(expense)] == [("rent.pdf", len(PDF))]
    assert "rent.pdf" in client.get(expense.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("name", "content"), [("virus.exe", b"MZ"), ("rent.pdf", b"not one"), ("photo.jpg", b"not a picture"), ("a.svg", b"<svg/>")]
)  # fmt: skip
def test_a_receipt_that_is_neither_photo_nor_pdf_leaves_nothing(client, bookkeeper, name, content):
    response = client.post(reverse("sales:create_expense"), typed(receipt=SimpleUploadedFile(name, content)))

    assert (response.status_code, Expense.objects.count(), Attachment.objects.count()) == (422, 0, 0)


@pytest.mark.parametrize(
    "wrong", [{"net": "-1"}, {"net": "9" * 20}, {"spent_on": "0001-01-01"}, {"category": "x"}, {"text": ""}]
)
def test_expense_form_refuses_nonsense_beside_its_field(client, owner, wrong):
    response = client.post(reverse("sales:create_expense"), typed(**wrong))

    assert (response.status_code, list(response.context["form"].errors)) == (422, list(wrong))


def test_expense_pages_change_delete_and_take_back(client, owner):
    expense = ExpenseFactory(spent_on=JULY)
    client.post(reverse("sales:edit_expense", args=[expense.pk]), typed(net="50.00", tax=""))
    expense.refresh_from_db()
    client.post(reverse("sales:take_back_expense", args=[expense.pk]))

    assert [row.net for row in Expense.objects.order_by("pk")] == [Decimal(50), Decimal(-50)]
    refused = client.post(reverse("sales:delete_expense", args=[expense.pk]))
    assert (refused.status_code, Expense.objects.count()) == (422, 2)


def test_expense_form_is_filled_from_a_delivery(client, owner):
    delivery = DeliveryFactory()

    page = client.get(reverse("sales:create_expense"), {"delivery": delivery.pk})
    client.post(reverse("sales:create_expense"), typed(delivery=delivery.pk))

    assert page.context["form"]["supplier"].value() == str(delivery.supplier)
    assert (Expense.objects.get().delivery, Expense.objects.get().in_costs) == (delivery, True)


@pytest.mark.parametrize("expense_count", [1, 3])
def test_expense_list_query_count_does_not_grow(client, owner, django_assert_num_queries, expense_count):
    rows = ExpenseFactory.create_batch(expense_count)
    client.get(reverse("sales:expense_list"))

    with django_assert_num_queries(2):
        response = client.get(reverse("sales:expense_list"))

    assert list(response.context["page"]) == rows[::-1]
    assert "Rent of the workshop" in client.get(reverse("sales:expense_list"), {"format": "csv"}).content.decode()


def test_rent_comes_again_on_its_day_and_once_also_after_missed_nights(user):
    rent = add(user, spent_on=date(2026, 1, 31))
    recurring.set_rhythm(rent, "month", by=user, at=datetime(2026, 2, 1, 12, tzinfo=UTC))

    nights = [
        datetime(2026, 2, 27, 4, tzinfo=UTC),
        datetime(2026, 4, 30, 4, tzinfo=UTC),
        datetime(2026, 4, 30, 5, tzinfo=UTC),
    ]

    assert [recurring.enter_due(at=night) for night in nights] == [0, 3, 0]
    rows = Expense.objects.exclude(pk=rent.pk).order_by("spent_on").values_list("spent_on", "net", "tax")
    assert list(rows) == [
        (day, Decimal(100), Decimal(20)) for day in (date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30))
    ]  # fmt: skip
    assert ExpenseRhythm.objects.get().next_on == date(2026, 5, 31)


@pytest.mark.parametrize(("every", "next_on"), [("quarter", date(2027, 1, 3)), ("year", date(2027, 7, 3))])
def test_a_rhythm_starts_with_the_next_day_that_is_due(user, every, next_on):
    assert recurring.set_rhythm(add(user), every, by=user, at=AT).next_on == next_on


def test_the_page_of_an_expense_says_how_often_it_comes_and_ends_it(client, bookkeeper):
    rent = ExpenseFactory(spent_on=JULY)
    address = reverse("sales:expense_rhythm", args=[rent.pk])

    client.post(address, {"every": "month"})
    page = client.get(rent.get_absolute_url()).content.decode()
    client.post(address, {"every": "sometimes"})
    kept = ExpenseRhythm.objects.count()
    client.post(address, {"every": ""})

    assert ("every month, next on" in page, kept, ExpenseRhythm.objects.count()) == (True, 1, 0)


def test_what_was_taken_back_or_is_a_delivery_does_not_come_again(user):
    rent = add(user)
    recurring.set_rhythm(rent, "month", by=user, at=AT)
    expenses.take_back(rent, by=user, at=AT)

    assert recurring.enter_due(at=AT.replace(year=2027)) == 0
    for expense in (rent, ExpenseFactory(delivery=DeliveryFactory(), in_costs=True)):
        with pytest.raises(recurring.CannotComeAgain):
            recurring.set_rhythm(expense, "month", by=user, at=AT)
