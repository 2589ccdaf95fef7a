"""Schedule files and rules written by hand into checked data. Every error says where and what is allowed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from pricing.engine.rules import (
    FEE_PREFIX,
    PARTS,
    SALE_RATES,
    ZERO,
    Category,
    Condition,
    Confidence,
    FeeVat,
    InvalidSchedule,
    Kind,
    Per,
    Refund,
    Rounding,
    Rule,
    Tier,
    Value,
    base_codes,
    rate_names,
)

Choice = TypeVar("Choice", bound=StrEnum)

_RULE_KEYS = frozenset(Rule.__dataclass_fields__)
_TIER_KEYS = frozenset(Tier.__dataclass_fields__)
_FLAGS = tuple(name for name, spec in Condition.__dataclass_fields__.items() if spec.type == (bool | None))
_LISTS = ("categories", "plans", "options", "without")
_LIMITS = ("above", "up_to")
_REBATE_FLOOR_PCT = Decimal(-100)
_MOST_PCT = Decimal(100)


@dataclass(frozen=True, slots=True)
class Version:
    """The rates of a schedule from one day on, with where they were read."""

    effective_from: date
    source: str
    verified_on: date | None
    confidence: Confidence
    notes: str
    rates: dict[str, Decimal]
    variants: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    categories: tuple[Category, ...] = ()
    fee_vat_pct: Decimal = ZERO

    @property
    def is_checked(self) -> bool:
        """Read at its source on a known day; or there is nothing to read, as where nobody takes a fee."""
        return self.verified_on is not None or self.confidence == Confidence.HIGH


@dataclass(frozen=True, slots=True)
class ScheduleFile:
    """One channel in one country; ``variants`` are its plans or ways of paying, each a schedule of its own."""

    id: str
    name: str
    channel: str
    country: str
    currency: str
    unverified: bool
    exchange: dict[str, Decimal]
    variants: dict[str, str]
    versions: tuple[Version, ...]
    rules: tuple[Rule, ...]


def parse_schedule(data: Mapping[str, Any], where: str) -> ScheduleFile:
    """``data`` as tomllib reads it with Decimal for floats; rates a version does not name stay as before.

    Raises InvalidSchedule.
    """
    if not data.get("versions"):
        raise InvalidSchedule(f"{where}: at least one [[versions]] with effective_from is needed.")
    rules = tuple(parse_rule(entry, f"{where}, rule {number}") for number, entry in enumerate(data.get("rules", ()), 1))
    check_rules(rules, where)
    parsed = ScheduleFile(
        id=_text(data, "id", where),
        name=_text(data, "name", where),
        channel=_text(data, "channel", where),
        country=str(data.get("country", "")),
        currency=_text(data, "currency", where),
        unverified=bool(data.get("unverified", False)),
        exchange=_numbers(data.get("exchange", {}), f"{where}, exchange"),
        variants={str(key): str(label) for key, label in data.get("variants", {}).items()},
        versions=_versions(data["versions"], where),
        rules=rules,
    )
    _check_names(parsed, where)
    return parsed


def parse_rule(entry: Mapping[str, Any], where: str = "The rule") -> Rule:
    """One rule from a mapping of plain values (TOML, JSON with text numbers).

    Raises InvalidSchedule.
    """
    unknown = sorted(set(entry) - _RULE_KEYS)
    if unknown:
        raise InvalidSchedule(f"{where}: unknown {', '.join(unknown)}; known are {', '.join(sorted(_RULE_KEYS))}.")
    rule = Rule(
        code=_text(entry, "code", where),
        label=_text(entry, "label", where),
        kind=_choice(Kind, entry.get("kind"), f"{where}, kind"),
        per=_choice(Per, entry.get("per", "order"), f"{where}, per"),
        base=tuple(_part(part, where) for part in entry.get("base", ())),
        pct=_value(entry.get("pct", ZERO), f"{where}, pct"),
        fixed=_value(entry.get("fixed", ZERO), f"{where}, fixed"),
        tiers=tuple(_tier(tier, where) for tier in entry.get("tiers", ())),
        whole=bool(entry.get("whole", False)),
        minimum=_optional(entry, "minimum", where),
        cap=_optional(entry, "cap", where),
        currency=str(entry.get("currency", "")),
        when=_condition(entry.get("when", {}), where),
        rounding=_choice(Rounding, entry.get("rounding", "half_up"), f"{where}, rounding"),
        order=int(entry.get("order", 10)),
        vat=_choice(FeeVat, entry.get("vat", "charged"), f"{where}, vat"),
        refund=_choice(Refund, entry.get("refund", "kept"), f"{where}, refund"),
        refund_fee_pct=_value(entry.get("refund_fee_pct", ZERO), f"{where}, refund_fee_pct"),
        refund_fee_cap=_optional(entry, "refund_fee_cap", where),
        note=str(entry.get("note", "")),
    )
    _check_shape(rule, where)
    return rule


def check_rules(rules: tuple[Rule, ...], where: str) -> None:
    """A fee on a fee needs one of a lower order to build on. Raises InvalidSchedule."""
    for rule in rules:
        for code in base_codes(rule):
            orders = [other.order for other in rules if other.code == code]
            if not orders or max(orders) >= rule.order:
                raise InvalidSchedule(f"{where}: {rule.code} builds on {code}, which needs a lower order.")


def check_rate(name: str, rate: Decimal, where: str) -> None:
    """Percentages lie between 0 and 100 (rebates between -100 and 0), amounts are not negative.

    Raises InvalidSchedule.
    """
    if not rate.is_finite():
        raise InvalidSchedule(f"{where}: {name} is not a number.")
    if is_percentage(name):
        lowest = _REBATE_FLOOR_PCT if "rebate" in name else ZERO
        if not lowest <= rate <= _MOST_PCT:
            raise InvalidSchedule(f"{where}: {name} must be between {lowest} and 100 percent, not {rate}.")
    elif rate < 0:
        raise InvalidSchedule(f"{where}: {name} must not be negative, it is {rate}.")


def is_percentage(name: str) -> bool:
    return name == "pct" or name.endswith("_pct")


def _versions(entries: list[Mapping[str, Any]], where: str) -> tuple[Version, ...]:
    versions: list[Version] = []
    for entry in entries:
        before = versions[-1] if versions else None
        version = _version(entry, before, where)
        if before and version.effective_from <= before.effective_from:
            raise InvalidSchedule(f"{where}: versions must follow each other by effective_from.")
        versions.append(version)
    return tuple(versions)


def _version(entry: Mapping[str, Any], before: Version | None, where: str) -> Version:
    day = entry.get("effective_from")
    if not isinstance(day, date):
        raise InvalidSchedule(f"{where}: effective_from must be a date such as 2026-10-05.")
    where = f"{where}, version {day}"
    variants = dict(before.variants) if before else {}
    for key, rates in entry.get("variants", {}).items():
        variants[key] = variants.get(key, {}) | _numbers(rates, f"{where}, {key}")
    return Version(
        effective_from=day,
        source=_text(entry, "source", where),
        verified_on=entry.get("verified_on"),
        confidence=_choice(Confidence, entry.get("confidence"), f"{where}, confidence"),
        notes=str(entry.get("notes", "")).strip(),
        rates=(before.rates if before else {}) | _numbers(entry.get("rates", {}), where),
        variants=variants,
        categories=_categories(entry, before, where),
        fee_vat_pct=_number(entry.get("fee_vat_pct", before.fee_vat_pct if before else ZERO), f"{where}, fee_vat_pct"),
    )


def _categories(entry: Mapping[str, Any], before: Version | None, where: str) -> tuple[Category, ...]:
    found = {category.code: category for category in (before.categories if before else ())}
    for code, fields in entry.get("categories", {}).items():
        rates = {name: number for name, number in fields.items() if name != "label"}
        label = str(fields.get("label", code))
        found[code] = Category(code, label, _numbers(rates, f"{where}, category {code}"))
    return tuple(found.values())


def _check_names(parsed: ScheduleFile, where: str) -> None:
    needed = {name for rule in parsed.rules for name in rate_names(rule)}
    for version in parsed.versions:
        for variant in parsed.variants or ("",):
            rates = version.rates | version.variants.get(variant, {})
            missing = sorted(needed - set(rates))
            if missing:
                raise InvalidSchedule(f"{where}, version {version.effective_from}: no rate for {', '.join(missing)}.")
    for version in parsed.versions:
        if set(version.variants) - set(parsed.variants):
            raise InvalidSchedule(f"{where}: rates for a variant that [variants] does not name.")


def _check_shape(rule: Rule, where: str) -> None:
    if rule.kind in (Kind.PERCENT, Kind.MINIMUM) and rule.pct == 0:
        raise InvalidSchedule(f"{where}: a {rule.kind} rule needs pct.")
    if rule.kind is Kind.TIERED and not rule.tiers:
        raise InvalidSchedule(f"{where}: a tiered rule needs tiers.")
    if (rule.minimum is not None) != (rule.kind is Kind.MINIMUM):
        raise InvalidSchedule(f"{where}: minimum belongs to rules of kind minimum, and to all of them.")
    if (rule.cap is not None) != (rule.kind is Kind.CAPPED):
        raise InvalidSchedule(f"{where}: cap belongs to rules of kind capped, and to all of them.")
    if not rule.base and _looks_at_base(rule):
        raise InvalidSchedule(f"{where}: a share needs a base such as item and shipping.")
    _check_base(rule, where)
    _check_tiers(rule, where)


def _looks_at_base(rule: Rule) -> bool:
    return bool(rule.pct or rule.tiers or rule.when.above is not None or rule.when.up_to is not None)


def _check_base(rule: Rule, where: str) -> None:
    # Only goods or fees that grow with the price carry a deduction; otherwise a dearer item could lower the base.
    takes_away = [part for part in rule.base if part.startswith("-")]
    if takes_away and "item" not in rule.base:
        raise InvalidSchedule(f"{where}: a base that takes something away must hold item.")
    if isinstance(rule.pct, Decimal) and rule.pct < 0 and not base_codes(rule):
        raise InvalidSchedule(f"{where}: only a rebate on another fee can be negative.")


def _check_tiers(rule: Rule, where: str) -> None:
    for number, tier in enumerate(rule.tiers, 1):
        last = number == len(rule.tiers)
        if last != (tier.up_to is None):
            raise InvalidSchedule(f"{where}: every tier but the last needs up_to.")
        if tier.fixed != 0 and not rule.whole:
            raise InvalidSchedule(f"{where}: tiers with fixed amounts must be whole.")


def _part(part: Any, where: str) -> str:
    name = str(part).removeprefix("-")
    if name not in PARTS and not str(part).startswith(FEE_PREFIX):
        raise InvalidSchedule(f"{where}: unknown base part {part}; use {', '.join(PARTS)} or fee:<code>.")
    return str(part)


def _tier(entry: Mapping[str, Any], where: str) -> Tier:
    if set(entry) - _TIER_KEYS:
        raise InvalidSchedule(f"{where}: a tier holds up_to, pct and fixed.")
    return Tier(
        up_to=_optional(entry, "up_to", where),
        pct=_value(entry.get("pct", ZERO), f"{where}, tier pct"),
        fixed=_value(entry.get("fixed", ZERO), f"{where}, tier fixed"),
    )


def _condition(entry: Mapping[str, Any], where: str) -> Condition:
    unknown = sorted(set(entry) - set(_FLAGS) - set(_LISTS) - set(_LIMITS))
    if unknown:
        raise InvalidSchedule(f"{where}: unknown condition {', '.join(unknown)}.")
    fields: dict[str, Any] = {name: bool(entry[name]) for name in _FLAGS if name in entry}
    fields |= {name: tuple(entry[name]) for name in _LISTS if name in entry}
    fields |= {name: _optional(entry, name, where) for name in _LIMITS}
    return Condition(**fields)


def _choice(choices: type[Choice], given: Any, where: str) -> Choice:
    try:
        return choices(given)
    except ValueError as error:
        raise InvalidSchedule(f"{where}: {given!r} is none of {', '.join(choices)}.") from error


def _text(entry: Mapping[str, Any], key: str, where: str) -> str:
    text = entry.get(key)
    if not isinstance(text, str) or not text.strip():
        raise InvalidSchedule(f"{where}: {key} is missing.")
    return text.strip()


def _optional(entry: Mapping[str, Any], key: str, where: str) -> Value | None:
    return _value(entry[key], f"{where}, {key}") if entry.get(key) is not None else None


def _value(given: Any, where: str) -> Value:
    """A number, a rate's name, or a number written as text (JSON has no decimals)."""
    if isinstance(given, str) and (given in SALE_RATES or given.isidentifier()):
        return given
    number = _number(given, where)
    if not where.endswith("pct"):
        check_rate("the amount", number, where)
    elif not _REBATE_FLOOR_PCT <= number <= _MOST_PCT:
        raise InvalidSchedule(f"{where}: must be between -100 and 100 percent, not {number}.")
    return number


def _number(given: Any, where: str) -> Decimal:
    if isinstance(given, bool) or not isinstance(given, (int, str, Decimal)):
        raise InvalidSchedule(f"{where}: {given!r} is not a number.")
    try:
        number = Decimal(given)
    except ArithmeticError as error:
        raise InvalidSchedule(f"{where}: {given!r} is not a number.") from error
    if not number.is_finite():
        raise InvalidSchedule(f"{where}: {given!r} is not a number.")
    return number


def _numbers(given: Mapping[str, Any], where: str) -> dict[str, Decimal]:
    numbers = {str(name): _number(value, f"{where}, {name}") for name, value in given.items()}
    for name, number in numbers.items():
        check_rate(name, number, where)
    return numbers
