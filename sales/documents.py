"""Papers made from orders. Nothing here that goes to a customer knows a cost, a fee or a profit."""

from collections.abc import Sequence

from nozzly.tenancy.current import current_workspace
from nozzly.web.pdf import render_pdf
from sales.domain.picklists import PickList
from sales.models import Invoice, Order


def packing_slip(order: Order) -> bytes:
    """What lies in the parcel. Raises PdfUnavailable."""
    return packing_slips([order])


def packing_slips(orders: Sequence[Order]) -> bytes:
    """One page for each parcel. Raises PdfUnavailable."""
    return render_pdf("sales/print/packing_slip.html", {"orders": orders, "workspace": current_workspace()})


def pick_list(walk: PickList, *, count: int) -> bytes:
    """Place by place, for so many orders. Raises PdfUnavailable."""
    context = {"list": walk, "count": count, "workspace": current_workspace()}
    return render_pdf("sales/print/pick_list.html", context)


def invoice(paper: Invoice) -> bytes:
    """An invoice or a credit note as it was issued. Raises PdfUnavailable."""
    context = {"invoice": paper, "workspace": current_workspace()}
    return render_pdf("sales/print/invoice.html", context)
