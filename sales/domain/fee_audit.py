"""What a channel charged for orders against what its schedule expects, and why the two differ."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from nozzly.core.errors import DomainError
from nozzly.tenancy.current import current_workspace
from pricing.engine import Quote
from sales.domain import profit_facts
from sales.domain.bulk_shipping import TermsBook
from sales.domain.figures import figures_of
from sales.models import FeeCheck, Order, OrderCharge, OrderLine

ZERO = Decimal(0)
_NEAR = Decimal("0.02")


@dataclass(frozen=True)
class Difference:
    """One kind of fee of one order; amounts in the order's currency. ``charged`` less ``expected`` is ``more``."""

    order: Order
    code: str
    label: str
    expected: Decimal
    charged: Decimal
    reason: str

    @property
    def more(self) -> Decimal:
        return self.charged - self.expected


def differences(*, first: date, last: date, channel_id: int | None = None) -> QuerySet:
    """Rows of order and code that differ, the largest first, for orders that a statement speaks of."""
    rows = _checked(first, last, channel_id).filter(gap__gt=0).order_by("-gap", "-order", "code")
    return rows.values("order", "code", "expected", "charged", "gap")


def totals(*, first: date, last: date, channel_id: int | None = None) -> dict[str, Decimal]:
    """All orders of the period that a statement speaks of, in the workspace's currency."""
    rows = _checked(first, last, channel_id)
    return rows.aggregate(expected=Sum("expected_home", default=ZERO), charged=Sum("charged_home", default=ZERO))


def _checked(first: date, last: date, channel_id: int | None) -> QuerySet:
    profit_facts.refresh()
    rows = FeeCheck.objects.filter(placed_on__range=(first, last))
    return rows.filter(channel=channel_id) if channel_id else rows


def explained(rows: Sequence[Mapping]) -> list[Difference]:
    """The rows of a page with their reasons, in a constant number of queries but for terms of days not seen yet."""
    orders = {
        order.pk: order
        for order in Order.objects.filter(pk__in={row["order"] for row in rows})
        .select_related("channel", "customer")
        .prefetch_related("lines")
    }
    labels = _labels(orders)
    books: dict[int, TermsBook] = {}
    found = []
    for row in rows:
        order, code = orders[row["order"]], row["code"]
        book = books.setdefault(order.channel_id, TermsBook(order.channel)) if order.channel_id else None
        expected, charged = row["expected"] or ZERO, row["charged"] or ZERO
        reason = _reason(order, code, expected, charged if row["charged"] is not None else None, book)
        found.append(Difference(order, code, labels.get((order.pk, code), code), expected, charged, reason))
    return found


def _labels(orders: Iterable[int]) -> dict[tuple[int, str], str]:
    rows = OrderCharge.objects.filter(order__in=list(orders)).order_by("-charged", "-pk")
    return {(order, code): label for order, code, label in rows.values_list("order", "code", "label")}


def _reason(order: Order, code: str, expected: Decimal, charged: Decimal | None, book: TermsBook | None) -> str:
    if charged is None:
        return _NOT_CHARGED[code]() if code in _NOT_CHARGED else _("Not on any statement yet.")
    if charged <= 0:
        return _("Given back by the channel.")
    lines = sorted(order.lines.all(), key=lambda line: (line.position, line.pk))
    usual = _quoted(order, lines, book) if book and lines else None
    for sentence, other_order, other_lines in _alternatives(order, lines) if usual else ():
        other = _quoted(other_order, other_lines, book)
        if other and abs(_fee(other, code) - charged) <= _NEAR and abs(_fee(usual, code) - charged) > _NEAR:
            return sentence
    if not expected:
        return _with_share(_UNEXPECTED.get(code, lambda: _("The schedule knows no such fee."))(), charged, usual)
    return _other_rate(usual, code, charged)


def _quoted(order: Order, lines: Sequence[OrderLine], book: TermsBook) -> Quote | None:
    business = bool(order.customer_id and order.customer.is_business)
    try:
        terms = book.of(order.placed_on, order.ship_to_country, business=business)
        return figures_of(order, lines, terms=terms).quote
    except DomainError:
        return None


def _fee(quote: Quote, code: str) -> Decimal:
    return quote.fee_cost - quote.total_fees if code == "vat_on_fees" else quote.fee(code)


def _alternatives(order: Order, lines: Sequence[OrderLine]) -> list[tuple[str, Order, Sequence[OrderLine]]]:
    """The same order, were it something else: what the channel may have taken it for."""
    home = current_workspace().country
    abroad = order.ship_to_country not in {"", home}
    elsewhere = home if abroad else ("DE" if home != "DE" else "US")
    country = _("Charged as a sale at home.") if abroad else _("Charged as a sale abroad.")
    found = [
        (_("It came by an offsite ad."), _but(order, by_offsite_ad=True), lines),
        (_("It did not come by an offsite ad."), _but(order, by_offsite_ad=False), lines),
        (country, _but(order, ship_to_country=elsewhere), lines),
        (
            _("Taken on the price before the discount."),
            _but(order, discount=ZERO),
            [_but(line, discount=ZERO) for line in lines],
        ),
        (_("Taken without the tax that the buyer paid."), _but(order, tax_added=ZERO), lines),
        (_("Taken without the postage."), _but(order, postage_charged=ZERO), lines),
    ]
    if order.tax_added == 0:
        return [each for each in found if each[0] != _("Taken without the tax that the buyer paid.")]
    return found


def _but(row, **other):
    twin = copy(row)
    for name, value in other.items():
        setattr(twin, name, value)
    return twin


def _with_share(sentence: str, charged: Decimal, quote: Quote | None) -> str:
    paid = quote.buyer_pays if quote else ZERO
    if paid <= 0:
        return sentence
    pct = (charged * 100 / paid).quantize(Decimal("0.1"))
    return _("{sentence} That is {pct} % of what the buyer paid.").format(sentence=sentence, pct=f"{pct:f}")


def _other_rate(quote: Quote | None, code: str, charged: Decimal) -> str:
    lines = [line for line in quote.lines if line.code == code] if quote else []
    base = sum((line.base for line in lines), ZERO)
    if len(lines) != 1 or base <= 0:
        return _("Another amount than the schedule says.")
    pct = (charged * 100 / base).quantize(Decimal("0.01"))
    return _("Another rate: {pct} % of {base}, the schedule says {formula}.").format(
        pct=f"{pct:f}", base=f"{base:f}", formula=lines[0].formula
    )


_Sentence = Callable[[], str]
_NOT_CHARGED: dict[str, _Sentence] = {
    "listing": lambda: _("Charged with the listing, not with the order."),
    "vat_on_fees": lambda: _("No tax on fees stands on the statement."),
    "offsite_ads": lambda: _("It did not come by an offsite ad."),
}
_UNEXPECTED: dict[str, _Sentence] = {
    "offsite_ads": lambda: _("It came by an offsite ad."),
    "currency_conversion": lambda: _("The buyer paid in another currency; the conversion costs."),
    "international": lambda: _("Charged as a sale abroad."),
    "promoted": lambda: _("It was sold by a promoted listing."),
    "regulatory": lambda: _("Charged for the country of the shop or the buyer."),
    "vat_on_fees": lambda: _("Tax on fees that is not reclaimed, or not expected."),
    "label": lambda: _("A label bought on the channel."),
    "listing": lambda: _("Charged when the listing was renewed."),
}
