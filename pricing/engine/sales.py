"""What is priced: the sale, what it costs, and how tax falls on it. Plain frozen data."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from nozzly.core.errors import DomainError

ZERO = Decimal(0)


class InvalidSale(DomainError):
    pass


@dataclass(frozen=True, slots=True)
class Sale:
    """What the buyer pays, in the currency of the schedule, as the listing shows it.

    ``item_price`` is for one unit of the listing (which may hold several ``pieces``); all other amounts are for the
    whole order. ``other_items`` and ``other_quantity`` are the rest of a mixed basket. ``tax`` is what is added at the
    till (US sales tax); None works it out from the treatment. ``seller_discount`` (amount) and ``seller_discount_pct``
    are given away by the shop, ``platform_discount`` is paid by the channel. ``free_shipping_from`` compares with the
    goods after the shop's own discount. ``orders_per_month`` and ``orders_per_event`` spread plans and stalls.
    """

    item_price: Decimal = ZERO
    quantity: int = 1
    pieces: int = 1
    shipping: Decimal = ZERO
    gift_wrap: Decimal = ZERO
    tax: Decimal | None = None
    seller_discount: Decimal = ZERO
    seller_discount_pct: Decimal = ZERO
    platform_discount: Decimal = ZERO
    free_shipping_from: Decimal | None = None
    other_items: Decimal = ZERO
    other_quantity: int = 0
    international: bool = False
    offsite_ads_pct: Decimal = ZERO
    promoted_pct: Decimal = ZERO
    affiliate_pct: Decimal = ZERO
    currency_conversion: bool = False
    category: str = ""
    in_person: bool = False
    third_party_gateway: bool = False
    options: frozenset[str] = frozenset()
    orders_per_month: Decimal | None = None
    orders_per_event: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Costs:
    """What the sale costs the shop; without tax where the shop reclaims it, with tax where it does not.

    ``unit`` (six decimals) and ``print_time_s`` are per piece, the rest per order.
    """

    unit: Decimal = ZERO
    packaging: Decimal = ZERO
    shipping: Decimal = ZERO
    per_order: Decimal = ZERO
    print_time_s: int = 0


class CollectedBy(StrEnum):
    SELLER = "seller"
    MARKETPLACE = "marketplace"


@dataclass(frozen=True, slots=True)
class TaxTreatment:
    """How tax falls on one sale.

    ``rate_pct`` of the net price; ``price_includes_tax`` says whether prices hold it or it is added at the till.
    Tax collected by the marketplace is neither revenue nor owed by the shop. Under a flat-rate scheme the shop owes
    ``flat_rate_pct`` of what it receives. ``fee_vat_pct`` is the tax on the channel's fees; None takes the
    schedule's. The default is a shop outside the tax: all it receives is revenue. ``parts`` are the amounts of one
    priced sale that fall on several rates, (gross, rate in percent); they add up to what the buyer pays for it.
    """

    registered: bool = False
    rate_pct: Decimal = ZERO
    price_includes_tax: bool = True
    collected_by: CollectedBy = CollectedBy.SELLER
    reclaims_fee_vat: bool = False
    fee_vat_pct: Decimal | None = None
    flat_rate_pct: Decimal | None = None
    label: str = ""
    parts: tuple[tuple[Decimal, Decimal], ...] = ()

    @classmethod
    def unregistered(cls, *, fee_vat_pct: Decimal | None = None) -> "TaxTreatment":
        return cls(fee_vat_pct=fee_vat_pct)

    @classmethod
    def inside_price(cls, rate_pct: Decimal, *, fee_vat_pct: Decimal | None = None, label: str = "") -> "TaxTreatment":
        """Registered, consumer prices with tax: UK, EU, Australia, at home or by one-stop shop."""
        return cls(registered=True, rate_pct=rate_pct, reclaims_fee_vat=True, fee_vat_pct=fee_vat_pct, label=label)

    @classmethod
    def added_at_till(cls, rate_pct: Decimal, *, fee_vat_pct: Decimal | None = None, label: str = "") -> "TaxTreatment":
        """Registered, tax on top: a wholesale price, an own shop in the US or Canada."""
        return cls(
            registered=True,
            rate_pct=rate_pct,
            price_includes_tax=False,
            reclaims_fee_vat=True,
            fee_vat_pct=fee_vat_pct,
            label=label,
        )

    @classmethod
    def untaxed(cls, *, fee_vat_pct: Decimal | None = None, label: str = "") -> "TaxTreatment":
        """Registered, but no tax on this sale: export, reverse charge, zero rate."""
        return cls(registered=True, reclaims_fee_vat=True, fee_vat_pct=fee_vat_pct, label=label)

    @classmethod
    def by_marketplace(
        cls, rate_pct: Decimal = ZERO, *, registered: bool = False, price_includes_tax: bool = False
    ) -> "TaxTreatment":
        """The marketplace collects and pays it: US sales tax, IOSS, Australian imports."""
        return cls(
            registered=registered,
            rate_pct=rate_pct,
            price_includes_tax=price_includes_tax,
            collected_by=CollectedBy.MARKETPLACE,
            reclaims_fee_vat=registered,
        )

    @classmethod
    def flat_rate(cls, flat_rate_pct: Decimal, *, rate_pct: Decimal, label: str = "") -> "TaxTreatment":
        """Flat-rate scheme: buyers pay ``rate_pct`` inside the price, the shop owes the flat share of its takings."""
        return cls(registered=True, rate_pct=rate_pct, flat_rate_pct=flat_rate_pct, label=label)


NO_COSTS = Costs()
NO_TAX = TaxTreatment()
