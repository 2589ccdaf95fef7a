"""Plates: what a bed makes, what it loads, and the sliced files that print it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.domain.variants import Binding
from catalog.models import Plate, PlateOutput, PlateSlot, Product, SliceFile, SliceSlot, Variant
from nozzly.core.errors import DomainError


class EmptyPlate(DomainError):
    pass


@dataclass(frozen=True)
class Output:
    variant_id: int
    pieces: int


@dataclass(frozen=True, kw_only=True)
class Load:
    """One slot of the bed: what the file asks for and what is bound to it."""

    name: str
    binding: Binding | None = None
    material_type: str = ""
    colour_hex: str = ""
    position: int | None = None


@dataclass(frozen=True, kw_only=True)
class PlateFacts:
    name: str
    note: str = ""
    bed_minutes: Decimal | None = None
    outputs: Sequence[Output] = ()
    loads: Sequence[Load] = ()


def create_plate(facts: PlateFacts) -> Plate:
    """Raises EmptyPlate."""
    with transaction.atomic():
        plate = Plate.objects.create(name=facts.name, note=facts.note, bed_minutes=facts.bed_minutes)
        _store(plate, facts)
    return plate


def change_plate(plate: Plate, facts: PlateFacts) -> Plate:
    """Raises EmptyPlate."""
    with transaction.atomic():
        plate = Plate.objects.select_for_update(no_key=True).get(pk=plate.pk)
        plate.name, plate.note, plate.bed_minutes = facts.name, facts.note, facts.bed_minutes
        plate.save(update_fields=["name", "note", "bed_minutes", "updated_at"])
        plate.outputs.all().delete()
        plate.slots.all().delete()
        _store(plate, facts)
    return plate


def archive_plate(plate: Plate, *, at: datetime) -> None:
    Plate.objects.filter(pk=plate.pk).update(archived_at=at)


def restore_plate(plate: Plate) -> None:
    Plate.objects.filter(pk=plate.pk).update(archived_at=None)


def plates_for_variant(variant: Variant, *, like: Sequence[Plate], bindings: dict[str, Binding]) -> list[Plate]:
    """Beds for a variant in other colours: copies of the given ones, from the same sliced files."""
    copies = []
    with transaction.atomic():
        for plate in like:
            copy = create_plate(
                PlateFacts(
                    name=_plate_name(variant.product, variant),
                    note=plate.note,
                    bed_minutes=plate.bed_minutes,
                    outputs=[Output(variant.pk, output.pieces) for output in plate.outputs.all()],
                    loads=[_load_of(slot, bindings) for slot in plate.slots.all()],
                )
            )
            _copy_files(plate, copy)
            copies.append(copy)
    return copies


def plates_of_only(variant: Variant) -> list[Plate]:
    """Beds that make nothing else."""
    plates = Plate.objects.active().filter(outputs__variant=variant).for_page()
    return [plate for plate in plates if len(plate.outputs.all()) == 1]


def _plate_name(product: Product, variant: Variant) -> str:
    return f"{product.title} · {variant.name}"[:160]


def _load_of(slot: PlateSlot, bindings: dict[str, Binding]) -> Load:
    binding = bindings.get(slot.name) or Binding(slot.filament_id, slot.group_id, slot.guessed)
    return Load(
        name=slot.name,
        binding=binding,
        material_type=slot.material_type,
        colour_hex=slot.colour_hex,
        position=slot.position,
    )


def _copy_files(plate: Plate, copy: Plate) -> None:
    for original in plate.slice_files.all():
        slots = list(original.slots.all())
        twin = SliceFile.objects.get(pk=original.pk)
        twin.pk, twin.plate = None, copy
        twin._state.adding = True
        twin.save()
        SliceSlot.objects.bulk_create(_copy_of(slot, twin) for slot in slots)


def _copy_of(slot: SliceSlot, file: SliceFile) -> SliceSlot:
    return SliceSlot(
        slice_file=file,
        position=slot.position,
        grams=slot.grams,
        purge_g=slot.purge_g,
        length_mm=slot.length_mm,
        material_type=slot.material_type,
        colour_hex=slot.colour_hex,
        filament_name=slot.filament_name,
        computed=slot.computed,
    )


def _store(plate: Plate, facts: PlateFacts) -> None:
    if not facts.outputs:
        raise EmptyPlate(_("Say at least one product that comes off this plate."))
    pieces: dict[int, int] = {}
    for output in facts.outputs:
        pieces[output.variant_id] = pieces.get(output.variant_id, 0) + output.pieces
    if any(count < 1 for count in pieces.values()):
        raise EmptyPlate(_("A product on the plate has at least one piece."))
    PlateOutput.objects.bulk_create(
        PlateOutput(plate=plate, variant_id=variant_id, pieces=count) for variant_id, count in pieces.items()
    )
    PlateSlot.objects.bulk_create(
        PlateSlot(
            plate=plate,
            position=position if load.position is None else load.position,
            name=load.name,
            filament_id=load.binding.filament_id if load.binding else None,
            group_id=load.binding.group_id if load.binding else None,
            material_type=load.material_type,
            colour_hex=load.colour_hex,
            guessed=bool(load.binding and load.binding.guessed),
        )
        for position, load in enumerate(facts.loads)
    )
