"""The table of rates that ships with Nozzly, read once."""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class ShippedRate:
    country: str
    tax_class: str
    valid_from: date
    pct: Decimal
    source: str


@cache
def shipped_rates() -> dict[tuple[str, str], tuple[ShippedRate, ...]]:
    """Rates by country and class, oldest first."""
    text = files("nozzly.tax").joinpath("data/rates.toml").read_text(encoding="utf-8")
    table: dict[tuple[str, str], list[ShippedRate]] = {}
    for row in tomllib.loads(text, parse_float=Decimal)["rate"]:
        rate = ShippedRate(
            country=row["country"],
            tax_class=row["class"],
            valid_from=row["from"],
            pct=Decimal(row["pct"]),
            source=row["source"],
        )
        table.setdefault((rate.country, rate.tax_class), []).append(rate)
    return {key: tuple(sorted(rows, key=lambda row: row.valid_from)) for key, rows in table.items()}
