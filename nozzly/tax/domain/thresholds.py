"""From which turnover a country wants a registration: an amount typed in this workspace, else the shipped table."""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files

from nozzly.tax.models import TaxThreshold


@dataclass(frozen=True)
class Threshold:
    """``currency`` is empty for one that was typed here: it is in the workspace's."""

    amount: Decimal
    valid_from: date
    source: str
    currency: str = ""
    verified_on: date | None = None

    @property
    def unverified(self) -> bool:
        return not self.typed and self.verified_on is None

    @property
    def typed(self) -> bool:
        return not self.currency


def threshold_on(on: date, *, country: str) -> Threshold | None:
    """None where nobody has typed one and the table does not name the country."""
    typed = TaxThreshold.objects.filter(country=country, valid_from__lte=on).order_by("-valid_from").first()
    if typed:
        return Threshold(typed.amount, typed.valid_from, typed.source)
    return next((row for row in reversed(shipped().get(country, ())) if row.valid_from <= on), None)


@cache
def shipped() -> dict[str, tuple[Threshold, ...]]:
    """By country, oldest first."""
    text = files("nozzly.tax").joinpath("data/thresholds.toml").read_text(encoding="utf-8")
    table: dict[str, list[Threshold]] = {}
    for row in tomllib.loads(text)["threshold"]:
        found = Threshold(Decimal(row["amount"]), row["from"], row["source"], row["currency"], row.get("verified_on"))
        table.setdefault(row["country"], []).append(found)
    return {country: tuple(sorted(rows, key=lambda row: row.valid_from)) for country, rows in table.items()}
