import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, F, Max, Q, Sum
from PIL import Image

from catalog.models import Product, Variant
from inventory.choices import SpoolState
from inventory.domain import policies
from inventory.domain.checking import check_ledger
from inventory.models import Lot, Offer, Reservation, Spool, StockAlert, StockPolicy, Stocktake, Weighing
from nozzly.accounts.models import User
from nozzly.accounts.permissions import Role
from nozzly.home.seed import drawing, shapes, sizes, year
from nozzly.tax.domain.status import BEGINNING, set_status
from nozzly.tenancy.current import in_workspace
from pricing.domain import channels
from pricing.models import Listing, PriceChange
from production.choices import CostStage, RunState
from production.models import Printer, Run, RunCostLine, RunCounter, RunMaterial, RunOutput
from sales.choices import CostOrigin, OrderState
from sales.domain.figures import figures_of
from sales.models import Order, OrderCounter, OrderLine

NOW = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
TINY = replace(
    sizes.DEMO,
    name="tiny",
    filaments=16,
    spools=36,
    opening_spools=22,
    products=6,
    printers=4,
    runs=36,
    orders=70,
    days=60,
    picture_px=48,
    family_pictures=False,
)
HOME = Path(year.__file__).parent


@pytest.fixture
def furnished(workspace, owner):
    set_status(valid_from=BEGINNING, registered=True, ships_from=workspace.country)
    channels.start_with(workspace.country, workspace.currency)
    return workspace


@pytest.fixture
def shop(furnished):
    year.fill(furnished, TINY, at=NOW)
    return furnished


def test_seed_makes_as_much_as_its_size_says(shop):
    made = (
        Product.objects.count(),
        Spool.objects.count(),
        Printer.objects.count(),
        Run.objects.count(),
        Order.objects.count(),
    )

    assert made == (6, 36, 4, 36, 70)


def test_seed_leaves_every_balance_the_sum_of_its_rows(shop):
    assert check_ledger() == []
    assert Lot.objects.filter(on_hand__gt=0, item__kind="product").exists()


def test_seed_numbers_runs_without_a_gap_and_sets_the_counters(shop):
    days = Run.objects.order_by().values("entry_on").annotate(count=Count("pk"), last=Max("sequence"))
    counters = dict(RunCounter.objects.values_list("series", "last"))

    assert {f"{day['entry_on']:%Y%m%d}": day["last"] for day in days} == counters
    assert all(day["count"] == day["last"] for day in days)
    assert Run.objects.filter(number__startswith=f"{shop.code}-").count() == 36


def test_seed_numbers_orders_on_from_the_counter(shop):
    numbers = sorted(int(number) for number in Order.objects.values_list("number", flat=True))

    assert numbers == list(range(1001, 1071))
    assert OrderCounter.objects.get(series="order").last == 70


def test_seed_freezes_what_selling_would_have_frozen(shop):
    for order in Order.objects.sent().select_related("channel", "customer").prefetch_related("charges"):
        found = figures_of(order, list(order.lines.in_order()))
        frozen = (order.net_home, order.tax_home, order.fees_home, order.tax_kind)

        assert frozen == (found.net_home, found.tax_home, found.fees_home, found.terms.treatment.kind)
        assert sum(charge.amount_home for charge in order.charges.all()) == order.fees_home
        assert order.profit_home == order.net_home - order.fees_home - order.cost_home - order.post_home


def test_seed_shares_the_figures_of_an_order_to_its_lines(shop):
    lines = OrderLine.objects.filter(order__state=OrderState.SHIPPED)
    sums = lines.values("order").annotate(net=Sum("net_home"), profit=Sum("profit_home"))
    orders = {row["pk"]: row for row in Order.objects.sent().values("pk", "net_home", "profit_home")}

    assert [(row["net"], row["profit"]) for row in sums] == [
        (orders[row["order"]]["net_home"], orders[row["order"]]["profit_home"]) for row in sums
    ]
    assert set(lines.values_list("cost_origin", flat=True)) == {CostOrigin.ACTUAL}


def test_seed_costs_runs_by_their_lines_to_the_cent(shop):
    actual = Sum("cost_lines__amount", filter=Q(cost_lines__stage=CostStage.ACTUAL))
    estimated = Sum("cost_lines__amount", filter=Q(cost_lines__stage=CostStage.ESTIMATE))
    runs = Run.objects.closed().annotate(actual=actual, estimated=estimated)

    assert runs.exists()
    assert not runs.exclude(actual=F("actual_cost")).exists()
    assert not runs.exclude(estimated=F("estimated_cost")).exists()


def test_seed_takes_material_at_what_the_ledger_says(shop):
    codes = ("filament", "purge")
    for run in Run.objects.closed()[:20]:
        lines = RunCostLine.objects.filter(run=run, stage=CostStage.ACTUAL, code__in=codes)
        total = lines.aggregate(total=Sum("amount"))["total"]

        assert total == run.materials.aggregate(total=Sum("full_cost"))["total"]


def test_seed_brings_pieces_in_at_the_cost_of_their_run(shop):
    output = RunOutput.objects.filter(run__state=RunState.DONE, b_grade=0, good__gt=0).select_related("lot").last()

    assert output.full_total == round(output.full_cost * output.good, 2)
    assert output.lot.full_cost in {output.full_cost, Decimal(0)} or output.lot.on_hand < output.good


def test_seed_leaves_a_shop_in_the_middle_of_its_day(shop):
    lines = OrderLine.objects.filter(order__state=OrderState.NEW)

    assert Run.objects.printing().count() >= 2
    assert Run.objects.planned().exclude(planned_for=None).exists()
    assert Order.objects.late(NOW.date()).exists()
    assert lines.filter(variant=None).exists()
    assert Order.objects.to_pack().exists()
    assert Order.objects.to_print().exists()
    assert Lot.objects.filter(location__printer_slot__isnull=False, spool__state=SpoolState.OPEN).exists()
    assert set(Reservation.objects.values_list("source", flat=True)) == {"run", "order_line"}


def test_seed_hangs_one_roll_in_a_slot(shop):
    slots = Lot.objects.filter(location__kind="slot").values("location").annotate(rolls=Count("pk"))

    assert {slot["rolls"] for slot in slots} == {1}


def test_seed_knows_what_everything_costs_and_is_sold_for(shop):
    assert not Variant.objects.filter(full_cost=None).exists()
    assert Listing.objects.live().exists()
    assert PriceChange.objects.filter(before__isnull=False).exists()
    assert not RunMaterial.objects.filter(run__state=RunState.DONE, lot=None).exists()


def test_seed_leaves_a_stock_room_that_is_kept(shop):
    short = policies.shortages()

    assert 2 <= len(short) < StockPolicy.objects.count()
    assert StockAlert.objects.filter(cleared_at=None).count() == len(short)
    assert Weighing.objects.count() > 3
    assert set(Stocktake.objects.values_list("state", flat=True)) == {"approved", "counting"}
    assert not Spool.objects.filter(state="drying").exclude(dryings__ended_at=None).exists()
    assert Offer.objects.exists()


def test_seed_falls_the_same_way_twice(furnished):
    outcomes = []
    for _time in range(2):
        with transaction.atomic():
            year.fill(furnished, TINY, at=NOW)
            outcomes.append(
                (
                    list(Order.objects.order_by("number").values_list("number", "profit_home", "customer__name")),
                    list(Run.objects.order_by("number").values_list("number", "title", "actual_cost")),
                    list(Lot.objects.order_by("code").values_list("code", "on_hand")),
                )
            )
            transaction.set_rollback(True)

    assert outcomes[0] == outcomes[1]


def test_seed_tells_the_same_year_at_any_hour_of_a_day(furnished):
    years = []
    for at in (NOW, NOW - timedelta(hours=3, seconds=7)):
        with transaction.atomic():
            year.fill(furnished, TINY, at=at)
            before = Order.objects.filter(shipped_on__lt=NOW.date() - timedelta(days=3)).order_by("number")
            years.append(list(before.values_list("number", "profit_home", "customer__name")))
            transaction.set_rollback(True)

    assert len(years[0]) > 30
    assert years[0] == years[1]


def test_seed_refuses_a_workspace_that_holds_something(shop):
    with pytest.raises(year.NotEmpty):
        year.fill(shop, TINY, at=NOW)

    assert Order.objects.count() == 70


def test_seed_command_says_so_and_changes_nothing_the_second_time(shop):
    said = StringIO()

    call_command("seed", workspace=shop.slug, stdout=said)

    assert "holds something already" in said.getvalue()
    assert Order.objects.count() == 70


def test_seed_command_fails_when_it_must_fill_again(shop):
    with pytest.raises(CommandError):
        call_command("seed", workspace=shop.slug, again=True)


def test_seed_command_makes_the_workspace_and_tells_how_to_get_in(monkeypatch, db):
    monkeypatch.setitem(sizes.SIZES, "demo", TINY)
    said = StringIO()

    call_command("seed", workspace="copper-fox", stdout=said)

    place = year.workspace_at("copper-fox", at=NOW)
    with in_workspace(place):
        people = dict(User.objects.values_list("email", "role"))
    assert people == {sizes.OWNER_EMAIL: Role.OWNER, sizes.OPERATOR_EMAIL: Role.OPERATOR}
    assert (place.name, place.currency) == ("Copper Fox Prints", "GBP")
    assert sizes.PASSWORD in said.getvalue()


def test_every_design_has_a_shape_that_can_be_drawn():
    designs = tomllib.loads((HOME / "designs.toml").read_text())["design"]

    assert {design["shape"] for design in designs} <= set(shapes.SHAPES)
    assert len({design["title"] for design in designs}) == 40


@pytest.mark.parametrize("name", sorted(shapes.SHAPES))
def test_shape_is_drawn_in_the_colours_of_its_slots(name):
    content = drawing.picture([(shapes.SHAPES[name](), ["#c12e1f", "#f4d22a"])], px=64)

    picture = Image.open(BytesIO(content))
    assert picture.size == (64, 64)
    assert len(picture.resize((16, 16)).getcolors()) > 8
