"""Whether the shop holds the grams that beds ask for, net of what others have reserved."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from inventory.models import Filament, Lot, MaterialGroup, Reservation

_ZERO = Decimal(0)
Key = tuple[int | None, int | None]


@dataclass(frozen=True)
class Shortage:
    filament_id: int | None
    group_id: int | None
    name: str
    wanted_g: Decimal
    free_g: Decimal

    @property
    def missing_g(self) -> Decimal:
        return self.wanted_g - max(self.free_g, _ZERO)


def of(wanted: Mapping[Key, Decimal]) -> list[Shortage]:
    """What is missing of the grams wanted by (filament, group); six queries at most."""
    if not wanted:
        return []
    free = free_grams(wanted)
    short = {key: grams for key, grams in wanted.items() if grams > max(free[key], _ZERO)}
    names = _names(short)
    return [Shortage(*key, names[key], grams, free[key]) for key, grams in short.items()]


def free_grams(keys: Mapping[Key, Decimal]) -> dict[Key, Decimal]:
    """Grams on hand less grams reserved. A group's filaments are its own grams as well."""
    groups = {group for _filament, group in keys if group}
    group_of = dict(Filament.objects.filter(group__in=groups).values_list("pk", "group_id"))
    filaments = {filament for filament, _group in keys if filament} | set(group_of)
    held = dict(Lot.objects.filter(item__in=filaments, archived_at=None).values_list("item").annotate(Sum("on_hand")))
    taken = dict(Reservation.objects.filter(item__in=filaments).values_list("item").annotate(Sum("quantity")))
    taken_of_group = dict(Reservation.objects.filter(group__in=groups).values_list("group").annotate(Sum("quantity")))
    free = {pk: held.get(pk, _ZERO) - taken.get(pk, _ZERO) for pk in filaments}
    return {
        (filament, group): free[filament]
        if filament
        else sum((free[pk] for pk, its_group in group_of.items() if its_group == group), _ZERO)
        - taken_of_group.get(group, _ZERO)
        for filament, group in keys
    }


def _names(keys: Mapping[Key, Decimal]) -> dict[Key, str]:
    if not keys:
        return {}
    filaments = Filament.objects.filter(pk__in=[key[0] for key in keys if key[0]]).select_related("brand", "material")
    groups = MaterialGroup.objects.filter(pk__in=[key[1] for key in keys if key[1]])
    return {(each.pk, None): str(each) for each in filaments} | {(None, each.pk): each.name for each in groups}
