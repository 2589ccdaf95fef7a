"""The beds that make a product side by side: what one piece takes of each, and the best of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from catalog.choices import CostCode
from catalog.domain.bed_costs import bed_minutes_each, is_of_one_product, newest_file, pieces_on
from catalog.domain.costing import CostBreakdown
from catalog.models import Plate, Recipe, SliceSlot

_TENTH = Decimal("0.1")


@dataclass(frozen=True)
class BedShare:
    """What one piece takes of a bed; None where its file does not say, or the bed makes something else as well."""

    plate: Plate
    pieces: int
    bed_s: int | None = None
    seconds: int | None = None
    grams: Decimal | None = None
    purge_g: Decimal | None = None
    minutes: Decimal | None = None
    cost: CostBreakdown | None = None
    is_fastest: bool = False
    is_lightest: bool = False
    is_easiest: bool = False
    is_cheapest: bool = False

    @property
    def total_g(self) -> Decimal | None:
        return None if self.grams is None else self.grams + (self.purge_g or 0)

    @property
    def full_cost(self) -> Decimal | None:
        return self.cost.full if self.cost else None

    @property
    def labour_cost(self) -> Decimal | None:
        return self.cost.total(CostCode.LABOUR) if self.cost else None


def beds_compared(
    plates: Iterable[Plate], recipe: Recipe | None, *, costs: Mapping[int, CostBreakdown]
) -> list[BedShare]:
    """One-up and six-up side by side: time, grams, work and cost of a piece, the best of each marked where there is a
    choice.

    Plates are loaded with for_page(), costs come from bed_costs() (none for who may not see them).
    """
    shares = [_share_of(plate, recipe, costs.get(plate.pk)) for plate in plates]
    best = {name: _least(shares, name) for name in ("seconds", "total_g", "minutes", "full_cost")}

    def is_best(share: BedShare, name: str) -> bool:
        return best[name] is not None and getattr(share, name) == best[name]

    return [
        replace(
            share,
            is_fastest=is_best(share, "seconds"),
            is_lightest=is_best(share, "total_g"),
            is_easiest=is_best(share, "minutes"),
            is_cheapest=is_best(share, "full_cost"),
        )
        for share in shares
    ]


def _least(shares: Iterable[BedShare], name: str) -> Decimal | int | None:
    """None where there is nothing to choose."""
    known = {value for share in shares if (value := getattr(share, name)) is not None}
    return min(known) if len(known) > 1 else None


def _share_of(plate: Plate, recipe: Recipe | None, cost: CostBreakdown | None) -> BedShare:
    pieces = pieces_on(plate)
    file = newest_file(plate)
    bed_s = file.print_time_s if file else None
    if not is_of_one_product(plate):
        return BedShare(plate, pieces, bed_s)
    slots = list(file.slots.all()) if file else []
    minutes = bed_minutes_each(plate, recipe)
    return BedShare(
        plate,
        pieces,
        bed_s,
        round(bed_s / pieces) if bed_s else None,
        _each(slots, "grams", pieces),
        _each(slots, "purge_g", pieces),
        None if minutes is None else minutes.quantize(_TENTH),
        cost,
    )


def _each(slots: list[SliceSlot], name: str, pieces: int) -> Decimal | None:
    """Grams of one piece over all slots; None where the file gives none."""
    total = sum((value for slot in slots if (value := getattr(slot, name)) is not None), Decimal(0))
    return (total / pieces).quantize(_TENTH) if total else None
