"""Papers made from orders. Nothing here that goes to a customer knows a cost, a fee or a profit."""

from collections.abc import Sequence
from dataclasses import dataclass

from nozzly.tenancy.current import current_workspace
from nozzly.web.pdf import render_pdf
from sales.domain import packing
from sales.domain.picklists import PickList
from sales.models import Invoice, Order, OrderLine, Parcel


@dataclass(frozen=True)
class Slip:
    """Lines and pieces of one parcel; ``follows`` says that there is more to come."""

    order: Order
    rows: Sequence[tuple[OrderLine, int]]
    follows: bool = False


def packing_slip(order: Order, *, parcel: Parcel | None = None) -> bytes:
    """What lies in the next parcel, or in one that is on its way. Raises PdfUnavailable."""
    if parcel is None:
        return packing_slips([order])
    return _slips([Slip(order, packing.in_parcel(order, parcel), follows=order.is_open)])


def packing_slips(orders: Sequence[Order]) -> bytes:
    """One page for each parcel. Raises PdfUnavailable."""
    return _slips([Slip(order, packing.in_next_parcel(order)) for order in orders])


def _slips(slips: Sequence[Slip]) -> bytes:
    return render_pdf("sales/print/packing_slip.html", {"slips": slips, "workspace": current_workspace()})


def pick_list(walk: PickList, *, count: int) -> bytes:
    """Place by place, for so many orders. Raises PdfUnavailable."""
    context = {"list": walk, "count": count, "workspace": current_workspace()}
    return render_pdf("sales/print/pick_list.html", context)


def invoice(paper: Invoice) -> bytes:
    """An invoice or a credit note as it was issued. Raises PdfUnavailable."""
    context = {"invoice": paper, "workspace": current_workspace()}
    return render_pdf("sales/print/invoice.html", context)
