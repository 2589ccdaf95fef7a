"""A small British shop for tests: registered, Etsy and a fair, a dragon with a recipe and prices."""

from datetime import date
from decimal import Decimal

from nozzly.tax.domain.status import BEGINNING, set_status
from nozzly.testing.factories.catalog import ProductPhotoFactory, make_product
from nozzly.testing.factories.pricing import ChannelFactory, ListingFactory, ShippingServiceFactory
from pricing.choices import ChannelKind
from pricing.domain.exchange import type_rate
from pricing.models import Channel

TODAY = date(2026, 11, 22)


def registered():
    """In the UK, with a dollar at 0.80."""
    set_status(valid_from=BEGINNING, registered=True, ships_from="GB")
    type_rate("USD", rate=Decimal("0.80"), on=date(2026, 1, 1))


def dragon(title="Dragon", **listing):
    """A variant that is listed on Etsy; answers the listing."""
    variant = make_product(title=title)
    variant.item.packed_weight_g = Decimal(120)
    variant.item.save()
    return ListingFactory(variant=variant, channel=etsy(), **listing)


def etsy(**fields):
    return Channel.objects.filter(name="Etsy").first() or ChannelFactory(name="Etsy", **fields)


def fair(**fields):
    return ChannelFactory(name="Craft fair", kind=ChannelKind.FAIR, schedule_id="craft-fair-uk", position=3, **fields)


def post():
    return ShippingServiceFactory(name="Small parcel", price=Decimal("3.50"), max_weight_g=Decimal(2000))


def pictured(variant):
    return ProductPhotoFactory(product=variant.product)
