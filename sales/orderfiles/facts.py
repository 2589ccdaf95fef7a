"""What a file of a marketplace says, whoever wrote it: orders with lines, rows of a statement, problems. Plain data."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)
RECORD = "record "  # begins the name of an eBay order that has no number yet


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a person should know; ``line`` is the line of the file, 0 for the file as a whole.

    ``refuses`` says that what stands there cannot be taken in, not only that it looks odd.
    """

    line: int
    text: str
    refuses: bool = True


@dataclass(slots=True)
class FileLine:
    """``unit_price`` is for one of ``quantity`` before discounts; ``discount`` is for the whole line."""

    number: int
    title: str = ""
    external_id: str = ""
    listing: str = ""
    sku: str = ""
    options: str = ""
    personalisation: str = ""
    quantity: int = 1
    unit_price: Decimal = ZERO
    discount: Decimal = ZERO
    shipped_on: date | None = None

    @property
    def total(self) -> Decimal:
        return self.unit_price * self.quantity - self.discount


@dataclass(slots=True)
class Buyer:
    """``handle`` is the name on the channel; ``country`` an ISO code, empty where it is not known."""

    handle: str = ""
    name: str = ""
    company: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""

    @property
    def label(self) -> str:
        """The address as it stands on a parcel, without the country."""
        town = " ".join(part for part in (self.city, self.region, self.postcode) if part)
        parts = (self.name, self.company, self.address, town)
        return "\n".join(part for part in parts if part)


@dataclass(slots=True)
class FileOrder:
    """One order. ``goods`` and ``total`` are what the file states, None where it does not.

    ``tax`` came on top of the prices; ``tax_inside`` is part of them. ``pieces`` is how many the file says there are,
    whether it lists them or not. ``states_amounts`` says that the file is the one for discount, postage and tax of
    whole orders, whose lines come in another; ``states_lines`` that it lists all lines with their money, so that a later
    file of that kind says what the order is by then.
    """

    external_id: str
    number: int
    placed_on: date | None = None
    currency: str = ""
    lines: list[FileLine] = field(default_factory=list)
    buyer: Buyer = field(default_factory=Buyer)
    other_id: str = ""
    skus: list[str] = field(default_factory=list)
    pieces: int | None = None
    goods: Decimal | None = None
    discount: Decimal = ZERO
    postage: Decimal = ZERO
    gift_wrap: Decimal = ZERO
    tax: Decimal = ZERO
    tax_inside: Decimal = ZERO
    total: Decimal | None = None
    refunded: Decimal = ZERO
    paid_on: date | None = None
    shipped_on: date | None = None
    cancelled_on: date | None = None
    due_on: date | None = None
    tracking: str = ""
    note: str = ""
    states_amounts: bool = False
    states_lines: bool = False
    refused: bool = False

    @property
    def earlier_id(self) -> str:
        """What it may be called in files of before it had its number."""
        return self.other_id if self.other_id.startswith(RECORD) and self.other_id != self.external_id else ""

    @property
    def goods_total(self) -> Decimal:
        """Before the discount of the whole order."""
        listed = sum((line.total for line in self.lines), ZERO)
        return listed if self.goods is None else self.goods

    @property
    def reckoned_total(self) -> Decimal:
        """What the buyer paid: as stated, else worked out."""
        if self.total is not None:
            return self.total
        return self.goods_total - self.discount + self.postage + self.gift_wrap + self.tax


@dataclass(slots=True)
class FileRow:
    """A row of a statement. ``amount`` is positive where it is taken from the shop, for a payout where it is sent to it.

    ``kind``: charge, payout, sale, refund or passing (the buyer's own money that only passes through).
    ``key`` names the row by its content and which of several equal ones it is.
    """

    number: int
    kind: str
    on: date | None
    code: str
    label: str
    currency: str
    amount: Decimal
    order: str = ""
    listing: str = ""
    is_tax: bool = False
    reference: str = ""
    key: str = ""


@dataclass
class OrderFile:
    """A file that was read. ``questions`` names what only a person can answer: "dates"."""

    kind: str
    platform: str
    orders: list[FileOrder] = field(default_factory=list)
    rows: list[FileRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    columns: dict[str, int] = field(default_factory=dict)
    row_count: int = 0

    @property
    def currencies(self) -> list[str]:
        found = [*(order.currency for order in self.orders), *(row.currency for row in self.rows)]
        return sorted({currency for currency in found if currency})
