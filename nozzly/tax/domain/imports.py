"""What a parcel meets at a border: a rule typed in this workspace, else the shipped table."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files

from django.db.models import QuerySet
from django.utils.functional import cached_property

from nozzly.tax.models import ImportRule

EU = "EU"
EU_COUNTRIES = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905 - reads as a list
)
ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Border:
    """Amounts are the worth of the goods, in ``currency``.

    Up to ``tax_at_sale_up_to`` (None: always) the tax of the country is collected with the sale, by a marketplace where
    ``marketplaces_collect``. A parcel up to ``small_parcel_up_to`` bears ``small_parcel_duty``, a dearer one
    ``duty_pct`` of its goods.
    """

    country: str
    ships_from: str
    valid_from: date
    currency: str
    tax_at_sale_up_to: Decimal | None
    marketplaces_collect: bool
    small_parcel_up_to: Decimal
    small_parcel_duty: Decimal
    duty_pct: Decimal
    source: str
    note: str
    typed: bool
    verified_on: date | None = None
    confidence: str = ""

    @property
    def unverified(self) -> bool:
        return not self.typed and (self.verified_on is None or self.confidence == "low")


def crosses_a_border(ships_from: str, to: str) -> bool:
    return ships_from != to and not {ships_from, to} <= EU_COUNTRIES


class Borders:
    """The rules that hold on a day; those typed here are read once, when the first border is crossed, or are given."""

    def __init__(self, on: date, rows: Iterable[ImportRule] | None = None) -> None:
        self.on, self._rows = on, rows

    @cached_property
    def typed(self) -> list[Border]:
        return [_typed(row) for row in (rules_typed_by(self.on) if self._rows is None else self._rows)]

    def between(self, ships_from: str, to: str) -> Border | None:
        """The rule that says most about the way: a typed one first, then one for its start, then the newest.

        None inside a customs area, and for a country that no table names.
        """
        if not crosses_a_border(ships_from, to):
            return None
        starts, ends = {*_names(ships_from), ""}, _names(to)
        for rules in (self.typed, shipped()):
            known = [row for row in rules if row.country in ends and row.ships_from in starts]
            known = [row for row in known if row.valid_from <= self.on]
            if known:
                return max(known, key=lambda row: (row.country != EU, bool(row.ships_from), row.valid_from))
        return None


def rules_typed_by(on: date) -> QuerySet:
    return ImportRule.objects.filter(valid_from__lte=on)


def border_of(*, ships_from: str, to: str, on: date) -> Border | None:
    return Borders(on).between(ships_from, to)


def borders_on(on: date) -> list[Border]:
    """Every rule that holds on a day, for the page that shows them: typed ones instead of shipped ones."""
    found: dict[tuple[str, str], Border] = {}
    typed = [_typed(row) for row in ImportRule.objects.filter(valid_from__lte=on).order_by("valid_from")]
    for row in [*shipped(), *typed]:
        if row.valid_from <= on:
            found[row.country, row.ships_from] = row
    return [found[key] for key in sorted(found)]


@cache
def shipped() -> tuple[Border, ...]:
    """Oldest first."""
    text = files("nozzly.tax").joinpath("data/imports.toml").read_text(encoding="utf-8")
    rows = [_shipped(row) for row in tomllib.loads(text, parse_float=Decimal)["import"]]
    return tuple(sorted(rows, key=lambda row: row.valid_from))


def _shipped(row: dict) -> Border:
    limit = row.get("tax_at_sale_up_to")
    return Border(
        country=row["country"],
        ships_from=row.get("ships_from", ""),
        valid_from=row["from"],
        currency=row["currency"],
        tax_at_sale_up_to=None if limit is None else Decimal(limit),
        marketplaces_collect=row["marketplaces_collect"],
        small_parcel_up_to=Decimal(row["small_parcel_up_to"]),
        small_parcel_duty=Decimal(row["small_parcel_duty"]),
        duty_pct=Decimal(row["duty_pct"]),
        source=row["source"],
        note=row.get("note", ""),
        typed=False,
        verified_on=row.get("verified_on"),
        confidence=row["confidence"],
    )


def _typed(row: ImportRule) -> Border:
    return Border(
        country=row.country,
        ships_from=row.ships_from,
        valid_from=row.valid_from,
        currency=row.currency,
        tax_at_sale_up_to=row.tax_at_sale_up_to,
        marketplaces_collect=row.marketplaces_collect,
        small_parcel_up_to=row.small_parcel_up_to,
        small_parcel_duty=row.small_parcel_duty,
        duty_pct=row.duty_pct,
        source=row.source,
        note=row.note,
        typed=True,
    )


def _names(country: str) -> list[str]:
    return [country, EU] if country in EU_COUNTRIES else [country]
