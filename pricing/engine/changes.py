"""What differs between two schedules, and what that does to ten worked sales."""

import tomllib
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from pricing.engine.quotes import Quote, quote
from pricing.engine.sales import NO_TAX, Costs, Sale, TaxTreatment
from pricing.engine.schedules import FOLDER, Schedule

_WHOLE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Change:
    """``kept`` where the workspace's own rate stands whatever was shipped. Rules show as their codes."""

    name: str
    before: Decimal | None
    after: Decimal | None
    kept: bool = False


@dataclass(frozen=True, slots=True)
class WorkedSale:
    code: str
    label: str
    sale: Sale
    costs: Costs


@dataclass(frozen=True, slots=True)
class PreviewRow:
    worked: WorkedSale
    before: Quote
    after: Quote

    @property
    def fees_change(self) -> Decimal:
        return self.after.fee_cost - self.before.fee_cost

    @property
    def profit_change(self) -> Decimal:
        return self.after.profit - self.before.profit


def differences(before: Schedule, after: Schedule) -> tuple[Change, ...]:
    """Rates by name, of categories as ``category.rate``; a rate of one's own is marked as kept."""
    old, new = _all_rates(before), _all_rates(after)
    own = before.overridden
    return tuple(
        Change(name, old.get(name), new.get(name), kept=name in own)
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    )


def carry_over(own: Schedule, shipped: Schedule) -> Schedule:
    """A newer shipped schedule with the overrides of the one in use."""
    rates = _all_rates(own)
    known = _all_rates(shipped)
    return shipped.with_rates({name: rates[name] for name in own.overridden if name in known})


def added_rules(before: Schedule, after: Schedule) -> tuple[str, ...]:
    """Labels of rules that only the second schedule has."""
    return tuple(rule.label for rule in after.rules if rule not in before.rules)


def removed_rules(before: Schedule, after: Schedule) -> tuple[str, ...]:
    return added_rules(after, before)


def preview(before: Schedule, after: Schedule, tax: TaxTreatment = NO_TAX) -> tuple[PreviewRow, ...]:
    """Ten worked sales under both. Raises MissingExchangeRate."""
    return tuple(
        PreviewRow(worked, quote(before, worked.sale, worked.costs, tax), quote(after, worked.sale, worked.costs, tax))
        for worked in worked_sales(before)
    )


def worked_sales(schedule: Schedule) -> tuple[WorkedSale, ...]:
    """Ten sales of a print shop, in round amounts of the schedule's currency."""
    data = _worked()
    factor = data["worth"].get(schedule.currency, _WHOLE)
    return tuple(_worked_sale(entry, factor, schedule.digits) for entry in data["sales"])


def _worked_sale(entry: dict, factor: Decimal, digits: int) -> WorkedSale:
    def money(amount: Decimal) -> Decimal:
        return (Decimal(amount) * factor).quantize(_WHOLE.scaleb(-digits))

    amounts = {name: money(amount) for name, amount in entry.get("money", {}).items()}
    costs = {name: money(amount) for name, amount in entry["costs"].items()}
    sale = replace(Sale(**amounts), **entry.get("sale", {}))
    return WorkedSale(entry["code"], entry["label"], sale, Costs(**costs, print_time_s=entry["print_time_s"]))


@lru_cache(maxsize=1)
def _worked() -> dict:
    text = (FOLDER / "worked" / "sales.toml").read_text(encoding="utf-8")
    return tomllib.loads(text, parse_float=Decimal)


def _all_rates(schedule: Schedule) -> dict[str, Decimal]:
    rates = dict(schedule.rates)
    for category in schedule.categories:
        rates |= {f"{category.code}.{name}": rate for name, rate in category.rates.items()}
    return rates
