from datetime import date
from decimal import Decimal

import pytest

from catalog.choices import Stage
from inventory.models import Lot
from nozzly.testing.factories.catalog import RecipeComponentFactory, RecipeFactory, VariantFactory
from nozzly.testing.factories.inventory import ItemFactory, LotFactory
from nozzly.testing.factories.pricing import ChannelFactory
from sales.domain import import_undoing, matching, order_imports
from sales.domain.settling import settle_lines
from sales.models import Order
from sales.tests.order_files import items
from sales.tests.test_waiting_rows import NOON, applied

SENT = {"Date Shipped": "11/21/26"}


@pytest.fixture(autouse=True)
def etsy():
    order_imports.set_books_start(date(2026, 11, 1))
    return ChannelFactory(name="Etsy")


@pytest.fixture
def box():
    return LotFactory(item=ItemFactory(kind="packaging", name="Box S"), on_hand=2, bought_value=1, full_value=1)


@pytest.fixture
def dragon(box):
    """Ten on the shelf; its recipe packs it into the box."""
    variant = VariantFactory(item=ItemFactory(sku="DRG-RED", kind="part"))
    LotFactory(item=variant.item, on_hand=10, bought_value=20, full_value=50)
    recipe = RecipeFactory(product=variant.product)
    RecipeComponentFactory(recipe=recipe, item=box.item, stage=Stage.PACK)
    return variant


def test_orders_that_were_sent_take_the_box_their_recipe_names_and_undoing_brings_it_back(user, dragon, box):
    rows = [SENT | {"SKU": "DRG-RED", "Order ID": str(number), "Transaction ID": str(number)} for number in (1, 2, 3)]
    made = applied(user, items(*rows, {"SKU": "DRG-RED", "Order ID": "4", "Transaction ID": "4"}))

    sent = Order.objects.exclude(shipped_on=None)
    parcels = [order.parcels.get() for order in sent.order_by("pk")]
    box.refresh_from_db()
    assert [(each.packaging, each.packaging_cost) for each in parcels[:2]] == [(box.item, Decimal("0.50"))] * 2
    assert all(order.post_home == order.parcels.get().packaging_cost for order in sent)
    assert all(order.cost_home == 5 for order in sent)
    assert (box.on_hand, box.needs_count) == (0, True)

    import_undoing.undo(made, by=user, at=NOON)

    assert list(Lot.objects.filter(item=box.item).values_list("on_hand", "full_value")) == [(2, 1)]


def test_an_order_takes_its_box_when_its_line_is_named_and_history_takes_none(user, dragon, box, etsy):
    applied(
        user,
        items(
            SENT | {"Item Name": "Beast"},
            SENT | {"Item Name": "Beast", "Order ID": "2", "Transaction ID": "2", "Sale Date": "10/20/26"},
        ),
    )
    lines = [order.lines.get() for order in Order.objects.order_by("placed_on")]
    matching.remember(matching.Words("Beast"), channel=etsy, variant=dragon, pieces=1, by=user, at=NOON)

    settle_lines([(line, dragon.pk, 1) for line in lines], by=user, at=NOON)

    old, new = Order.objects.order_by("placed_on")
    box.refresh_from_db()
    assert (old.parcels.get().packaging, new.parcels.get().packaging, box.on_hand) == (None, box.item, 1)
    assert (new.post_home, new.lines.get().post_home) == (Decimal("0.50"), Decimal("0.50"))
    assert new.profit_home == new.net_home - new.fees_home - new.cost_home - new.post_home
