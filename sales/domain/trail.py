"""Where an order left its marks: the runs made for it, and what the ledger booked."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from inventory.domain import ledger
from nozzly.core.money import round_money
from nozzly.tenancy.current import current_workspace
from pricing.domain.subjects import subjects_of
from production.choices import RunState
from production.models import RunOutput
from sales.choices import OrderState, ReturnTo
from sales.domain import figures, payments, picking, returns, shipping
from sales.models import Order

ZERO = Decimal(0)


@dataclass(frozen=True)
class Afterwards:
    """What came of a sale later, in the workspace's currency; ``profit`` is what is left of it now."""

    given_back: Decimal
    fees_back: Decimal
    goods_back: Decimal
    profit: Decimal


def afterwards(order: Order) -> Afterwards | None:
    """None where no money and no pieces came back; asks for loaded refunds and returns."""
    refunds, rows = order.refunds.all(), [row for back in order.returns.all() for row in back.lines.all()]
    if order.profit_home is None or not (refunds or rows):
        return None
    given = sum((refund.net_home for refund in refunds), ZERO)
    fees = sum((refund.fees_home for refund in refunds), ZERO)
    goods = sum((row.full_home for row in rows if row.to == ReturnTo.STOCK), ZERO)
    return Afterwards(given, fees, goods, order.profit_home - given + fees + goods)


@dataclass(frozen=True)
class Outlook:
    """What an order that is still here will bring, as far as can be told; the workspace's currency."""

    net: Decimal
    fees: Decimal
    goods: Decimal
    post: Decimal

    @property
    def profit(self) -> Decimal:
        return self.net - self.fees - self.goods - self.post


def outlook(order: Order, *, on: date) -> Outlook | None:
    """By the schedule, the recipes' cost and the usual service; None once it is sent or while a cost is unknown."""
    lines = list(order.lines.all())
    if not order.is_open or not lines or any(line.variant is None for line in lines):
        return None
    subjects = subjects_of({line.variant for line in lines}, on=on)
    if any(not subjects[line.variant_id].unit_cost for line in lines):
        return None
    found = figures.figures_of(order, lines)
    service = shipping.usual_service(order, on=on, subjects=subjects)
    home = current_workspace().currency
    goods = sum((round_money(subjects[line.variant_id].unit_cost * line.piece_count, home) for line in lines), ZERO)
    return Outlook(found.net_home, found.fees_home, goods, service.price if service else ZERO)


def runs_for(order: Order) -> list[RunOutput]:
    """What runs made or will make for its lines; asks for loaded lines."""
    outputs = RunOutput.objects.filter(
        source=picking.SOURCE, source_id__in=[line.pk for line in order.lines.all()]
    )  # fmt: skip
    return list(outputs.select_related("run", "variant__product").order_by("run__number", "pk"))


def left_to_do(order: Order) -> list[str]:
    """What somebody must see to by hand after an order was cancelled."""
    if order.state != OrderState.CANCELLED:
        return []
    sentences = []
    paid = payments.account_of(order).paid
    if paid > 0:
        sentences.append(
            _("{paid} {currency} were paid for it: give them back under Payments.").format(
                paid=f"{paid:,}", currency=order.currency
            )
        )
    waiting = sorted({output.run.number for output in runs_for(order) if output.run.state in RunState.open()})
    if waiting:
        sentences.append(
            _("Runs still print for it: {runs}. Cancel those that are planned under Runs.").format(
                runs=", ".join(waiting)
            )
        )
    return sentences


def movements_of(order: Order) -> list:
    """All of its movements in the order they were booked: what was sent, undone, and came back."""
    return list(ledger.movements_of_kinds([shipping.SOURCE, returns.SOURCE], order.pk))
