"""What the invented shop asks on which channel, and what posting costs it."""

from datetime import datetime
from decimal import Decimal

from nozzly.home.seed.catalogue import Catalogue, Made
from nozzly.home.seed.shop import Shop
from pricing.choices import ChannelKind, OffsiteAds, PriceReason
from pricing.domain import shipping
from pricing.domain.postage import zone_of
from pricing.models import Channel, Listing, PriceChange, ShippingService

_HALF = Decimal(2)
# Percent of the first channel's price, and how many of a hundred variants are offered.
_LEVELS = {"Etsy": (100, 100), "eBay": (97, 64), "Shopify": (92, 100), "Craft fair": (90, 75)}


class PriceList:
    postage_charged = Decimal("3.50")

    def __init__(self, shop: Shop, catalogue: Catalogue) -> None:
        self.shop = shop
        shipping.start_with(shop.country, shop.currency)
        self.services = list(ShippingService.objects.order_by("price", "pk"))
        self.channels = list(Channel.objects.in_order())
        self._say_what_is_known_of_the_channels()
        self.raised_at = shop.moment(shop.first_day, 11).replace(month=max((shop.first_day.month + 4) % 12, 1), day=3)
        if self.raised_at < shop.moment(shop.first_day, 11):
            self.raised_at = self.raised_at.replace(year=self.raised_at.year + 1)
        self._raised: set[int] = set()
        for made in catalogue.made:
            self._list(made)
        shop.flush()

    def _say_what_is_known_of_the_channels(self) -> None:
        for channel in self.channels:
            channel.orders_per_month = max(self.shop.size.orders // 40, 1)
            if channel.name == "Etsy":
                channel.offsite_ads, channel.offsite_ads_share_pct = OffsiteAds.BLENDED, Decimal(8)
            channel.save()

    def price_on(self, made: Made, channel: Channel | None, at: datetime) -> Decimal:
        name = channel.name if channel else "Shopify"
        now = _price(made.price, name)
        return _before(now) if id(made) in self._raised and at < self.raised_at else now

    def _list(self, made: Made) -> None:
        dice = self.shop.dice
        raised = dice.happens(30)
        if raised:
            self._raised.add(id(made))
        for channel in self.channels:
            if not dice.happens(_LEVELS.get(channel.name, (100, 50))[1]):
                continue
            price, fair = _price(made.price, channel.name), channel.kind == ChannelKind.FAIR
            listing = Listing(
                variant=made.variant, channel=channel, price=price, postage_charged=Decimal(0) if fair else self.postage_charged,
                external_id="" if fair else str(dice.randint(10**9, 10**10 - 1)), option_text=f"Colour: {made.variant.name}",
            )  # fmt: skip
            opened_at = self.shop.moment(self.shop.first_day, 9)
            first = _before(price) if raised else price
            self.shop.outbox.add(listing, self._change(listing, None, first, PriceReason.TYPED, opened_at))
            if raised:
                self.shop.outbox.add(self._change(listing, first, price, PriceReason.TARGET, self.raised_at))

    def _change(
        self, listing: Listing, before: Decimal | None, after: Decimal, reason: str, at: datetime
    ) -> PriceChange:
        return PriceChange(listing=listing, before=before, after=after, reason=reason, at=at, by=self.shop.owner)

    def cheapest(self, weight_g: Decimal, country: str) -> ShippingService | None:
        """The first that carries the weight there; without one nothing is reckoned."""
        zone = zone_of(self.shop.country, country)
        return next((each for each in self.services if each.zone == zone and weight_g <= each.max_weight_g), None)


def _price(price: Decimal, channel: str) -> Decimal:
    """To the half pound, as shops like it."""
    level = _LEVELS.get(channel, (100, 50))[0]
    return max((price * level / 100 * _HALF).quantize(Decimal(1)) / _HALF, Decimal("1.00")).quantize(Decimal("0.01"))


def _before(price: Decimal) -> Decimal:
    return max(price - (Decimal("1.00") if price > 8 else Decimal("0.50")), Decimal("0.50"))
