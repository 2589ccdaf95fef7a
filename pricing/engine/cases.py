"""Published worked examples against the engine: which lines and totals agree, and which do not."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from nozzly.core.errors import DomainError
from pricing.engine import schedules
from pricing.engine.goals import Goal
from pricing.engine.quotes import Quote, quote
from pricing.engine.rules import Rule, rate_names
from pricing.engine.sales import ZERO, Costs, Sale, TaxTreatment
from pricing.engine.schedules import Schedule
from pricing.engine.solving import Solution, solve

_CORRECTIONS = Path(__file__).parent / "fee_case_corrections.toml"
_TOTALS = ("total_fees", "payout", "profit", "margin_pct")
_SALE_FIELDS = frozenset(field.name for field in fields(Sale))


class UnreadableCases(DomainError):
    pass


@dataclass(frozen=True, slots=True)
class Mismatch:
    name: str
    expected: Decimal
    computed: Decimal | None


@dataclass(frozen=True, slots=True)
class CaseResult:
    """``corrected`` says what was set right in the case before it was checked; ``refused`` why it could not be."""

    id: str
    source: str
    mismatches: tuple[Mismatch, ...] = ()
    lines: tuple[tuple[str, Decimal], ...] = ()
    corrected: str = ""
    refused: str = ""

    @property
    def passed(self) -> bool:
        return not self.mismatches and not self.refused


def read_cases(path: Path) -> list[dict[str, Any]]:
    """Raises UnreadableCases."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (OSError, ValueError) as error:
        raise UnreadableCases(f"{path} cannot be read: {error}.") from error
    cases = data.get("cases") if isinstance(data, dict) else None
    if not isinstance(cases, list) or not all(isinstance(case, dict) and "id" in case for case in cases):
        raise UnreadableCases(f"{path} holds no list of cases with ids.")
    return cases


def check_cases(cases: Sequence[Mapping[str, Any]], *, on: date, as_written: bool = False) -> list[CaseResult]:
    """``as_written`` leaves out the documented corrections."""
    return [_check(case, on, {} if as_written else _corrections()) for case in cases]


def _check(case: Mapping[str, Any], on: date, corrections: Mapping[str, Mapping[str, Any]]) -> CaseResult:
    case, corrected = _corrected(case, corrections.get(case["id"]))
    source = str(case.get("source", ""))
    try:
        mismatches, lines = _compare(case, on)
    except (DomainError, KeyError, TypeError, ArithmeticError) as error:
        return CaseResult(case["id"], source, corrected=corrected, refused=f"{type(error).__name__}: {error}")
    return CaseResult(case["id"], source, mismatches, lines, corrected)


def _corrected(case: Mapping[str, Any], found: Mapping[str, Any] | None) -> tuple[Mapping[str, Any], str]:
    rates = case.get("rates", {})
    if not found or rates.get(found["rate"]) != found.get("written"):
        return case, ""
    written = found.get("written", "nothing")
    said = f"{found['rate']} is {found['correct']}, not {written}: {found['why']}"
    return {**case, "rates": {**rates, found["rate"]: found["correct"]}}, said


def _compare(case: Mapping[str, Any], on: date) -> tuple[tuple[Mismatch, ...], tuple[tuple[str, Decimal], ...]]:
    schedule = _schedule(case, on)
    sale, costs, tax = _sale(case["sale"]), _costs(case.get("costs", {})), _tax(case["sale"])
    result = quote(schedule, sale, costs, tax)
    expect = case["expect"]
    computed = _computed(expect, result)
    if "break_even_price" in expect:
        computed["break_even_price"] = solve(schedule, sale, costs, tax, goal=Goal.break_even()).price
    if "price" in expect:
        computed["price"] = _to_net(case, schedule, sale, costs, tax).price
    wanted = {**expect.get("lines", {}), **{name: amount for name, amount in expect.items() if name != "lines"}}
    mismatches = tuple(
        Mismatch(name, Decimal(amount), computed[name]) for name, amount in wanted.items() if computed[name] != amount
    )
    return mismatches, tuple((line.code, line.amount) for line in result.lines)


def _computed(expect: Mapping[str, Any], result: Quote) -> dict[str, Decimal | None]:
    computed: dict[str, Decimal | None] = {name: getattr(result, name) for name in _TOTALS}
    for code in expect.get("lines", {}):
        computed[code] = result.vat_on_fees if code == "vat_on_fees" else result.fee(code)
    return computed


def _to_net(case: Mapping[str, Any], schedule: Schedule, sale: Sale, costs: Costs, tax: TaxTreatment) -> Solution:
    target = case.get("target_payout", case["sale"].get("target_payout"))
    if target is None:
        raise UnreadableCases("a price is expected, but no target_payout is given.")
    return solve(schedule, sale, costs, tax, goal=Goal.payout(Decimal(target)))


def _schedule(case: Mapping[str, Any], on: date) -> Schedule:
    rates = {name: Decimal(rate) for name, rate in case.get("rates", {}).items()}
    schedule = schedules.load(case["schedule"], on=on)
    if case.get("currency", schedule.currency) != schedule.currency:
        raise UnreadableCases(f"the schedule is in {schedule.currency}.")
    local = tuple(_in_own_currency(rule, rates) for rule in schedule.rules)
    return replace(schedule, rules=local).with_rates(rates)


def _in_own_currency(rule: Rule, rates: Mapping[str, Decimal]) -> Rule:
    """A case gives the listing fee as it was charged, not in the dollars that it is published in."""
    return replace(rule, currency="") if set(rate_names(rule)) & set(rates) else rule


def _sale(given: Mapping[str, Any]) -> Sale:
    known = {name: value for name, value in given.items() if name in _SALE_FIELDS}
    unknown = set(given) - set(known) - {"vat_on_fees_pct", "target_payout"}
    if unknown:
        raise UnreadableCases(f"unknown in the sale: {', '.join(sorted(unknown))}.")
    return Sale(**{name: _value(name, value) for name, value in known.items()})


def _value(name: str, value: Any) -> Any:
    if isinstance(value, (bool, str)) or name in ("quantity", "pieces", "other_quantity"):
        return value
    return Decimal(value)


def _costs(given: Mapping[str, Any]) -> Costs:
    return Costs(**{name: Decimal(value) for name, value in given.items()})


def _tax(given: Mapping[str, Any]) -> TaxTreatment:
    """Nothing but the tax on fees: the cases are before the shop's own tax."""
    return TaxTreatment.unregistered(fee_vat_pct=Decimal(given.get("vat_on_fees_pct", ZERO)))


@lru_cache(maxsize=1)
def _corrections() -> dict[str, dict[str, Any]]:
    data = tomllib.loads(_CORRECTIONS.read_text(encoding="utf-8"), parse_float=Decimal)
    return {entry["case"]: entry for entry in data["corrections"]}
