"""The same five steps in a workspace that has a year behind it: nothing of the old is in the way of the new."""

import pytest
from django.utils import timezone

from inventory.models import Lot
from nozzly.home.seed import sizes, year
from nozzly.home.tests.test_seed import TINY
from nozzly.testing.shop import Shop, first_suggestion
from nozzly.tests.sliced import ten_files
from production.models import Run
from sales.models import Order

pytestmark = pytest.mark.browser
SLUG = "demo"


@pytest.fixture
def shop(live, settings):
    settings.PORT = live.port
    place = year.workspace_at(SLUG, at=timezone.now())
    year.fill(place, TINY, at=timezone.now())
    page = live.page_for(slug=SLUG)
    page.goto(live.url("/account/sign-in/", slug=SLUG))
    page.get_by_label("Email").fill(sizes.OWNER_EMAIL)
    page.get_by_label("Password").fill(sizes.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(live.url("/", slug=SLUG))
    return Shop(live, page, slug=SLUG)


def test_a_whole_day_in_the_demo_workspace(shop):
    shop.open("/products/drop/").set_input_files("[name=files]", ten_files())
    shop.press("Make products")
    shop.page.get_by_text("10 new products").wait_for()

    page = shop.open("/pricing/compare/")
    page.locator("main [name=search]").fill("Dragon 01")
    shop.press("Find")
    shop.follow("Dragon 01")
    page.fill("[name=price]", "24.00")
    shop.press("Compare", exact=True)
    shop.sees("Etsy", "Break-even", "per print hour")

    receive_one_roll(shop)
    print_one(shop)
    sell_it(shop)


def receive_one_roll(shop):
    page = shop.open("/stock/deliveries/receive/")
    page.get_by_label("Supplier").fill("Filament Works")
    page.get_by_label("Invoice number").fill("FW-2211")
    page.fill("[name=row-0-item]", first_suggestion(page, "PLA"))
    page.fill("[name=row-0-count]", "1")
    page.fill("[name=row-0-total]", "18.00")
    with shop.inside():
        before = Lot.objects.spools().count()
    shop.press("Book the delivery")
    shop.sees("£18.00")
    with shop.inside():
        assert Lot.objects.spools().count() == before + 1


def print_one(shop):
    page = shop.open("/products/plates/")
    shop.follow("Dragon 02")
    shop.follow("Print tonight")
    page.fill("[name=copies]", "1")
    shop.press("Plan the runs")
    with shop.inside():
        run = Run.objects.order_by("-pk").first()
    shop.open(f"/production/runs/{run.pk}/")
    shop.press("All good, as sliced")
    with shop.inside():
        run.refresh_from_db()
        assert (run.state, run.outputs.get().good) == ("done", 1)


def sell_it(shop):
    page = shop.open("/sales/orders/new/")
    page.get_by_label("Channel").first.select_option(label="Etsy")
    page.get_by_label("Name of a new customer").fill("Grace Buyer")
    page.fill("[name=lines-0-variant]", "Dragon 02")
    page.fill("[name=lines-0-quantity]", "1")
    page.fill("[name=lines-0-unit_price]", "24.00")
    shop.press("Take the order in")
    shop.press("Confirm")
    shop.follow("Ship")
    page.get_by_label("Postage paid").fill("3.50")
    shop.press("Ship it")
    shop.sees("What it earned", "Transaction fee", "actual cost of the pieces sent")
    with shop.inside():
        order = Order.objects.order_by("-pk").first()
        assert (order.net_home, order.tax_home, order.post_home) == (20, 4, 3.5)
        assert order.profit_home == order.net_home - order.fees_home - order.cost_home - order.post_home
