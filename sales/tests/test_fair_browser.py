from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from nozzly.accounts.permissions import Role
from nozzly.testing.browser import PHONE, look_at
from nozzly.testing.factories.catalog import VariantFactory
from nozzly.testing.factories.inventory import LotFactory
from nozzly.testing.factories.pricing import EventFactory, ListingFactory
from nozzly.testing.fixtures import make_user
from sales.domain import fairs
from sales.models import FairSale

pytestmark = pytest.mark.browser


def test_phone_without_a_network_keeps_its_sales_and_hands_each_in_once(live):
    at = datetime.now(tz=UTC) - timedelta(hours=1)
    stall = fairs.open_stall(EventFactory(), location=None, float_cash=Decimal(0), at=at)
    fairs.add_deal(stall, unit_price=Decimal(4), pieces=3, price=Decimal(10))
    variant = VariantFactory()
    ListingFactory(variant=variant, channel=stall.event.channel, price=Decimal(4))
    LotFactory(item=variant.item, held=5)
    page = live.page_for(make_user(Role.OPERATOR), size=PHONE)
    page.goto(live.url(f"/sales/stalls/{stall.pk}/sell/"))
    assert look_at(page, "stall") == []

    page.context.set_offline(True)
    for _ in range(3):
        page.locator(".fair-name").click()
    assert page.locator("[data-fair-total]").text_content() == "10.00"
    page.get_by_role("button", name="Cash").click()
    page.locator(".fair-name").click()
    page.get_by_label("Agreed for less?").fill("3,50")
    page.get_by_role("button", name="Card").click()
    page.get_by_text("No network").wait_for()
    assert (page.locator("[data-fair-waiting]").text_content(), FairSale.objects.count()) == ("2", 0)
    assert page.locator("[data-left-shown]").text_content() == "1"

    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.locator("[data-fair-waiting]", has_text="0").wait_for()

    sales = FairSale.objects.order_by("sold_at").values_list("method", "total")
    assert list(sales) == [("cash", 10), ("card", Decimal("3.50"))]
    assert page.locator("[data-left-shown]").text_content() == "1"
