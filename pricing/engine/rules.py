"""What a fee schedule is made of: rules over parts of a sale, as plain frozen data."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from nozzly.core.errors import DomainError

# A number, the name of a rate of the schedule, or "sale.<field>" for a rate that only the sale knows.
Value = Decimal | str
ZERO = Decimal(0)


class InvalidSchedule(DomainError):
    pass


class Kind(StrEnum):
    PERCENT = "percent"  # a share of the base, with or without a fixed part, rounded as one line
    FIXED = "fixed"
    TIERED = "tiered"  # another share above a limit
    MINIMUM = "minimum"  # the share, but never less than
    CAPPED = "capped"  # the share (or tiers), but never more than


class Per(StrEnum):
    ORDER = "order"
    UNIT = "unit"
    MONTH = "month"  # spread over the orders of a month, outside the payout
    EVENT = "event"  # spread over the sales of a fair, outside the payout


class Refund(StrEnum):
    """What happens to a fee when the buyer gets the money back."""

    RETURNED = "returned"  # in full with a full refund, nothing with a part
    PROPORTIONAL = "proportional"
    KEPT = "kept"


class FeeVat(StrEnum):
    """How the channel puts tax on its own fee."""

    CHARGED = "charged"  # on top, to everybody
    REVERSE_CHARGE = "reverse_charge"  # on top, but not to registered sellers, who account for it themselves
    INCLUDED = "included"  # the published rate holds it
    IN_LINE = "in_line"  # published without, but shown inside the fee line
    EXEMPT = "exempt"  # payment services


class Rounding(StrEnum):
    HALF_UP = "half_up"
    UP = "up"
    DOWN = "down"


class Confidence(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


# The order is the index of a part while a sale is worked out.
PARTS = ("item", "shipping", "gift_wrap", "tax", "seller_discount", "platform_discount", "included_tax")
SALE_RATES = ("sale.offsite_ads_pct", "sale.promoted_pct", "sale.affiliate_pct")
FEE_PREFIX = "fee:"


@dataclass(frozen=True, slots=True)
class Tier:
    """Applies up to and including ``up_to``; the last tier has no limit."""

    up_to: Value | None = None
    pct: Value = ZERO
    fixed: Value = ZERO


@dataclass(frozen=True, slots=True)
class Condition:
    """When a rule applies. What is None or empty does not matter.

    ``above`` (more than) and ``up_to`` (at most) look at the rule's own base.
    ``options`` must all be set on the sale, of ``without`` none.
    """

    international: bool | None = None
    offsite_ad: bool | None = None
    promoted: bool | None = None
    affiliate: bool | None = None
    currency_conversion: bool | None = None
    in_person: bool | None = None
    third_party_gateway: bool | None = None
    categories: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    above: Value | None = None
    up_to: Value | None = None


ALWAYS = Condition()


@dataclass(frozen=True, slots=True)
class Rule:
    """One fee. ``currency`` is that of its fixed amounts where it differs from the schedule's.

    ``base`` adds parts of the sale; a leading minus takes one away, ``fee:<code>`` is a fee worked out by a rule
    with a lower ``order``. Amounts of a rule per unit (fixed, minimum, cap, limits) count for each unit.
    ``whole`` tiers charge the reached tier on everything, otherwise each tier on its own slice.
    ``refund_fee_pct`` of what comes back is kept for the work of refunding, at most ``refund_fee_cap``.
    ``in_payout`` says whether the channel takes it out of what it sends; duty is billed by the carrier.
    """

    code: str
    label: str
    kind: Kind
    per: Per = Per.ORDER
    base: tuple[str, ...] = ()
    pct: Value = ZERO
    fixed: Value = ZERO
    tiers: tuple[Tier, ...] = ()
    whole: bool = False
    minimum: Value | None = None
    cap: Value | None = None
    currency: str = ""
    when: Condition = ALWAYS
    rounding: Rounding = Rounding.HALF_UP
    order: int = 10
    vat: FeeVat = FeeVat.CHARGED
    refund: Refund = Refund.KEPT
    refund_fee_pct: Value = ZERO
    refund_fee_cap: Value | None = None
    in_payout: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Category:
    """Rates that differ for one class of goods."""

    code: str
    label: str
    rates: dict[str, Decimal] = field(default_factory=dict)


def rate_names(rule: Rule) -> tuple[str, ...]:
    """The names of schedule rates that the rule reads."""
    values: list[Value | None] = [
        rule.pct,
        rule.fixed,
        rule.minimum,
        rule.cap,
        rule.refund_fee_pct,
        rule.refund_fee_cap,
    ]
    values += [rule.when.above, rule.when.up_to]
    for tier in rule.tiers:
        values += [tier.up_to, tier.pct, tier.fixed]
    return tuple(value for value in values if isinstance(value, str) and value not in SALE_RATES)


def base_codes(rule: Rule) -> tuple[str, ...]:
    """Codes of the fees that the rule's base is built on."""
    return tuple(part.removeprefix(FEE_PREFIX) for part in rule.base if part.startswith(FEE_PREFIX))
