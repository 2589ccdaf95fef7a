"""Papers made from orders. Nothing here that goes to a customer knows a cost, a fee or a profit."""

from nozzly.tenancy.current import current_workspace
from nozzly.web.pdf import render_pdf
from sales.models import Invoice, Order


def packing_slip(order: Order) -> bytes:
    """What lies in the parcel. Raises PdfUnavailable."""
    return render_pdf("sales/print/packing_slip.html", {"order": order, "workspace": current_workspace()})


def invoice(paper: Invoice) -> bytes:
    """An invoice or a credit note as it was issued. Raises PdfUnavailable."""
    context = {"invoice": paper, "workspace": current_workspace()}
    return render_pdf("sales/print/invoice.html", context)
