"""Which rolls of one batch together hold what a job needs, so that its colour does not change half-way."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from inventory.domain import spools
from inventory.models import Filament, Spool

_ZERO = Decimal(0)


@dataclass(frozen=True)
class Cover:
    """Rolls of one batch, in the order to use them up. Without a known batch it is one roll alone."""

    batch: str
    rolls: tuple[Spool, ...]
    doubt: str

    @property
    def total_g(self) -> Decimal:
        return sum((roll.lot.on_hand for roll in self.rolls), _ZERO)


def covers(filament: Filament, *, needed_g: Decimal) -> list[Cover]:
    """Every batch that suffices: fewest rolls first, then what leaves least over. Two queries."""
    rolls = list(
        Spool.objects.ready_to_print()
        .filter(lot__item=filament.pk)
        .select_related("lot__item__filament", "lot__location")
    )
    spread_g = spools.tare_spread_g(filament) or _ZERO
    batches: dict[object, list[Spool]] = {}
    for roll in rolls:
        batches.setdefault(roll.lot.batch or roll.pk, []).append(roll)
    found = [_cover(members, needed_g, spread_g) for members in batches.values()]
    return sorted((cover for cover in found if cover), key=lambda cover: (len(cover.rolls), cover.total_g))


def _cover(rolls: Sequence[Spool], needed_g: Decimal, spread_g: Decimal) -> Cover | None:
    """The smallest roll that suffices alone; else the largest ones, and the smallest that then still suffices."""
    by_size = sorted(rolls, key=lambda roll: (roll.lot.on_hand, roll.pk))
    chosen: list[Spool] = []
    missing_g = needed_g
    while missing_g > 0:
        if not by_size:
            return None
        enough = next((roll for roll in by_size if roll.lot.on_hand >= missing_g), None)
        taken = enough or by_size[-1]
        by_size.remove(taken)
        chosen.append(taken)
        missing_g -= taken.lot.on_hand
    last = sorted(chosen, key=lambda roll: roll.lot.on_hand)
    total_g = sum((roll.lot.on_hand for roll in chosen), _ZERO)
    doubt = spools.doubt(total_g, needed_g=needed_g, spread_g=spread_g * len(chosen))
    return Cover(rolls[0].lot.batch, tuple(last), doubt)
