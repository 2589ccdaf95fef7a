"""Plates from a table: which row is which plate, what comes off it and what it loads, and all of it stored at once."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.domain.import_undo import plate_as_stored
from catalog.domain.plates import Load, Output, PlateFacts, change_plate, create_plate
from catalog.domain.variants import Binding
from catalog.models import Plate, Variant
from inventory.models import Filament, MaterialGroup
from nozzly.core.errors import DomainError

_COUNTED = re.compile(r"\s*(\d{1,4})\s*[×x*]\s*(\S.*?)\s*", re.IGNORECASE)
_MOST_PIECES = 1000


class UnknownName(DomainError):
    pass


@dataclass(frozen=True, kw_only=True)
class PlateRow:
    """``makes``: "6 × Dragon · Red; 2 × OWL-1"; ``loads``: "Body = black PLA; Eyes"."""

    name: str
    number: int | None = None
    makes: str = ""
    loads: str = ""
    note: str = ""


@dataclass(frozen=True)
class Meant:
    """What a row means; ``plate`` is None for a new one."""

    plate: Plate | None
    outputs: Mapping[int, int]
    loads: Sequence[tuple[str, Binding | None]]


class KnownNames:
    """Plates, products and filaments that rows may mean, loaded once."""

    def __init__(self, rows: Sequence[PlateRow]):
        self._plates = {plate.pk: plate for plate in Plate.objects.with_contents().filter(pk__in=_numbers(rows))}
        self._variants = _by_word(
            (word, variant.pk)
            for variant in Variant.objects.for_choice().select_related("item")
            for word in {str(variant), variant.item.sku}
        )
        self._bindings = _by_word(
            [
                *((group.name, Binding(group_id=group.pk)) for group in MaterialGroup.objects.all()),
                *((each.item.name, Binding(filament_id=each.pk)) for each in Filament.objects.for_choice()),
            ]
        )

    def read(self, row: PlateRow) -> Meant:
        """Raises UnknownName."""
        plate = self._plates.get(row.number) if row.number else None
        if row.number and plate is None:
            raise UnknownName(_("There is no plate with this number."))
        return Meant(plate, self._outputs(row.makes), self._loads(row.loads))

    def _outputs(self, text: str) -> dict[int, int]:
        outputs: dict[int, int] = {}
        for part in _parts(text):
            match = _COUNTED.fullmatch(part)
            pieces, word = (int(match[1]), match[2]) if match else (1, part)
            if not 1 <= pieces <= _MOST_PIECES:
                raise UnknownName(_("“%(part)s”: between 1 and 1000 pieces fit on a plate.") % {"part": part})
            variant_id = _only(self._variants, word, _("product"))
            outputs[variant_id] = outputs.get(variant_id, 0) + pieces
        if not outputs:
            raise UnknownName(_("Say what comes off the plate, like “6 × Dragon · Red”."))
        return outputs

    def _loads(self, text: str) -> list[tuple[str, Binding | None]]:
        """Slots in the order of the row; several may have one name, as in the slicer."""
        loads: list[tuple[str, Binding | None]] = []
        for part in _parts(text):
            name, _equals, word = (piece.strip() for piece in part.partition("="))
            if not name or len(name) > 60:
                raise UnknownName(_("“%(part)s”: each slot needs a name, up to 60 characters.") % {"part": part})
            loads.append((name, _only(self._bindings, word, _("filament or group")) if word else None))
        return loads


def differs(meant: Meant, row: PlateRow) -> bool:
    plate = meant.plate
    outputs = {output.variant_id: output.pieces for output in plate.outputs.all()}
    loads = Counter((slot.name, _bound(slot.filament_id, slot.group_id)) for slot in plate.slots.all())
    wanted = Counter((name, binding and _bound(binding.filament_id, binding.group_id)) for name, binding in meant.loads)
    return (plate.name, plate.note, outputs, loads) != (row.name, row.note, dict(meant.outputs), wanted)


@dataclass(frozen=True)
class Stored:
    """How many rows were added and corrected, and what ``import_undo`` needs to take them back."""

    added: int
    changed: int
    record: dict[str, object]


def apply(rows: Sequence[PlateRow]) -> Stored:
    """Add and correct all rows or none. Raises UnknownName."""
    known, added, before = KnownNames(rows), [], {}
    with transaction.atomic():
        for row in rows:
            meant = known.read(row)
            if meant.plate is None:
                added.append(create_plate(_facts(row, meant)).pk)
            else:
                before[meant.plate.pk] = plate_as_stored(meant.plate)
                change_plate(meant.plate, _facts(row, meant))
        after = Plate.objects.filter(pk__in=before).prefetch_related("outputs", "slots")
        changed = {plate.pk: [before[plate.pk], plate_as_stored(plate)] for plate in after}
    return Stored(len(added), len(before), {"added": added, "changed": changed})


def _facts(row: PlateRow, meant: Meant) -> PlateFacts:
    """A slot that the plate has already keeps its place and what its file says."""
    slots = sorted(meant.plate.slots.all(), key=lambda slot: slot.position) if meant.plate else []
    have: dict[str, list] = {}
    for slot in slots:
        have.setdefault(slot.name, []).append(slot)
    free = iter(range(1 + max((slot.position for slot in slots), default=-1), 1000))
    loads = []
    for name, binding in meant.loads:
        slot = have[name].pop(0) if have.get(name) else None
        loads.append(
            Load(
                name=name,
                binding=binding,
                material_type=slot.material_type if slot else "",
                colour_hex=slot.colour_hex if slot else "",
                position=slot.position if slot else next(free),
            )
        )
    outputs = [Output(variant_id, pieces) for variant_id, pieces in meant.outputs.items()]
    minutes = meant.plate.bed_minutes if meant.plate else None
    return PlateFacts(name=row.name, note=row.note, bed_minutes=minutes, outputs=outputs, loads=loads)


def _bound(filament_id: int | None, group_id: int | None) -> tuple[int | None, int | None] | None:
    return (filament_id, group_id) if filament_id or group_id else None


def _numbers(rows: Iterable[PlateRow]) -> set[int]:
    return {row.number for row in rows if row.number}


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\n", ";").split(";") if part.strip()]


def _by_word(pairs: Iterable[tuple[str, object]]) -> dict[str, list]:
    found: dict[str, list] = {}
    for word, thing in pairs:
        if word:
            found.setdefault(word.casefold(), []).append(thing)
    return found


def _only(found: Mapping[str, list], word: str, kind: str) -> object:
    things = found.get(word.casefold(), [])
    if not things:
        raise UnknownName(_("There is no %(kind)s called “%(word)s”.") % {"kind": kind, "word": word})
    if len(things) > 1:
        raise UnknownName(_("Several are called “%(word)s”; give the SKU or a name of its own.") % {"word": word})
    return things[0]
