"""What cost pages show: groups with their share of a bar, lines with formula and origin, what changed between two."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.choices import CostCode
from catalog.domain.costing import CostBreakdown, CostLine
from catalog.domain.recipes import RecipeDraft

BAR_WIDTH = 600
_TENTH = Decimal("0.1")


@dataclass(frozen=True)
class ShownLine:
    """A line of a cost with its share of the whole."""

    line: CostLine
    share_pct: Decimal

    def __getattr__(self, name: str) -> object:
        return getattr(self.line, name)


@dataclass(frozen=True)
class CostGroup:
    """One colour of the stacked bar: its place in it, and the lines behind it."""

    code: str
    label: str
    amount: Decimal
    share_pct: Decimal
    x: Decimal
    width: Decimal
    lines: tuple["ShownLine", ...]


@dataclass(frozen=True)
class CostSheet:
    groups: tuple[CostGroup, ...]
    bought: Decimal
    full: Decimal
    assumed: bool
    bar_width: int = BAR_WIDTH

    @property
    def guesses(self) -> list[ShownLine]:
        return [line for group in self.groups for line in group.lines if line.assumed]


@dataclass(frozen=True)
class Change:
    """One row of "what changed": a number before and after; None where it was not there."""

    label: str
    before: object
    after: object
    unit: str = ""


def cost_sheet(breakdown: CostBreakdown) -> CostSheet:
    full, x, groups = breakdown.full, Decimal(0), []
    for code, amount in breakdown.by_code():
        width = (amount / full * BAR_WIDTH).quantize(_TENTH) if full else Decimal(0)
        lines = tuple(ShownLine(line, _share_pct(line.amount, full)) for line in breakdown.lines if line.code == code)
        groups.append(CostGroup(code.value, str(code.label), amount, _share_pct(amount, full), x, width, lines))
        x += width
    return CostSheet(tuple(groups), breakdown.bought, full, breakdown.assumed)


def _share_pct(amount: Decimal, full: Decimal) -> Decimal:
    return (amount / full * 100).quantize(_TENTH) if full else Decimal(0)


def cost_changes(before: CostBreakdown, after: CostBreakdown) -> list[Change]:
    """What moved the cost, by kind of line, the largest move first."""
    moves = [
        Change(str(code.label), before.total(code), after.total(code))
        for code in CostCode
        if before.total(code) != after.total(code)
    ]
    return sorted(moves, key=lambda change: -abs(change.after - change.before))


def snapshot_moves(before: list[dict], after: list[dict]) -> list[Change]:
    """The same between two snapshots: what moved a cost that was worked out anew."""
    old, new = _sums(before), _sums(after)
    moves = [
        Change(str(code.label), old.get(code, Decimal(0)), new.get(code, Decimal(0)))
        for code in CostCode
        if old.get(code, 0) != new.get(code, 0)
    ]
    return sorted(moves, key=lambda change: -abs(change.after - change.before))


def _sums(lines: list[dict]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for line in lines:
        sums[line["code"]] = sums.get(line["code"], Decimal(0)) + Decimal(line["amount"])
    return sums


def compare_costs(left: CostBreakdown, right: CostBreakdown) -> list[Change]:
    """Both costs by kind of line, in the usual order, and their sums."""
    rows = [
        Change(str(code.label), left.total(code), right.total(code))
        for code in CostCode
        if left.total(code) or right.total(code)
    ]
    return [
        *rows,
        Change(_("Bought from others"), left.bought, right.bought),
        Change(_("Full cost"), left.full, right.full),
    ]


def recipe_changes(before: RecipeDraft, after: RecipeDraft, *, item_names: dict[int, str]) -> list[Change]:
    """Row by row what one version says and the other does not."""
    pairs: Iterable[tuple[dict, dict, str]] = (
        (_grams(before, "grams"), _grams(after, "grams"), "g"),
        (_grams(before, "purge_g"), _grams(after, "purge_g"), "g"),
        (_components(before, item_names), _components(after, item_names), ""),
        (_steps(before), _steps(after), "min"),
        (_parts(before, item_names), _parts(after, item_names), ""),
        ({_("Print time"): before.print_time_s}, {_("Print time"): after.print_time_s}, "s"),
    )
    return [
        Change(label, old.get(label), new.get(label), unit)
        for old, new, unit in pairs
        for label in dict.fromkeys([*old, *new])
        if old.get(label) != new.get(label)
    ]


def _grams(draft: RecipeDraft, column: str) -> dict[str, Decimal]:
    purged = column == "purge_g"
    return {
        (_("%(slot)s, purged") % {"slot": slot.name} if purged else slot.name): getattr(slot, column)
        for slot in draft.slots
        if getattr(slot, column) or not purged
    }


def _components(draft: RecipeDraft, item_names: dict[int, str]) -> dict[str, Decimal]:
    return {item_names.get(row.item_id, str(row.item_id)): row.quantity for row in draft.components}


def _steps(draft: RecipeDraft) -> dict[str, Decimal]:
    return {f"{step.stage} {step.name}".strip(): step.minutes for step in draft.steps}


def _parts(draft: RecipeDraft, item_names: dict[int, str]) -> dict[str, int]:
    return {_("Part %(number)s") % {"number": row.variant_id}: row.pieces for row in draft.parts}
