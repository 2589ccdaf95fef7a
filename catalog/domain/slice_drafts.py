"""From what a sliced plate says to drafts: a recipe, a variant and its bindings. Nothing is stored here."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.choices import Origin
from catalog.domain.list_prices import density_g_cm3, known_material
from catalog.domain.recipes import RecipeDraft, SlotDraft
from catalog.domain.variants import Binding
from catalog.slices import Plate, SlotUse, Thumbnail
from inventory.domain import library
from inventory.domain.colour_words import colour_name
from inventory.domain.filaments import closest_filaments
from inventory.models import Filament
from nozzly.core.units import filament_grams

_THOUSANDTH = Decimal("0.001")
_USUAL_DIAMETER_MM = Decimal("1.75")
_USUAL_DENSITY_G_CM3 = Decimal("1.24")


@dataclass(frozen=True, kw_only=True)
class Use:
    """One filament of a plate: grams in the part and purged apart; None where the file does not say."""

    position: int
    grams: Decimal | None
    purge_g: Decimal | None
    length_mm: Decimal | None
    material_type: str
    colour_hex: str
    filament_name: str
    computed: bool
    guessed_density: bool


@dataclass(frozen=True, kw_only=True)
class PlateDraft:
    index: int
    seconds: int | None
    layers: int | None
    uses: tuple[Use, ...]
    thumbnails: tuple[Thumbnail, ...]
    recipe: RecipeDraft
    variant_name: str
    bindings: dict[str, Binding] = field(default_factory=dict)

    @property
    def positions(self) -> list[int]:
        return [use.position for use in self.uses]


def draft_plate(plate: Plate, *, printer_model_id: int | None = None) -> PlateDraft:
    """Read one plate: used slots only, purge taken out of the part's grams, filaments of ours that look right bound."""
    slots = _used(plate.filaments)
    uses = tuple(_with_purge(plate, [_use(slot) for slot in slots]))
    names = _slot_names(uses)
    recipe = RecipeDraft(
        print_time_s=plate.seconds or 0,
        print_time_origin=Origin.UNKNOWN if plate.seconds is None else Origin.SLICED,
        printer_model_id=printer_model_id,
        slots=tuple(
            SlotDraft(
                name=name,
                grams=use.grams or Decimal(0),
                purge_g=use.purge_g or Decimal(0),
                material_type=use.material_type,
                colour_hex=use.colour_hex,
                origin=_origin(use),
            )
            for name, use in zip(names, uses, strict=True)
        ),
    )
    return PlateDraft(
        index=plate.index,
        seconds=plate.seconds,
        layers=plate.layers,
        uses=uses,
        thumbnails=tuple(sorted(plate.thumbnails, key=lambda each: -each.width * each.height)),
        recipe=recipe,
        variant_name=_variant_name(uses),
        bindings=_guessed_bindings(names, uses),
    )


def _used(slots: Sequence[SlotUse]) -> list[SlotUse]:
    used = [slot for slot in slots if slot.used]
    # A file that names no filament was printed from one all the same: its grams are asked for.
    return used or [slot for slot in slots if slot.used is None] or list(slots[:1]) or [SlotUse(slot=0)]


def _use(slot: SlotUse) -> Use:
    material = (slot.type or "").strip()[:40]
    grams, computed, guessed = slot.grams, slot.computed, False
    if grams is None and slot.millimetres:
        density = slot.density_g_per_cm3 or density_g_cm3(material)
        guessed = density is None
        computed = True
        grams = filament_grams(
            length_mm=slot.millimetres,
            diameter_mm=slot.diameter_mm or _USUAL_DIAMETER_MM,
            density_g_cm3=density or _USUAL_DENSITY_G_CM3,
        )
    return Use(
        position=slot.slot,
        grams=_thousandths(grams),
        purge_g=_thousandths(slot.purge_grams),
        length_mm=_thousandths(slot.millimetres),
        material_type=material,
        colour_hex=_hex(slot.colour),
        filament_name=(slot.name or "").strip()[:120],
        computed=computed,
        guessed_density=guessed,
    )


def _with_purge(plate: Plate, uses: list[Use]) -> list[Use]:
    """Slicers count purge in the slot's grams; where only the sum is told it is shared by grams."""
    total_g = sum((use.grams or Decimal(0) for use in uses), Decimal(0))
    shared_g = plate.purge_grams if plate.purge_grams and total_g else None
    result = []
    for use in uses:
        purge_g = use.purge_g
        if purge_g is None and shared_g is not None and use.grams is not None:
            purge_g = (shared_g * use.grams / total_g).quantize(_THOUSANDTH)
        if purge_g is not None and use.grams is not None:
            purge_g = min(purge_g, use.grams)
            result.append(replace(use, grams=use.grams - purge_g, purge_g=purge_g))
        else:
            result.append(use)
    return result


def _origin(use: Use) -> str:
    if use.grams is None:
        return Origin.UNKNOWN
    if use.guessed_density:
        return Origin.ASSUMED
    return Origin.COMPUTED if use.computed else Origin.SLICED


def _slot_names(uses: Sequence[Use]) -> list[str]:
    """One colour is the body; else the colours' names, numbered where two are alike."""
    if len(uses) == 1:
        return [_("Body")]
    names: list[str] = []
    for use in uses:
        name = colour_name(use.colour_hex) or _("Colour")
        number = sum(1 for other in names if other.rsplit(" ", 1)[0] == name or other == name)
        names.append(f"{name} {number + 1}" if number else name)
    return names


def _variant_name(uses: Sequence[Use]) -> str:
    colours = list(dict.fromkeys(name for use in uses if (name := colour_name(use.colour_hex))))
    materials = list(dict.fromkeys(use.material_type for use in uses if use.material_type))
    words = [" / ".join(colours[:4]), " / ".join(materials[:2])]
    return " ".join(word for word in words if word)[:120] or _("Standard")


def _guessed_bindings(names: Sequence[str], uses: Sequence[Use]) -> dict[str, Binding]:
    guesses = look_alikes([(use.material_type, use.colour_hex) for use in uses])
    return {
        name: Binding(filament_id=filament.pk, guessed=True)
        for name, filament in zip(names, guesses, strict=True)
        if filament
    }


def look_alikes(wanted: Sequence[tuple[str, str]]) -> list[Filament | None]:
    """The shop's own filaments that come closest to the (material, colour) a file or a recipe names, where one is close.

    Colours that differ never get the same filament.
    """
    known = [(known_material(material) or material, colour) for material, colour in wanted]
    asked = [(library.material_name(material), colour) for material, colour in known if material and colour]
    found = iter(closest_filaments(asked))
    return [next(found) if material and colour else None for material, colour in known]


def _hex(colour: str | None) -> str:
    text = (colour or "").strip().lower()
    if len(text) == 9 and text.startswith("#"):
        text = text[:7]
    is_hex = len(text) == 7 and text[0] == "#" and all(letter in "0123456789abcdef" for letter in text[1:])
    return text if is_hex else ""


def _thousandths(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(_THOUSANDTH)
