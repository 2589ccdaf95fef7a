"""Giving money back: what the buyer gets, what of it was ours, and which fees come back with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from nozzly.core.money import round_money
from nozzly.tax.domain import periods
from nozzly.tenancy.current import current_workspace
from pricing.engine import Quote, RefundEffect
from pricing.engine import refund as effect_of
from sales.choices import OrderEventKind, OrderState
from sales.domain import figures, refund_rates
from sales.domain.refund_rates import BackAtRate
from sales.domain.states import expect, lines_of, lock_order, note
from sales.models import Order, OrderLine, Refund, RefundFee

ZERO = Decimal(0)


class TooMuchBack(DomainError):
    pass


class NotThatDay(DomainError):
    """Before the order, or after today."""


class AlreadyTakenBack(DomainError):
    pass


@dataclass(frozen=True)
class FeeBack:
    code: str
    label: str
    returned: Decimal
    kept: Decimal


@dataclass(frozen=True)
class Outlook:
    """What a refund would do. ``fees`` in the order's currency, ``*_home`` in the workspace's; ``rates`` where it has several."""

    left: Decimal
    gross: Decimal
    net: Decimal
    tax: Decimal
    gross_home: Decimal
    net_home: Decimal
    tax_home: Decimal
    fees_home: Decimal
    fees: tuple[FeeBack, ...]
    rates: tuple[BackAtRate, ...] = ()

    @property
    def profit_home(self) -> Decimal:
        return self.fees_home - self.net_home


def preview(order: Order, *, amount: Decimal | None = None, line: OrderLine | None = None) -> Outlook:
    """What giving back ``amount`` (by default all that is left) would do; changes nothing. Raises TooMuchBack."""
    lines = lines_of(order)
    found = figures.figures_of(order, lines)
    quote = found.quote
    before = order.refunds.aggregate(
        gross=Sum("gross"), net=Sum("net"), tax=Sum("tax"), gross_home=Sum("gross_home"), net_home=Sum("net_home"),
        tax_home=Sum("tax_home"), fees_home=Sum("fees_home"),
    )  # fmt: skip
    before = {name: value or ZERO for name, value in before.items()}
    left = quote.buyer_pays - before["gross"]
    gross = left if amount is None else amount
    if not ZERO < gross <= left:
        raise TooMuchBack(_("Between 0 and {left} can be given back.").format(left=f"{left:,}"))
    if line:
        _refuse_of_line(line, gross)
    upto = _upto(order, quote, before["gross"] + gross)
    earlier = effect_of(quote, amount=before["gross"])
    rates = refund_rates.of_amount(order, found, gross, lines=lines, line=line)
    money = {name: upto[name] - before[name] for name in upto}
    if rates:
        money |= {
            name: sum((getattr(row, name) for row in rates), ZERO) for name in ("net", "tax", "net_home", "tax_home")
        }
    return Outlook(
        left=left, gross=gross, fees=_fees_between(earlier, effect_of(quote, amount=before["gross"] + gross)),
        rates=rates, **money,
    )  # fmt: skip


def refund_order(  # noqa: PLR0913 - what a refund has to say
    order: Order,
    *,
    amount: Decimal | None = None,
    line: OrderLine | None = None,
    reason: str = "",
    on: date,
    key: UUID,
    by: User | None,
    at: datetime,
) -> Refund:
    """Give ``amount`` of what the buyer paid back (by default all that is left).

    The fees follow the rules of the channel's schedule: kept, returned in proportion, or returned with the last of
    it. The same ``key`` again changes nothing. Raises NotNow, TooMuchBack, NotThatDay.
    """
    with transaction.atomic():
        order = lock_order(order)
        if known := Refund.objects.filter(key=key).first():
            return known
        expect(order, *OrderState.sent())
        refuse_day(order, on, at=at)
        outlook = preview(order, amount=amount, line=line)
        money = {name: getattr(outlook, name) for name in (*_MONEY, "fees_home")}
        refund = Refund.objects.create(
            order=order, line=line, on=on, booked_on=booked_on(on, at=at), reason=reason[:200], key=key, at=at, by=by,
            **money,
        )  # fmt: skip
        RefundFee.objects.bulk_create(RefundFee(refund=refund, **vars(fee)) for fee in outlook.fees)
        refund_rates.keep(refund, outlook.rates)
        if outlook.gross == outlook.left:
            order.state = OrderState.REFUNDED
            order.save(update_fields=["state", "updated_at"])
        note(order, OrderEventKind.REFUNDED, text=f"{outlook.gross:,} {order.currency} {reason}".strip(), by=by, at=at)
        return refund


def _refuse_of_line(line: OrderLine, gross: Decimal) -> None:
    """Raises TooMuchBack."""
    already = line.refunds.aggregate(total=Sum("gross"))["total"] or ZERO
    if gross + already > line.total:
        raise TooMuchBack(
            _("{title} cost only {total}, of which {already} are given back.").format(
                title=line.title, total=f"{line.total:,}", already=f"{already:,}"
            )
            if already
            else _("{title} cost only {total}.").format(title=line.title, total=f"{line.total:,}")
        )


def refund_up_to(order: Order, total: Decimal, *, on: date, by: User, at: datetime) -> bool:
    """Give back what is missing to ``total``; the same total again gives back nothing."""
    order = Order.objects.get(pk=order.pk)
    outlook = preview(order)
    already = sum((row.gross for row in order.refunds.all()), ZERO)
    amount = min(total - already, outlook.left)
    if amount <= 0:
        return False
    day = min(max(on, order.placed_on), timezone.localdate(at))
    refund_order(
        order, amount=amount, reason=_("as the channel's file says"), on=day,
        key=uuid5(NAMESPACE_OID, f"refund of order {order.pk} up to {total}, {already} before"), by=by, at=at,
    )  # fmt: skip
    return True


def take_back_refund(refund: Refund, *, key: UUID, by: User, at: datetime) -> Refund:
    """It was a mistake: a row with all signs turned. Raises AlreadyTakenBack."""
    with transaction.atomic():
        order = lock_order(refund.order)
        if known := Refund.objects.filter(key=key).first():
            return known
        if refund.reverses_id or Refund.objects.filter(reverses=refund).exists():
            raise AlreadyTakenBack(_("This refund was taken back already."))
        on = timezone.localdate(at)
        back = Refund.objects.create(
            order=order, line_id=refund.line_id, reverses=refund, on=on, booked_on=booked_on(on, at=at), key=key, by=by,
            reason=_("taken back"), at=at, **{name: -getattr(refund, name) for name in (*_MONEY, "fees_home")},
        )  # fmt: skip
        RefundFee.objects.bulk_create(
            RefundFee(refund=back, code=fee.code, label=fee.label, returned=-fee.returned, kept=-fee.kept)
            for fee in refund.fees.all()
        )
        refund_rates.keep(back, refund_rates.turned(refund))
        if order.state == OrderState.REFUNDED:
            order.state = OrderState.DELIVERED if order.delivered_on else OrderState.SHIPPED
            order.save(update_fields=["state", "updated_at"])
        note(order, OrderEventKind.REFUNDED, text=_("{gross} taken back").format(gross=-back.gross), by=by, at=at)
        return back


def refuse_day(order: Order, on: date, *, at: datetime) -> None:
    """Raises NotThatDay."""
    if not order.placed_on <= on <= timezone.localdate(at):
        raise NotThatDay(_("Say a day between the order and today."))


def booked_on(on: date, *, at: datetime) -> date:
    """The day in whose books it stands: its own, or today where that month is closed."""
    return timezone.localdate(at) if periods.is_closed(on) else on


_MONEY = ("gross", "net", "tax", "gross_home", "net_home", "tax_home")


def _upto(order: Order, quote: Quote, gross: Decimal) -> dict[str, Decimal]:
    """All sums of having given back ``gross`` in total, so that the parts add up to the whole to the cent."""
    home = current_workspace().currency
    share = gross / quote.buyer_pays
    tax = round_money(quote.tax_amount * share, quote.currency)
    net = round_money((quote.net_revenue + quote.tax_amount) * share, quote.currency) - tax
    effect = effect_of(quote, amount=gross)
    fees_back = effect.profit - quote.profit + net
    return {
        "net": net,
        "tax": tax,
        "gross_home": round_money(gross * order.rate, home),
        "net_home": round_money(order.net_home * share, home),
        "tax_home": round_money(order.tax_home * share, home),
        "fees_home": round_money(fees_back * order.rate, home),
    }


def _fees_between(earlier: RefundEffect, now: RefundEffect) -> tuple[FeeBack, ...]:
    """What this refund alone does to each fee; several lines of one fee are one."""
    sums: dict[str, list] = {}
    for sign, lines in ((-1, earlier.lines), (1, now.lines)):
        _add(sums, sign, lines)
    return tuple(
        FeeBack(code[:40], label[:120], returned, kept) for code, (label, returned, kept) in sums.items()
    )  # fmt: skip


def _add(sums: dict[str, list], sign: int, lines: Sequence) -> None:
    for line in lines:
        row = sums.setdefault(line.code, [line.label, ZERO, ZERO])
        row[1] += sign * line.returned
        row[2] += sign * line.charged
