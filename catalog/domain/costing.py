"""What something costs: one pure function over plain data, for one piece as planned or for a whole run as it went.

Grams stay grams and prices are per gram; nothing here knows what is left on a spool. Every line keeps six decimals,
its formula and the origin of its numbers. Two results: **bought** is what was paid to others (year-end value uses it),
**full** adds machine, own work, failures and overhead (prices use it).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.choices import CostCode, Origin, Stage
from nozzly.core.money import round_unit_cost

ZERO = Decimal(0)
_SECONDS_IN_AN_HOUR = Decimal(3600)
_MINUTES_IN_AN_HOUR = Decimal(60)
_WATTS_IN_A_KILOWATT = Decimal(1000)


@dataclass(frozen=True)
class Sourced:
    """A number and where it comes from."""

    value: Decimal
    origin: str
    source: str = ""

    @property
    def assumed(self) -> bool:
        return self.origin in Origin.guesses()


@dataclass(frozen=True, kw_only=True)
class MaterialUse:
    """Grams of one filament: in the part and purged. ``grams_origin`` says who counted them."""

    label: str
    grams: Decimal
    purge_g: Decimal = ZERO
    cost_per_g: Sourced
    grams_origin: str = Origin.TYPED


@dataclass(frozen=True, kw_only=True)
class ComponentUse:
    label: str
    quantity: Decimal
    cost_per_unit: Sourced
    stage: str = Stage.ASSEMBLE


@dataclass(frozen=True, kw_only=True)
class PartUse:
    """Pieces of something that is made here and goes into this; its two costs stay apart."""

    label: str
    pieces: Decimal
    bought_cost: Decimal
    full_cost: Decimal
    assumed: bool = False


@dataclass(frozen=True, kw_only=True)
class MachineUse:
    """Print seconds on a printer. ``measured_kwh`` wins over watts × time."""

    label: str
    print_time_s: Decimal
    price: Decimal
    resale_price: Decimal
    life_h: Decimal
    upkeep_per_h: Decimal
    power_w: Decimal
    origin: str = Origin.TYPED
    source: str = ""
    time_origin: str = Origin.TYPED
    measured_kwh: Decimal | None = None

    @property
    def hours(self) -> Decimal:
        return self.print_time_s / _SECONDS_IN_AN_HOUR

    @property
    def cost_per_h(self) -> Decimal:
        return (self.price - self.resale_price) / self.life_h + self.upkeep_per_h

    @property
    def kwh(self) -> Decimal:
        return self.power_w * self.hours / _WATTS_IN_A_KILOWATT if self.measured_kwh is None else self.measured_kwh


@dataclass(frozen=True, kw_only=True)
class WorkStep:
    """Hands-on minutes; ``is_paid`` when somebody is paid for them, which makes them part of the bought cost."""

    label: str
    minutes: Decimal
    stage: str = Stage.ASSEMBLE
    is_paid: bool = False
    origin: str = Origin.TYPED


@dataclass(frozen=True, kw_only=True)
class CostRates:
    energy_per_kwh: Sourced
    labour_per_h: Sourced
    failure_pct: Sourced = Sourced(ZERO, Origin.TYPED)
    overhead_per_h: Sourced = Sourced(ZERO, Origin.TYPED)
    overhead_pct: Sourced = Sourced(ZERO, Origin.TYPED)
    energy_night_per_kwh: Sourced | None = None
    night_share_pct: Sourced = Sourced(ZERO, Origin.TYPED)
    night_from_h: Sourced | None = None
    night_until_h: Sourced | None = None


@dataclass(frozen=True, kw_only=True)
class CostInputs:
    rates: CostRates
    materials: tuple[MaterialUse, ...] = ()
    components: tuple[ComponentUse, ...] = ()
    parts: tuple[PartUse, ...] = ()
    machines: tuple[MachineUse, ...] = ()
    steps: tuple[WorkStep, ...] = ()
    royalty: Decimal = ZERO
    royalty_label: str = ""


@dataclass(frozen=True)
class CostLine:
    code: str
    label: str
    amount: Decimal
    formula: str
    origin: str
    source: str = ""
    assumed: bool = False
    in_bought: bool = False
    at_print: bool = False  # lost when the print fails
    unknown: bool = False  # nobody has said how much: it counts as nothing, and is shown so that somebody does

    @property
    def origin_text(self) -> str:
        """Where the price in it comes from, in words."""
        return self.source or (str(Origin(self.origin).label) if self.origin in Origin.values else self.origin)


@dataclass(frozen=True)
class CostBreakdown:
    lines: tuple[CostLine, ...] = field(default_factory=tuple)

    @property
    def bought(self) -> Decimal:
        return sum((line.amount for line in self.lines if line.in_bought), ZERO)

    @property
    def full(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def assumed(self) -> bool:
        return any(line.assumed for line in self.lines)

    def total(self, *codes: str) -> Decimal:
        return sum((line.amount for line in self.lines if line.code in codes), ZERO)

    def by_code(self) -> list[tuple[CostCode, Decimal]]:
        """Sums in the order of CostCode, empty ones left out."""
        asked = {line.code for line in self.lines if line.unknown}
        sums = ((code, self.total(code)) for code in CostCode)
        return [(code, amount) for code, amount in sums if amount or code in asked]


def cost(inputs: CostInputs) -> CostBreakdown:
    """Work out every line. Amounts are for whatever the inputs describe: one piece, or a whole run."""
    lines = [
        *(line for use in inputs.materials for line in _material(use)),
        *(line for use in inputs.parts for line in _part(use)),
        *(_component(use) for use in inputs.components),
        *(line for use in inputs.machines for line in _machine(use, inputs.rates)),
        *(_work(step, inputs.rates.labour_per_h) for step in inputs.steps),
    ]
    lines += _failure(lines, inputs.rates.failure_pct)
    hours = sum((use.hours for use in inputs.machines), ZERO)
    lines += _overhead(lines, hours, inputs.rates)
    if inputs.royalty:
        label = inputs.royalty_label or _("Design licence")
        lines.append(CostLine(CostCode.ROYALTY, label, round_unit_cost(inputs.royalty), "", Origin.TYPED))
    order = {code: position for position, code in enumerate(CostCode.values)}
    counted = (line for line in lines if line.amount or line.unknown)
    return CostBreakdown(tuple(sorted(counted, key=lambda line: order[line.code])))


def cost_per_g(price: Decimal, net_weight_g: Decimal) -> Decimal:
    """Price of one gram of a roll: by the weight it was sold with, never by what is left on it."""
    return round_unit_cost(price / net_weight_g)


def _material(use: MaterialUse) -> Iterable[CostLine]:
    price = use.cost_per_g
    assumed = price.assumed or use.grams_origin in Origin.guesses()
    for code, grams in ((CostCode.FILAMENT, use.grams), (CostCode.PURGE, use.purge_g)):
        yield CostLine(
            code,
            use.label,
            round_unit_cost(grams * price.value),
            f"{_n(grams)} g × {_n(price.value)}/g",
            price.origin,
            price.source,
            assumed=assumed,
            in_bought=True,
            at_print=True,
            unknown=code == CostCode.FILAMENT and not grams and use.grams_origin == Origin.UNKNOWN,
        )


def _part(use: PartUse) -> Iterable[CostLine]:
    own = use.full_cost - use.bought_cost
    for amount, label, in_bought in (
        (use.bought_cost, use.label, True),
        (own, _("%(part)s: machine and work") % {"part": use.label}, False),
    ):
        yield CostLine(
            CostCode.PARTS,
            label,
            round_unit_cost(use.pieces * amount),
            f"{_n(use.pieces)} × {_n(amount)}",
            Origin.COMPUTED,
            assumed=use.assumed,
            in_bought=in_bought,
        )


def _component(use: ComponentUse) -> CostLine:
    price = use.cost_per_unit
    return CostLine(
        CostCode.PACKAGING if use.stage == Stage.PACK else CostCode.COMPONENTS,
        use.label,
        round_unit_cost(use.quantity * price.value),
        f"{_n(use.quantity)} × {_n(price.value)}",
        price.origin,
        price.source,
        assumed=price.assumed,
        in_bought=True,
        at_print=use.stage == Stage.PRINT,
    )


def _machine(use: MachineUse, rates: CostRates) -> Iterable[CostLine]:
    assumed = Origin.guesses() & {use.origin, use.time_origin}
    yield CostLine(
        CostCode.MACHINE,
        use.label,
        round_unit_cost(use.hours * use.cost_per_h),
        f"{_n(use.hours)} h × (({_n(use.price)} − {_n(use.resale_price)}) ÷ {_n(use.life_h)} h + {_n(use.upkeep_per_h)}/h)",
        use.origin,
        use.source,
        assumed=bool(assumed),
        at_print=True,
        unknown=not use.print_time_s and use.time_origin == Origin.UNKNOWN,
    )
    tariff, formula = _tariff(rates)
    measured = use.measured_kwh is not None
    yield CostLine(
        CostCode.ENERGY,
        use.label,
        round_unit_cost(use.kwh * tariff),
        f"{_n(use.kwh)} kWh × {formula}" if measured else f"{_n(use.power_w)} W × {_n(use.hours)} h ÷ 1000 × {formula}",
        rates.energy_per_kwh.origin,
        rates.energy_per_kwh.source,
        assumed=rates.energy_per_kwh.assumed or (bool(assumed) and not measured),
        at_print=True,
    )


def _tariff(rates: CostRates) -> tuple[Decimal, str]:
    """Day and night blended by the share of printing that happens at night."""
    day, night, share = rates.energy_per_kwh.value, rates.energy_night_per_kwh, rates.night_share_pct.value
    if night is None or not share:
        return day, f"{_n(day)}/kWh"
    blended = (day * (100 - share) + night.value * share) / 100
    return blended, f"({_n(100 - share)} % × {_n(day)} + {_n(share)} % × {_n(night.value)})/kWh"


def _work(step: WorkStep, per_h: Sourced) -> CostLine:
    return CostLine(
        CostCode.LABOUR,
        step.label,
        round_unit_cost(step.minutes / _MINUTES_IN_AN_HOUR * per_h.value),
        f"{_n(step.minutes)} min ÷ 60 × {_n(per_h.value)}/h",
        per_h.origin,
        per_h.source,
        assumed=per_h.assumed or step.origin in Origin.guesses(),
        in_bought=step.is_paid,
        at_print=step.stage == Stage.PRINT,
    )


def _failure(lines: list[CostLine], pct: Sourced) -> Iterable[CostLine]:
    """A good piece out of prints of which ``pct`` % fail pays for pct ÷ (100 − pct) lost ones."""
    at_risk = sum((line.amount for line in lines if line.at_print), ZERO)
    if not pct.value or not at_risk:
        return ()
    return (
        CostLine(
            CostCode.FAILURE,
            _("Lost prints"),
            round_unit_cost(at_risk * pct.value / (100 - pct.value)),
            f"{_n(at_risk)} × {_n(pct.value)} ÷ {_n(100 - pct.value)}",
            pct.origin,
            pct.source,
            assumed=pct.assumed,
        ),
    )


def _overhead(lines: list[CostLine], hours: Decimal, rates: CostRates) -> Iterable[CostLine]:
    before = sum((line.amount for line in lines), ZERO)
    per_h, pct = rates.overhead_per_h, rates.overhead_pct
    for label, rate, amount, formula in (
        (_("For each print hour"), per_h, hours * per_h.value, f"{_n(hours)} h × {_n(per_h.value)}/h"),
        (_("On all of it"), pct, before * pct.value / 100, f"{_n(before)} × {_n(pct.value)} %"),
    ):
        if rate.value:
            yield CostLine(
                CostCode.OVERHEAD,
                label,
                round_unit_cost(amount),
                formula,
                rate.origin,
                rate.source,
                assumed=rate.assumed,
            )


def _n(number: Decimal) -> str:
    """A number as it stands in a formula: at most six decimals, no idle zeros."""
    return f"{round_unit_cost(Decimal(number)).normalize():f}"
