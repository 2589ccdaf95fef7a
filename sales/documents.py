"""Papers and files made from orders. Nothing here that goes to a customer knows a cost, a fee or a profit."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import StringIO

from django.utils.translation import gettext as _

from nozzly.tenancy.current import current_workspace
from nozzly.web.exporting import neutralise
from nozzly.web.pdf import render_pdf
from sales.domain.reports import GROUPS, Row
from sales.models import Order


@dataclass(frozen=True)
class Step:
    """A step of the waterfall from revenue to profit; ``share`` of revenue in percent, for its bar."""

    label: str
    amount: Decimal
    share: Decimal
    kind: str


def packing_slip(order: Order) -> bytes:
    """What lies in the parcel. Raises PdfUnavailable."""
    return render_pdf("sales/print/packing_slip.html", {"order": order, "workspace": current_workspace()})


def waterfall(total: Row) -> list[Step]:
    steps = [
        (_("Net revenue"), total.net, "in"),
        (_("Fees"), -total.fees, "out"),
        (_("Cost of the goods"), -total.cost, "out"),
        (_("Postage and packaging"), -total.post, "out"),
        (_("Profit"), total.profit, "sum"),
    ]
    return [
        Step(label, amount, abs(amount) * 100 / total.net if total.net else Decimal(0), kind)
        for label, amount, kind in steps
    ]


def profit_csv(group: str, rows: Sequence[Row]) -> bytes:
    """The report as a file that spreadsheets open, with a mark for umlauts."""
    out = StringIO()
    writer = csv.writer(out)
    figures = [_("Net revenue"), _("Fees"), _("Cost of the goods"), _("Postage and packaging"), _("Profit")]
    writer.writerow([str(GROUPS[group][0]), _("Pieces"), *figures])
    for row in rows:
        name = neutralise(str(row.name or _("unassigned")))
        writer.writerow([name, row.pieces, row.net, row.fees, row.cost, row.post, row.profit])
    return b"\xef\xbb\xbf" + out.getvalue().encode()
