"""Pages of prices that look different with something on them: wide and on a phone, light and dark.

nozzly.tests.test_every_page opens all others.
"""

import pytest
from django.urls import reverse

from nozzly.accounts.permissions import Role
from nozzly.testing.browser import look_from_all_sides
from nozzly.testing.factories.pricing import (
    ChannelFactory,
    EventFactory,
    FeeOverrideFactory,
    JobQuoteFactory,
    JobQuoteSlotFactory,
    ListingFactory,
    ListingMatchFactory,
    MarginAlarmFactory,
    OwnFeeFactory,
    PriceChangeFactory,
    PriceSheetFactory,
)
from nozzly.testing.fixtures import make_user
from pricing.choices import ChannelKind, OffsiteAds, SheetKind
from pricing.domain import shipping
from pricing.tests import shop

pytestmark = pytest.mark.browser


@pytest.fixture
def paths(live):
    """Name to address, in a shop with something on each."""
    shop.registered()
    listing = shop.dragon(title="Articulated dragon")
    etsy = listing.channel
    etsy.offsite_ads, etsy.offsite_ads_share_pct = OffsiteAds.BLENDED, 12
    etsy.save()
    ChannelFactory(name="eBay", schedule_id="ebay-uk", position=1)
    ChannelFactory(name="Shopify", schedule_id="shopify-uk-basic", kind=ChannelKind.OWN_SHOP, position=2)
    shipping.start_with("GB", "GBP")
    PriceChangeFactory(listing=listing)
    FeeOverrideFactory(channel=etsy)
    sheet = PriceSheetFactory(channel=etsy, kind=SheetKind.INTERNAL)
    stall = ListingFactory(variant=listing.variant, channel=shop.fair(), price=12)
    event = EventFactory(channel=stall.channel)
    MarginAlarmFactory(listing=listing)
    quote = JobQuoteSlotFactory(quote=JobQuoteFactory(break_quantities=[20, 50], setup_minutes=20)).quote
    ListingMatchFactory(channel=etsy)
    OwnFeeFactory(channel=etsy)
    variant = listing.variant
    return {
        "compare": f"{reverse('pricing:compare')}?variant={variant.pk}",
        "what-if": f"{reverse('pricing:compare')}?cost=6&price=24&postage_paid=3.50",
        "compare-empty": f"{reverse('pricing:compare')}?search=drag",
        "product": reverse("pricing:product", args=[variant.product_id]),
        "channel": etsy.get_absolute_url(),
        "listing": listing.get_absolute_url(),
        "grid": reverse("pricing:price_grid"),
        "reprice": f"{reverse('pricing:reprice')}?show=1&ending=.99&all_prices=on",
        "fair": event.get_absolute_url(),
        "deals": f"{reverse('pricing:deals')}?variant={variant.pk}&coupon=2&breaks=10:30",
        "sale": f"{reverse('pricing:deals')}?off_pct=60",
        "own-fee": f"{reverse('pricing:add_own_fee', args=[etsy.pk])}?label=Gallery&pct=30&per=order&base=goods&when=always"
        "&valid_from=2026-01-01",
        "quote": quote.get_absolute_url(),
        "sheet": sheet.get_absolute_url(),
    }


def test_price_pages_look_right(live, paths):
    page = live.page_for(make_user(Role.OWNER))
    found = {}

    for name, path in paths.items():
        answer = page.goto(live.url(path))
        problems = look_from_all_sides(page, f"pricing-{name}")
        if problems or answer.status != 200:
            found[name] = [answer.status, *problems]

    assert list(found.items()) == []
