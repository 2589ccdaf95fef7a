"""What is known of an order when it comes in, and of a parcel when it leaves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from catalog.models import Variant
from inventory.models import Item
from pricing.models import Channel, ShippingService
from sales.models import Customer


@dataclass(frozen=True)
class Line:
    """A line to come; money in the order's currency, ``unit_price`` for one listing of ``pieces``."""

    unit_price: Decimal
    variant: Variant | None = None
    quantity: int = 1
    pieces: int = 1
    title: str = ""
    options: str = ""
    personalisation: str = ""
    b_grade: bool = False  # pieces that came out less than perfect, and no others
    discount: Decimal = Decimal(0)
    external_id: str = ""
    tax_class: str = ""  # only of a line without a product; empty is the standard one


@dataclass(frozen=True)
class Facts:
    """What is known of an order when it comes in; ``customer_name`` names a new customer."""

    placed_on: date
    channel: Channel | None = None
    external_id: str = ""
    customer: Customer | None = None
    customer_name: str = ""
    ship_to: str = ""
    ship_to_country: str = ""
    due_on: date | None = None
    is_rush: bool = False
    postage_charged: Decimal = Decimal(0)
    gift_wrap_charged: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    tax_added: Decimal = Decimal(0)
    by_offsite_ad: bool = False
    gift_note: str = ""
    note: str = ""
    currency: str = ""  # only without a channel; empty is the workspace's own
    prices_without_tax: bool = False  # of lines, postage and discount
    terms_days: int | None = None
    buyer_reference: str = ""
    deposit_asked: Decimal = Decimal(0)
    paid_in_cash: bool = False
    create_key: UUID | None = None


@dataclass(frozen=True)
class Sending:
    """How a parcel leaves: what it is packed in and what the postage costs (workspace's currency).

    ``pieces`` of each line (by its key) lie in it, by default all that are left; ``closes`` says that nothing follows.
    Lots at the places of ``stall`` are taken before others.
    """

    postage: Decimal = Decimal(0)
    postage_assumed: bool = False
    service: ShippingService | None = None
    packaging: Item | None = None
    packaging_count: int = 1
    tracking: str = ""
    pieces: Mapping[int, int] | None = None
    closes: bool = False
    stall: frozenset[int] = frozenset()
