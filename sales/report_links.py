"""Where a line of a profit report leads: into its orders, and to the receipts, charges, runs and lots behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from sales.domain.reports import Report, Row
from sales.report_choices import FactKind
from sales.report_kinds.base import address

_LOOK_INSIDE = {"category", "country"}  # have no page of their own: their names lead inside


@dataclass(frozen=True)
class Links:
    """``url`` of the line's name, and (label, url) beside it."""

    url: str = ""
    more: list[tuple[str, str]] = field(default_factory=list)


def links_of(report: Report, row: Row, *, first: date, last: date, narrowed: Mapping) -> Links:
    if row.kind:
        return Links(_of_kind(row.kind, first, last, narrowed))
    if row.key == "rest":
        return Links()  # the page has links to those before and after
    group = report.group
    if group == "order":
        return Links(row.url)
    if row.first_day:
        days = {"first": max(first, row.first_day), "last": min(last, row.last_day)}
        looked_into = dict(narrowed)
    else:
        days = {"first": first, "last": last}
        looked_into = {**narrowed, **({group: row.key} if row.key else {"without": group})}
    orders = address("sales:reports", by="order", **days, **looked_into)
    other = "channel" if group in {"product", "variant"} else "product"
    beside = address("sales:reports", by=other, **days, **looked_into)
    words = _("by channel") if other == "channel" else _("by product")
    more = [(_("orders"), orders), (words, beside)]
    return Links(row.url or (beside if row.first_day or group in _LOOK_INSIDE else ""), more)


def _of_kind(kind: str, first: date, last: date, narrowed: Mapping) -> str:
    days = {"first": first, "last": last}
    return {
        FactKind.EXPENSE: address("sales:expense_list", **days),
        FactKind.CHARGE: address("sales:channel_charge_list", channel=narrowed.get("channel"), **days),
        FactKind.RUN_LOSS: address("sales:report", "run-losses", **days),
        FactKind.STOCK: address("sales:report", "stock-losses", **days),
    }.get(FactKind(kind), "")
