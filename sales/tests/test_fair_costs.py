from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from django.urls import reverse

from inventory.choices import LocationKind
from nozzly.tax.domain import periods
from nozzly.testing.factories.catalog import VariantFactory
from nozzly.testing.factories.inventory import LocationFactory, LotFactory
from nozzly.testing.factories.pricing import EventFactory, ListingFactory
from sales.choices import FairCost, ReturnTo
from sales.domain import expenses, fair_costs, fair_report, fairs, profit_facts, returns, spendings
from sales.domain.expenses import Spending
from sales.domain.fairs import Sold
from sales.domain.returns import Back, Parcelled
from sales.models import Expense, ProfitFact

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = NOON.date()
D = Decimal


def a_fair(**costs):
    return EventFactory(starts_on=TODAY, **{"stall": D(80), "travel": D(20), "other": D(0)} | costs)


def changed(event, **costs):
    for name, amount in costs.items():
        setattr(event, name, D(amount))
    event.save()
    return event


def standing():
    rows = Expense.objects.filter(reverses=None, reversed_by=None).order_by("fair_cost")
    return list(rows.values_list("fair_cost", "category", "net"))


def test_what_a_fair_costs_is_an_expense_once(owner):
    event = a_fair()
    stall = fairs.open_stall(event, location=None, float_cash=D(0), at=NOON)

    fairs.close_stall(stall, by=owner, at=NOON)
    fairs.close_stall(stall, by=owner, at=NOON)
    again = fair_costs.book_all(on=TODAY, at=NOON)
    profit_facts.refresh()

    assert (standing(), again) == ([("stall", "fairs", 80), ("travel", "travel", 20)], 0)
    assert sum(fact.profit for fact in ProfitFact.objects.all()) == fair_report.outcome_of(stall).profit == -100


def test_fairs_without_a_stall_of_ours_are_booked_at_night_once_they_began(user):
    a_fair()
    EventFactory(name="To come", starts_on=TODAY + timedelta(days=3), stall=D(50))

    assert (fair_costs.book_all(on=TODAY, at=NOON), len(standing())) == (2, 2)


def test_a_plan_that_changes_later_changes_its_expense(user):
    event = a_fair()
    fair_costs.book(event, by=user, at=NOON)

    fair_costs.book(changed(event, stall="90", travel="0"), by=user, at=NOON)

    assert standing() == [("stall", "fairs", 90)]


def test_an_expense_that_somebody_corrected_stays_and_the_fair_counts_with_it(user):
    event = a_fair(travel=D(0))
    (expense,) = fair_costs.book(event, by=user, at=NOON)
    expenses.change_expense(expense, Spending(TODAY, "fairs", "Stall", D(70), D(14)), at=NOON)

    again = fair_costs.book(event, by=user, at=NOON)

    assert (again, fair_costs.costs_of([event])) == ([], {event.pk: 84})


def test_in_a_closed_month_the_old_cost_is_taken_back(owner):
    event = a_fair(travel=D(0))
    fair_costs.book(event, by=owner, at=NOON)
    later = NOON + timedelta(days=12)
    periods.close_period(through_on=date(2026, 11, 30), by=owner, at=later)

    fair_costs.book(changed(event, stall="90"), by=owner, at=later)

    assert (standing(), Expense.objects.count()) == ([("stall", "fairs", 90)], 3)
    assert set(Expense.objects.values_list("fair_cost", flat=True)) == {FairCost.STALL}


def test_goods_that_come_back_to_the_shelf_are_in_the_fairs_profit(user):
    event = a_fair(stall=D(0), travel=D(0))
    place = LocationFactory(name="Box", kind=LocationKind.STALL)
    stall = fairs.open_stall(event, location=place, float_cash=D(0), at=NOON)
    variant = VariantFactory()
    ListingFactory(variant=variant, channel=event.channel, price=D(4))
    LotFactory(item=variant.item, held=4, worth=D(4), location=place)
    sale = fairs.sell(stall, Sold([(variant, 3, D(4))], D(12), "cash", NOON), key=uuid4(), by=user, at=NOON)
    line = sale.order.lines.get()

    for to in (ReturnTo.STOCK, ReturnTo.SCRAP):
        returns.take_back(sale.order, Parcelled([Back(line, 1, to)], on=TODAY), key=uuid4(), by=user, at=NOON)

    outcome, (row,) = fair_report.outcome_of(stall), spendings.fairs_between(TODAY, TODAY)
    assert (outcome.goods, outcome.goods_back, outcome.profit) == (3, 1, 10)
    assert (row.goods, row.profit) == (2, 10)


def test_a_fair_with_expenses_is_not_deleted(client, owner):
    event = a_fair()
    fair_costs.book(event, by=owner, at=NOON)

    response = client.post(reverse("pricing:delete_event", args=[event.pk]))

    assert (response.status_code, Expense.objects.count()) == (422, 2)
