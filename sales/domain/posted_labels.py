"""A label on the channel's statement is the real postage: what was guessed for the parcel goes."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from sales.domain import figures
from sales.models import ImportedOrder, Order, OrderImport, OrderLine, Parcel

ZERO = Decimal(0)


def forget_assumed_postage(order_ids: Iterable[int], *, order_import: OrderImport) -> None:
    """Set guessed postage of these orders to nothing and remember it, so that undoing the import brings it back."""
    parcels = Parcel.objects.filter(order__in=list(order_ids), postage_assumed=True, undone_at=None, postage__gt=0)
    for parcel in parcels.select_related("order").order_by("pk"):
        for row in ImportedOrder.objects.filter(order_import=order_import, order=parcel.order):
            row.before |= {"parcel": parcel.pk, "postage": str(parcel.postage)}
            row.save(update_fields=["before"])
        set_postage(parcel, ZERO)


def bring_back_postage(imported: ImportedOrder) -> None:
    parcel = Parcel.objects.select_related("order").filter(pk=imported.before.get("parcel"), undone_at=None).first()
    if parcel and not parcel.postage:
        set_postage(parcel, Decimal(imported.before["postage"]))


def set_postage(parcel: Parcel, postage: Decimal) -> None:
    """Change what posting a parcel cost, and the profit of its order with it, once that is frozen."""
    more = postage - parcel.postage
    parcel.postage = postage
    parcel.save(update_fields=["postage", "service", "updated_at"])
    _charge(parcel.order, more)


def set_packaging_cost(parcel: Parcel, cost: Decimal) -> None:
    """Change what the box of a parcel cost, and the profit of its order with it."""
    more = cost - (parcel.packaging_cost or ZERO)
    parcel.packaging_cost = cost
    parcel.save(update_fields=["packaging_cost", "updated_at"])
    _charge(parcel.order, more)


def _charge(order: Order, more: Decimal) -> None:
    if order.post_home is None:
        return
    order.post_home += more
    order.profit_home -= more
    order.save(update_fields=["post_home", "profit_home", "updated_at"])
    _share_again(order, list(order.lines.in_order()))


def _share_again(order: Order, lines: Sequence[OrderLine]) -> None:
    for line, post in zip(lines, figures.share(order.post_home, lines), strict=True):
        line.profit_home += line.post_home - post
        line.post_home = post
    OrderLine.objects.bulk_update(lines, ["post_home", "profit_home"])
