"""Reports on what is spent: expenses, charges of channels, adverts, fairs, lost runs, lost stock."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.choices import MovementKind
from sales.choices import ChannelChargeKind
from sales.domain import spendings
from sales.report_choices import ExpenseCategory, FactKind
from sales.report_kinds.base import Asked, Column, Found, Line, TableReport, address, total_line


class ExpensesReport(TableReport):
    name = "expenses"
    about = gettext_lazy("What receipts say, and how much of it lowers profit.")
    empty_text = gettext_lazy("Receipts that count for these days are added up here.")
    charted = 2
    columns = (
        Column(gettext_lazy("Category")),
        Column(gettext_lazy("Receipts"), "number"),
        Column(gettext_lazy("Net"), "money"),
        Column(gettext_lazy("Tax"), "money"),
        Column(gettext_lazy("In the cost of the pieces"), "money"),
        Column(gettext_lazy("Lowers profit by"), "money"),
    )

    def find(self, asked: Asked) -> Found:
        rows = spendings.expenses_by_category(asked.first, asked.last)
        lines = [
            Line(
                (ExpenseCategory(row.category).label, row.count, row.net, row.tax, row.in_pieces, row.cost),
                address("sales:expense_list", category=row.category, first=asked.first, last=asked.last),
            )
            for row in rows
        ]
        return Found(lines, total_line(self.columns, lines), _("All of it stands on receipts; nothing is estimated."))


class ChargesReport(TableReport):
    name = "charges"
    about = gettext_lazy("Adverts, listing fees, plans and labels that statements name, beside the fees of orders.")
    empty_text = gettext_lazy(
        "Import the statements of your channels: what they charge beside orders is added up here."
    )
    filters = ("channel",)
    charted = 3
    columns = (
        Column(gettext_lazy("Channel and charge")),
        Column(gettext_lazy("Kind")),
        Column(gettext_lazy("Rows"), "number"),
        Column(gettext_lazy("Charged"), "money"),
        Column(gettext_lazy("of it tax"), "money"),
    )

    def find(self, asked: Asked) -> Found:
        rows = spendings.charges_by_kind(asked.first, asked.last, channel=asked.narrowed.get("channel"))
        lines = [
            Line(
                (f"{row.channel}: {_kind(row.code)}", _kind(row.code), row.count, row.amount, row.tax),
                address(
                    "sales:channel_charge_list", channel=row.channel.pk, code=row.code, first=asked.first, last=asked.last
                ),
            )
            for row in rows
        ]  # fmt: skip
        return Found(lines, total_line(self.columns, lines), _("All of it stands in statements; nothing is estimated."))


def _kind(code: str) -> str:
    return str(ChannelChargeKind(code).label)


class AdvertsReport(TableReport):
    name = "ads"
    about = gettext_lazy("What adverts take of each channel's net revenue.")
    empty_text = gettext_lazy("Channels show up here once something was sold or an advert was paid.")
    filters = ("channel",)
    charted = 4
    columns = (
        Column(gettext_lazy("Channel")),
        Column(gettext_lazy("Net revenue"), "money"),
        Column(gettext_lazy("Fees of orders by adverts"), "money"),
        Column(gettext_lazy("Paid for adverts"), "money"),
        Column(gettext_lazy("Adverts in all"), "money"),
        Column(gettext_lazy("Share"), "percent"),
    )

    def find(self, asked: Asked) -> Found:
        rows = spendings.adverts(asked.first, asked.last, channel=asked.narrowed.get("channel"))
        lines = [
            Line((_channel(row), row.net, row.on_orders, row.paid, row.total, row.share_pct), _behind(row, asked))
            for row in rows
        ]
        net, total = (sum(getattr(row, name) for row in rows) for name in ("net", "total"))
        share = total * 100 / net if net else None
        named = sum((row.charged for row in rows), Decimal(0))
        note = _("Fees of orders: {named} stand in statements, {expected} are what the schedules expect.").format(
            named=self.columns[2].show(named),
            expected=self.columns[2].show(sum((row.on_orders for row in rows), Decimal(0)) - named),
        )
        return Found(lines, total_line(self.columns, lines, also={5: share}), note)


def _channel(row: spendings.Adverts) -> str:
    return str(row.channel) if row.channel else _("Adverts outside of channels")


def _behind(row: spendings.Adverts, asked: Asked) -> str:
    days = {"first": asked.first, "last": asked.last}
    if row.channel is None:
        return address("sales:expense_list", category=ExpenseCategory.ADS, **days)
    if row.paid and not row.on_orders:
        return address("sales:channel_charge_list", channel=row.channel.pk, code=ChannelChargeKind.ADS, **days)
    return address("sales:reports", by="order", channel=row.channel.pk, **days)


class FairsReport(TableReport):
    name = "fairs"
    about = gettext_lazy("What each fair brought after stall, travel and the fees of the card reader.")
    empty_text = gettext_lazy("Fairs that started in these days stand here with what was sold at their stalls.")
    usual_days = 365
    charted = 8
    columns = (
        Column(gettext_lazy("Fair")),
        Column(gettext_lazy("Day"), "day"),
        Column(gettext_lazy("Sales"), "number"),
        Column(gettext_lazy("Net revenue"), "money"),
        Column(gettext_lazy("Fees"), "money"),
        Column(gettext_lazy("Goods"), "money"),
        Column(gettext_lazy("Given back"), "money"),
        Column(gettext_lazy("Stall and travel"), "money"),
        Column(gettext_lazy("Profit"), "money"),
    )

    def find(self, asked: Asked) -> Found:
        rows = spendings.fairs_between(asked.first, asked.last)
        lines = [
            Line(
                (
                    row.event.name, row.event.starts_on, row.sale_count, row.net, row.fees, row.goods, row.given_back,
                    row.fixed, row.profit,
                ),
                getattr(row.event, "fair_stall", row.event).get_absolute_url(),
            )
            for row in rows
        ]  # fmt: skip
        note = _("Stall and travel are the fair's expenses; fees are what the card reader's schedule expects.")
        return Found(lines, total_line(self.columns, lines), note)


class LostRunsReport(TableReport):
    name = "run-losses"
    about = gettext_lazy("Each run that lost something, and what that cost.")
    empty_text = gettext_lazy("Runs that failed or lost pieces show up here.")
    charted = 5
    columns = (
        Column(gettext_lazy("Run")),
        Column(gettext_lazy("What was printed")),
        Column(gettext_lazy("Printer")),
        Column(gettext_lazy("Reason")),
        Column(gettext_lazy("Day"), "day"),
        Column(gettext_lazy("Lost"), "money"),
    )

    def find(self, asked: Asked) -> Found:
        lines = [
            Line(
                (
                    run.number, run.title, str(run.printer or ""), str(run.failure_reason or ""),
                    timezone.localdate(run.finished_at), -fact.profit,
                ),
                run.get_absolute_url(),
            )
            for fact, run in spendings.lost_runs(asked.first, asked.last, most=asked.most)
        ]  # fmt: skip
        note = _("All of it is what runs really took; nothing is estimated.")
        return _with_all(lines, spendings.lost(asked.first, asked.last, FactKind.RUN_LOSS), self.columns, note)


class LostStockReport(TableReport):
    name = "stock-losses"
    about = gettext_lazy("What counts, scrap, own use and write-downs took from profit or gave to it.")
    empty_text = gettext_lazy("Counts that differ, scrap and write-downs show up here.")
    charted = 4
    columns = (
        Column(gettext_lazy("Lot")),
        Column(gettext_lazy("Item")),
        Column(gettext_lazy("What happened")),
        Column(gettext_lazy("Day"), "day"),
        Column(gettext_lazy("Lowers profit by"), "money"),
    )

    def find(self, asked: Asked) -> Found:
        lines = [
            Line(
                (row.lot.code, row.lot.item.name, str(MovementKind(fact.code).label), fact.on, -fact.profit),
                row.lot.get_absolute_url(),
            )
            for fact, row in spendings.stock_lost(asked.first, asked.last, most=asked.most)
        ]
        note = _("All of it stands in the books of the stock room.")
        return _with_all(lines, spendings.lost(asked.first, asked.last, FactKind.STOCK), self.columns, note)


def _with_all(lines: list[Line], lost: spendings.Lost, columns: Sequence[Column], note: str) -> Found:
    """The dearest lines, and the total of all."""
    total = [_("Total"), *(None for _column in columns[2:]), lost.amount] if lines else ()
    return Found(lines, total, note, more=lost.count - len(lines))
