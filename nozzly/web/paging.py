"""One page of a list without counting the whole table."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.formats import number_format

COUNT_LIMIT = 1000
PAGE_SIZES = (25, 50, 100)


@dataclass(frozen=True)
class Slice:
    """Rows of one page. ``total`` is exact up to COUNT_LIMIT, beyond it COUNT_LIMIT + 1."""

    rows: list
    number: int
    size: int
    has_next: bool
    total: int

    def __iter__(self) -> Iterator:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> object:
        return self.rows[index]

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def first_row(self) -> int:
        return (self.number - 1) * self.size + 1

    @property
    def last_row(self) -> int:
        return self.first_row + len(self.rows) - 1

    @property
    def total_text(self) -> str:
        shown = number_format(min(self.total, COUNT_LIMIT), use_l10n=True, force_grouping=True)
        return f"{shown}+" if self.total > COUNT_LIMIT else shown


def positive_int(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text[:7]) == int(text) else default


def slice_of(rows: list, *, number: int, size: int, has_next: bool, count: Callable[[int], int]) -> Slice:
    """A page of rows that were read by other means; ``count`` is asked how many there are, up to a limit, if more follow."""
    total = count(COUNT_LIMIT + 1) if has_next else (number - 1) * size + len(rows)
    return Slice(rows=rows, number=number, size=size, has_next=has_next, total=total)


def slice_list(rows: list, *, number: int, size: int) -> Slice:
    """A page of rows that are all known."""
    start = (number - 1) * size
    return Slice(
        rows[start : start + size], number=number, size=size, has_next=len(rows) > start + size, total=len(rows)
    )


def take_slice(queryset: QuerySet, *, number: int, size: int, keys_first: bool = False) -> Slice:
    """One query for the rows (one more than shown), and a count only where the rows do not tell.

    ``keys_first`` is for lists that join many tables: the filters are worked out once, on keys alone, for page and
    count together, and then only the rows of the page are put together.
    """
    start = (number - 1) * size
    if keys_first and start + size <= COUNT_LIMIT:
        return _by_keys(queryset, start=start, number=number, size=size)
    rows = list(queryset[start : start + size + 1])
    has_next = len(rows) > size
    if has_next or (not rows and number > 1):
        total = queryset.order_by().values("pk")[: COUNT_LIMIT + 1].count()
    else:
        total = start + len(rows)
    return Slice(rows=rows[:size], number=number, size=size, has_next=has_next, total=total)


def _by_keys(queryset: QuerySet, *, start: int, number: int, size: int) -> Slice:
    keys = list(queryset.values_list("pk", flat=True)[: COUNT_LIMIT + 1])
    shown = keys[start : start + size]
    found = queryset.model._default_manager.none() if not shown else _unfiltered(queryset).filter(pk__in=shown)
    rows = {row.pk: row for row in found}
    return Slice(
        rows=[rows[key] for key in shown if key in rows],
        number=number,
        size=size,
        has_next=len(keys) > start + size,
        total=len(keys),
    )


def _unfiltered(queryset: QuerySet) -> QuerySet:
    """The same columns and relations, without what the keys have answered already."""
    rows = queryset.order_by()
    bare = queryset.model._default_manager.all()
    bare.query.select_related, bare.query.deferred_loading = rows.query.select_related, rows.query.deferred_loading
    return bare
