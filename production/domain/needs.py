"""What a bed asks for: material lines, seconds, minutes, from a plate's sliced file or from recipes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from django.db.models import Prefetch

from catalog.choices import Stage
from catalog.domain.slice_drafts import look_alikes
from catalog.models import Plate, Recipe, RecipeSlot, SliceFile, Variant
from inventory.models import Filament
from production.models import Printer

_ZERO = Decimal(0)
File = TypeVar("File")


@dataclass(frozen=True)
class SlotNeed:
    """One named colour of one piece: where it comes from, grams that stay in it, grams purged for it."""

    name: str
    filament_id: int | None
    group_id: int | None
    grams: Decimal
    purge_g: Decimal

    @property
    def binding(self) -> tuple:
        """Needs with the same binding may print from one roll."""
        if self.filament_id or self.group_id:
            return (self.filament_id, self.group_id)
        return (None, None, self.name)


@dataclass(frozen=True)
class PieceNeeds:
    """What one piece of a variant takes, by its recipe of today."""

    variant: Variant
    recipe: Recipe | None
    seconds: int
    minutes: Decimal
    slots: tuple[SlotNeed, ...]
    print_minutes: Decimal = _ZERO  # those of them that are done at the bed


@dataclass
class MaterialNeed:
    """A material line of the bed. ``grams_each`` is recipe grams of one piece by index of output."""

    name: str
    filament_id: int | None
    group_id: int | None
    grams: Decimal = _ZERO
    purge_g: Decimal = _ZERO
    grams_each: dict[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class BedNeeds:
    print_time_s: int
    minutes: Decimal
    materials: tuple[MaterialNeed, ...]
    slice_file: SliceFile | None = None


def pieces_by_variant(variant_ids: Iterable[int]) -> dict[int, PieceNeeds]:
    """Recipe needs of each variant, in a constant number of queries."""
    current = (
        Recipe.objects.current()
        .select_related("product", "printer_model")
        .prefetch_related(Prefetch("slots", RecipeSlot.objects.order_by("position")), "steps", "components__item")
    )
    variants = (
        Variant.objects.filter(pk__in=set(variant_ids))
        .select_related("product", "item")
        .prefetch_related("slots", Prefetch("product__recipes", current, to_attr="current_recipes"))
    )
    return {variant.pk: _piece(variant) for variant in variants}


def _piece(variant: Variant) -> PieceNeeds:
    recipe = next(iter(variant.product.current_recipes), None)
    if recipe is None:
        return PieceNeeds(variant, None, variant.print_time_s or 0, _ZERO, ())
    bound = {slot.slot_name: slot for slot in variant.slots.all()}
    seconds = recipe.print_time_s if variant.print_time_s is None else variant.print_time_s
    minutes = sum((step.minutes for step in recipe.steps.all() if step.stage != Stage.PACK), _ZERO)
    print_minutes = sum((step.minutes for step in recipe.steps.all() if step.stage == Stage.PRINT), _ZERO)
    slots = list(recipe.slots.all())
    # Files often come before spools: what is in the shop by now and looks like it is meant.
    unbound = [slot for slot in slots if slot.name not in bound]
    guesses = look_alikes([(slot.material_type, slot.colour_hex) for slot in unbound])
    guessed = {slot.name: filament for slot, filament in zip(unbound, guesses, strict=True)}
    needs = tuple(_slot(slot, bound.get(slot.name), guessed.get(slot.name)) for slot in slots)
    return PieceNeeds(variant, recipe, seconds, minutes, needs, print_minutes)


def _slot(slot: RecipeSlot, bound: object, filament: Filament | None) -> SlotNeed:
    if bound is None:
        return SlotNeed(slot.name, filament and filament.pk, None, slot.grams, slot.purge_g)
    return SlotNeed(
        slot.name,
        bound.filament_id,
        bound.group_id,
        slot.grams if bound.grams is None else bound.grams,
        slot.purge_g if bound.purge_g is None else bound.purge_g,
    )


def of_recipes(pieces: Sequence[tuple[PieceNeeds, int]]) -> BedNeeds:
    """An ad-hoc mix: everything by recipe × pieces, one line for each filament or group."""
    lines: dict[tuple, MaterialNeed] = {}
    for index, (piece, count) in enumerate(pieces):
        for slot in piece.slots:
            line = lines.setdefault(slot.binding, MaterialNeed(slot.name, slot.filament_id, slot.group_id))
            line.grams += slot.grams * count
            line.purge_g += slot.purge_g * count
            line.grams_each[index] = line.grams_each.get(index, _ZERO) + slot.grams
    return BedNeeds(
        print_time_s=sum(piece.seconds * count for piece, count in pieces),
        minutes=_minutes(pieces),
        materials=tuple(lines.values()),
    )


def of_plate(plate: Plate, pieces: Sequence[tuple[PieceNeeds, int]], printer: Printer | None) -> BedNeeds:
    """A plate: its own colours and the sliced file for this printer; what they leave open comes from the recipes."""
    by_recipe = of_recipes(pieces)
    minutes = _plate_minutes(plate, pieces, by_recipe)
    sliced = slice_for(plate, printer)
    slots = sorted(plate.slots.all(), key=lambda slot: slot.position)
    if not slots:
        return BedNeeds(_seconds(sliced, by_recipe), minutes, by_recipe.materials, sliced)
    grams = {slot.position: slot for slot in sliced.slots.all()} if sliced else {}
    lines = [_plate_line(slot, grams.get(slot.position), by_recipe, only=len(slots) == 1) for slot in slots]
    return BedNeeds(_seconds(sliced, by_recipe), minutes, tuple(line for line in lines if line is not None), sliced)


def slice_for(plate: Plate, printer: Printer | None) -> SliceFile | None:
    """The plate's best file for the printer."""
    return best_file(plate.slice_files.all(), printer)


def best_file(files: Iterable[File], printer: Printer | None) -> File | None:
    """The newest sliced file made for the printer's model, best for the nozzle in it; else one for no model in
    particular, else the newest. ``files`` are anything with the names of a SliceFile.
    """
    files = sorted(files, key=lambda each: -each.pk)
    wanted = printer.model_id if printer else None
    nozzle_mm = printer.nozzle_in_use_mm if printer else None

    def rank(each: File) -> tuple[bool, bool, bool]:
        other_nozzle = each.nozzle_mm is not None and nozzle_mm is not None and each.nozzle_mm != nozzle_mm
        return (each.printer_model_id != wanted, each.printer_model_id is not None, other_nozzle)

    return min(files, key=rank, default=None)


def _plate_line(slot: object, sliced: object, by_recipe: BedNeeds, *, only: bool) -> MaterialNeed | None:
    """None for a slot that the sliced file names but never prints from."""
    match = _matching(slot, by_recipe.materials, only=only)
    line = MaterialNeed(slot.name, slot.filament_id, slot.group_id)
    if match is not None:
        line.grams_each = match.grams_each
        if not (line.filament_id or line.group_id):
            line.filament_id, line.group_id = match.filament_id, match.group_id
    line.grams = _known(sliced, "grams", match)
    line.purge_g = _known(sliced, "purge_g", match)
    return line if line.grams or line.purge_g or sliced is None else None


def _matching(slot: object, materials: Sequence[MaterialNeed], *, only: bool) -> MaterialNeed | None:
    """The recipes' line this slot stands for: same filament or group, else same name, else the only one there is."""
    if slot.filament_id or slot.group_id:
        bound = (slot.filament_id, slot.group_id)
        same = [line for line in materials if (line.filament_id, line.group_id) == bound]
        if same:
            return same[0]
    named = [line for line in materials if line.name.casefold() == slot.name.casefold()]
    if named:
        return named[0]
    return materials[0] if only and len(materials) == 1 else None


def _known(sliced: object, name: str, match: MaterialNeed | None) -> Decimal:
    """Grams that the sliced file states; a file that states grams and no purge has none apart from the part."""
    value = getattr(sliced, name, None)
    if value is not None:
        return value
    if match is None or (name == "purge_g" and sliced is not None and sliced.grams is not None):
        return _ZERO
    return getattr(match, name)


def _seconds(sliced: SliceFile | None, by_recipe: BedNeeds) -> int:
    return sliced.print_time_s if sliced and sliced.print_time_s else by_recipe.print_time_s


def _minutes(pieces: Sequence[tuple[PieceNeeds, int]]) -> Decimal:
    return sum((piece.minutes * count for piece, count in pieces), _ZERO)


def _plate_minutes(plate: Plate, pieces: Sequence[tuple[PieceNeeds, int]], by_recipe: BedNeeds) -> Decimal:
    """A bed with minutes of its own is started and cleared once, however many pieces it holds."""
    if plate.bed_minutes is None:
        return by_recipe.minutes
    at_bed = sum((piece.print_minutes * count for piece, count in pieces), _ZERO)
    return by_recipe.minutes - at_bed + plate.bed_minutes


def needed_grams(materials: Iterable[MaterialNeed]) -> Mapping[tuple[int | None, int | None], Decimal]:
    """Grams, purge included, by (filament, group); lines without either are left out."""
    total: dict[tuple[int | None, int | None], Decimal] = {}
    for line in materials:
        if line.filament_id or line.group_id:
            key = (line.filament_id, line.group_id)
            total[key] = total.get(key, _ZERO) + line.grams + line.purge_g
    return total
