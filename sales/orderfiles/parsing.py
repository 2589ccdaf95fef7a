"""Reading cells with the file's own habits, and keeping a list of what could not be read and where."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal

from nozzly.core.errors import DomainError
from sales.orderfiles.amounts import MOST, AmountStyle, read_amount, style_of
from sales.orderfiles.dates import DateOrder, UnclearDate, is_unclear, order_of, read_date
from sales.orderfiles.facts import ZERO, FileLine, FileOrder, OrderFile, Problem
from sales.orderfiles.sheets import Row, Sheet

MOST_PIECES = 100_000
_PLATFORMS = {"etsy": "etsy", "ebay": "ebay", "shopify": "shopify"}


class BadCell(DomainError):
    """A cell cannot be read; the sentence names its column."""


class Desk:
    """A sheet being read: its style of amounts, its order of dates, and the file it becomes.

    ``usual`` is the order of dates that the marketplace writes unless the column shows another; ``said`` what a person
    answered.
    """

    def __init__(self, sheet: Sheet, *, money: Iterable[str], dates: Iterable[str], usual=None, said=None) -> None:
        self.sheet = sheet
        self.file = OrderFile(
            kind=sheet.kind,
            platform=sheet.kind.partition("_")[0] if sheet.kind.partition("_")[0] in _PLATFORMS else "",
            headers=sheet.headers,
            columns=sheet.columns,
            row_count=len(sheet.rows),
        )
        self.style = self._style(money)
        self.orders = self._date_orders(list(dates), usual, said)

    def _style(self, money: Iterable[str]) -> AmountStyle:
        style = style_of(self.sheet.column(*money))
        if style.comma is None and self.sheet.separator == ";":
            return AmountStyle(comma=True)
        return style

    def _date_orders(self, names: list[str], usual: DateOrder | None, said: DateOrder | None):
        shown = {name: order_of(self.sheet.column(name)) for name in names}
        if said is None and usual is None:
            unclear = [name for name in names if not shown[name] and any(map(is_unclear, self.sheet.column(name)))]
            seen = {order for order in shown.values() if order}
            if unclear and len(seen) == 1:  # one column tells for the others
                usual = seen.pop()
            elif unclear:
                self._ask_for_dates(unclear[0])
        return {name: shown[name] or said or usual for name in names}

    def _ask_for_dates(self, name: str) -> None:
        self.file.questions.append("dates")
        row = next(row for row in self.sheet.rows if is_unclear(row[name]))
        text = f"{self.title(name)}: “{row[name]}” can be two days; say whether the day or the month comes first."
        self.problem(row.number, text)

    # --- Cells ---------------------------------------------------------------------------------------------------

    def amount(self, row: Row, name: str) -> Decimal | None:
        """Raises BadCell."""
        return self.money(row, name)[0]

    def money(self, row: Row, name: str) -> tuple[Decimal | None, str]:
        try:
            return read_amount(row[name], self.style)
        except DomainError as error:
            raise BadCell(f"{self.title(name)}: {error}") from error

    def day(self, row: Row, name: str) -> date | None:
        """None for an empty cell, and for one that waits for an answer. Raises BadCell."""
        try:
            return read_date(row[name], self.orders.get(name))
        except UnclearDate as error:
            if "dates" in self.file.questions:
                return None
            raise BadCell(f"{self.title(name)}: {error}") from error
        except DomainError as error:
            raise BadCell(f"{self.title(name)}: {error}") from error

    def pieces(self, row: Row, name: str) -> int | None:
        """A whole number from 1 up; None for an empty cell. Raises BadCell."""
        number = self.amount(row, name)
        if number is None:
            return None
        if number != int(number) or not 0 < number <= MOST_PIECES:
            raise BadCell(f"{self.title(name)}: “{row[name][:20]}” is no number of pieces.")
        return int(number)

    def title(self, name: str) -> str:
        """The column as the file calls it."""
        index = self.sheet.columns.get(name)
        return self.sheet.headers[index] if index is not None and index < len(self.sheet.headers) else name

    # --- Rows ----------------------------------------------------------------------------------------------------

    def problem(self, line: int, text: str, *, refuses: bool = True) -> None:
        self.file.problems.append(Problem(line, text, refuses))

    def each(self, rows: Iterable[Row], read: Callable[[Row], None]) -> bool:
        """Read rows one by one; one that cannot be read is named. Answers whether all could."""
        good = True
        for row in rows:
            try:
                read(row)
            except DomainError as error:
                good = False
                self.problem(row.number, str(error))
        return good

    def attempt(self, line: int, work: Callable[[], object]) -> bool:
        """Do something with a whole order; what cannot be read is named. Answers whether it could."""
        try:
            work()
        except DomainError as error:
            self.problem(line, str(error))
            return False
        return True

    def close(self, order: FileOrder, *, good: bool) -> None:
        """Take the order into the file; one with a row that cannot be read is taken in only as refused."""
        if good and order.placed_on is None and "dates" not in self.file.questions:
            good = False
            self.problem(order.number, f"Order {order.external_id} has no date.")
        if good and order.reckoned_total > MOST:
            good = False
            self.problem(order.number, f"Order {order.external_id} is worth more than can be booked.")
        amounts = (order.reckoned_total, order.goods_total, order.postage, order.tax, order.refunded)
        if good and min(amounts) < 0:
            good = False
            self.problem(order.number, f"Order {order.external_id} has an amount below zero.")
        order.refused = not good
        self.file.orders.append(order)


def first(*texts: str) -> str:
    """The first that says something."""
    return next((text for text in texts if text and text not in {"--", "-"}), "")


def filled(text: str) -> str:
    """Marketplaces write two dashes for nothing."""
    return "" if text in {"--", "-"} else text


def order_key(text: str) -> str:
    """An order number as it is kept: without the # and the blanks that spreadsheets and people add."""
    return filled(text.lstrip("#").strip())[:80]


def once(values: Iterable[Decimal | None]) -> tuple[Decimal, bool]:
    """An amount of the whole order that may stand on every row or on the first alone; and whether rows disagree."""
    seen = [value for value in values if value]
    return (max(seen, key=abs), len(set(seen)) > 1) if seen else (ZERO, False)


def occurrences(keys: Iterable[tuple]) -> list[int]:
    """For each key how often it came before: equal rows of a statement are all real."""
    seen: Counter = Counter()
    numbers = []
    for key in keys:
        numbers.append(seen[key])
        seen[key] += 1
    return numbers


def per_piece(line: FileLine, total: Decimal) -> None:
    """Give a line that cost ``total`` a price for one; what does not divide becomes its discount."""
    cents = Decimal("0.01")
    each = (total / line.quantity).quantize(cents, rounding="ROUND_CEILING")
    line.unit_price, line.discount = each, each * line.quantity - total
