"""The facts say what the books say, after every change, whoever made it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F, Sum

from nozzly.accounts.permissions import Role
from nozzly.tenancy.current import in_workspace
from nozzly.testing.factories.catalog import VariantFactory
from nozzly.testing.factories.inventory import LotFactory
from nozzly.testing.factories.production import PrinterFactory, RunCostLineFactory, RunFactory, RunOutputFactory
from nozzly.testing.factories.sales import ExpenseFactory, OrderChargeFactory, OrderFactory, OrderLineFactory
from nozzly.testing.fixtures import make_user
from production.choices import RunState
from sales.choices import ReturnTo
from sales.domain import orders, profit_facts, refunds, returns
from sales.domain.orders import Sending
from sales.domain.returns import Back, Parcelled
from sales.models import Order, OrderLine, ProfitFact, ProfitMark

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def sold(user, *, prices=("24.00", "9.99"), at=AT, **order):
    row = OrderFactory(postage_charged=Decimal("3.50"), **order)
    for price in prices:
        variant = VariantFactory()
        LotFactory(item=variant.item, held=3, worth="18.00")
        OrderLineFactory(order=row, variant=variant, quantity=2, unit_price=Decimal(price))
    orders.confirm_order(row, by=user, at=at)
    return orders.ship_order(row, sending=Sending(postage=Decimal("3.35")), key=uuid4(), by=user, at=at)


def added_up(**where):
    return ProfitFact.objects.filter(**where).aggregate(
        net=Sum("net"), tax=Sum("tax"), fees=Sum("fees"), post=Sum("post"), profit=Sum("profit")
    )


def test_facts_of_a_sale_add_up_to_the_order_to_the_cent(user):
    order = sold(user, prices=("24.00", "9.99", "0.01"))

    profit_facts.refresh()

    assert added_up(order=order) == {
        "net": order.net_home, "tax": order.tax_home, "fees": order.fees_home, "post": order.post_home,
        "profit": order.profit_home,
    }  # fmt: skip
    assert profit_facts.refresh() == 0


def test_cost_of_a_piece_is_told_apart_by_the_run_that_made_it(user):
    variant, printer = VariantFactory(), PrinterFactory()
    lot = LotFactory(item=variant.item, held=4, worth="20.00")
    run = RunFactory(done=True, printer=printer)
    output = RunOutputFactory(run=run, variant=variant, lot=lot, print_time_s=1800)
    for code, amount, in_bought in (("filament", "8.00", True), ("machine", "6.00", False), ("labour", "4.00", False), ("overhead", "2.00", False)):  # fmt: skip
        RunCostLineFactory(run=run, output=output, code=code, amount=Decimal(amount), in_bought=in_bought)
    order = OrderFactory()
    OrderLineFactory(order=order, variant=variant, quantity=2)
    orders.confirm_order(order, by=user, at=AT)
    orders.ship_order(order, sending=Sending(), key=uuid4(), by=user, at=AT)

    profit_facts.refresh()

    fact = ProfitFact.objects.get(order=order)
    assert (fact.material, fact.machine, fact.labour, fact.own) == (4, 3, 2, 1)
    assert (fact.printer_id, fact.print_time_s, fact.estimated) == (printer.pk, 3600, 0)


def test_fees_by_statement_take_the_place_of_those_expected(user):
    order = sold(user)
    expected = order.charges.get(code="transaction")
    OrderChargeFactory(
        order=order, code="transaction", charged=True, amount_home=expected.amount_home + Decimal("0.77")
    )

    profit_facts.refresh()

    found = added_up(order=order)
    assert found["fees"] == order.fees_home + Decimal("0.77")
    assert found["profit"] == order.profit_home - Decimal("0.77")
    assert ProfitFact.objects.aggregate(charged=Sum("fees_charged"))["charged"] == expected.amount_home + Decimal(
        "0.77"
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda order: Order.objects.filter(pk=order.pk).update(ship_to_country="FR"),
        lambda order: OrderLine.objects.filter(order=order).update(variant=None),
        lambda _order: ExpenseFactory(),
        lambda _order: RunFactory(state=RunState.FAILED, finished_at=AT, actual_cost=Decimal(5), loss_cost=Decimal(5)),
    ],
)
def test_a_change_in_the_books_is_marked_whoever_made_it(user, change):
    order = sold(user)
    profit_facts.refresh()

    change(order)

    assert ProfitMark.objects.count() == 1
    before = list(ProfitFact.objects.order_by("pk").values_list("pk", flat=True))
    assert profit_facts.refresh() == 1
    assert list(ProfitFact.objects.order_by("pk").values_list("pk", flat=True)) != before


def test_run_losses_and_expenses_lower_profit_on_their_day(user):
    RunFactory(state=RunState.FAILED, finished_at=datetime(2026, 6, 30, 23, 30, tzinfo=UTC), actual_cost=Decimal(5), loss_cost=Decimal(5))  # fmt: skip
    ExpenseFactory(spent_on=date(2026, 7, 3), net=Decimal("80.00"))
    ExpenseFactory(spent_on=date(2026, 7, 3), net=Decimal("900.00"), in_costs=True)

    profit_facts.refresh()

    rows = ProfitFact.objects.order_by("kind").values_list("kind", "on", "profit")
    assert list(rows) == [("expense", date(2026, 7, 3), Decimal(-80)), ("run_loss", date(2026, 7, 1), Decimal(-5))]


def test_rebuilt_facts_are_those_kept_along_the_way(user):
    sold(user)
    profit_facts.refresh()
    ExpenseFactory()
    profit_facts.refresh()
    columns = ("kind", "source_id", "on", "line", "net", "fees", "material", "own", "post", "other", "profit")
    kept = sorted(ProfitFact.objects.values_list(*columns), key=str)

    profit_facts.rebuild()

    assert sorted(ProfitFact.objects.values_list(*columns), key=str) == kept


def test_facts_agree_with_the_books_through_refunds_returns_and_their_undoing(user):
    order = sold(user)
    line = order.lines.first()
    refund = refunds.refund_order(order, amount=Decimal("7.00"), on=AT.date(), key=uuid4(), by=user, at=AT)
    stocked, _scrapped = (
        returns.take_back(order, Parcelled([Back(line, 1, to=to)], on=AT.date()), key=uuid4(), by=user, at=AT)
        for to in (ReturnTo.STOCK, ReturnTo.SCRAP)
    )

    assert profit_facts.check() == []

    refunds.take_back_refund(refund, key=uuid4(), by=user, at=AT)
    returns.undo_return(stocked, key=uuid4(), by=user, at=AT)

    assert profit_facts.check() == []
    left = ProfitFact.objects.aggregate(profit=Sum("profit"))["profit"]
    assert left == order.profit_home


def test_check_says_what_differs(user):
    order = sold(user)
    profit_facts.refresh()
    ProfitFact.objects.filter(order=order).update(net=F("net") + 1, profit=F("profit") + 1)

    assert [mistake.what for mistake in profit_facts.check()] == [
        "net revenue", "profit of orders before statements",
        *(
            f"{days} by {axis}, rows that are not what their facts are"
            for days in ("months", "stretches of days")
            for axis in ("variant", "channel", "printer", "country", "variant_channel", "variant_country", "channel_country")
        ),
        *(f"ranking by {axis}, rows that are not what their facts are" for axis in ("order", "customer")),
        "buyers of months, rows that are not what their facts are",
    ]  # fmt: skip
    with pytest.raises(CommandError, match="19 sums differ"):
        call_command("check_profit", workspace="ta")
    call_command("check_profit", workspace="ta", rebuild=True)


def test_two_reports_at_once_make_each_fact_once(committed, workspace):
    with in_workspace(workspace):
        order = sold(make_user(Role.OWNER))

    def look(_number):
        with in_workspace(workspace):
            profit_facts.refresh()
        connection.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(look, range(4)))

    with in_workspace(workspace):
        assert ProfitFact.objects.filter(order=order).count() == 2
        assert profit_facts.check() == []
