"""UltiMaker's .ufp: G-code of Cura with the materials it was sliced for."""

import re
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from pathlib import PurePosixPath

from catalog.slices import figures, slots, vocabulary
from catalog.slices.archive import Archive
from catalog.slices.comments import Notes
from catalog.slices.gcode_text import END_BYTES, Ends, ends_of_stream, notes_of, plate_of, require_gcode, says_enough
from catalog.slices.makers import maker_of
from catalog.slices.pictures import recognise
from catalog.slices.plates import Slice, SlotUse
from catalog.slices.printers import setup
from catalog.slices.project_3mf import MAX_PICTURE_BYTES, json_object, xml
from catalog.slices.vocabulary import MAX_SLOTS

GCODE = "3D/model.gcode"
THUMBNAIL = "Metadata/thumbnail.png"
SLICE_METADATA = "Cura/slicemetadata.json"
MATERIAL = re.compile(r"(?:Materials|Cura)/[^/]{1,200}\.fdm_material")
MAX_MATERIALS = 16


@dataclass(frozen=True, slots=True)
class Material:
    file_stem: str
    guid: str | None = None
    brand: str | None = None
    material: str | None = None
    color_code: str | None = None
    density: Decimal | None = None
    diameter: Decimal | None = None


def read_ufp(archive: Archive) -> Slice:
    ends, layers = Ends(archive.head(GCODE, most_bytes=END_BYTES)), None
    notes = notes_of(ends)
    if not says_enough(notes):
        ends, layers = ends_of_stream(archive.chunks(GCODE))
        notes = notes_of(ends)
    require_gcode(ends)
    plate = plate_of(notes, ends, index=1, layers=layers)
    weights = _weights(archive)
    materials = _materials(archive)
    filaments = tuple(
        _with_material(use, _material_of(use.slot, materials, notes), grams=weights.get(use.slot))
        for use in plate.filaments
    )
    picture = recognise(archive.head(THUMBNAIL, most_bytes=MAX_PICTURE_BYTES)) if THUMBNAIL in archive else None
    plate = replace(plate, filaments=filaments, thumbnails=(*((picture,) if picture else ()), *plate.thumbnails))
    maker = maker_of(*ends.parts)
    return Slice(slicer=maker.slicer, version=maker.version, plates=(plate,), **asdict(setup(notes)))


def _weights(archive: Archive) -> dict[int, Decimal]:
    """Grams by extruder, as newer Cura notes them beside the G-code."""
    if SLICE_METADATA not in archive:
        return {}
    material = json_object(archive, SLICE_METADATA).get("material")
    weights = material.get("weight") if isinstance(material, dict) else None
    if not isinstance(weights, list):
        return {}
    read = {
        slot: figures.positive(f"{weight:.4f}") for slot, weight in enumerate(weights[:MAX_SLOTS]) if _is_number(weight)
    }
    return {slot: weight for slot, weight in read.items() if weight is not None}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9


def _materials(archive: Archive) -> list[Material]:
    names = [name for name in archive.names if MATERIAL.fullmatch(name)]
    found = [_material(archive, name) for name in names[:MAX_MATERIALS]]
    # Cura packs the profile that a material derives from as well: generic_pla beside generic_pla_175.
    return [one for one in found if not any(other.file_stem.startswith(f"{one.file_stem}_") for other in found)]


def _material(archive: Archive, name: str) -> Material:
    root = xml(archive, name)
    wanted = {"GUID", "brand", "material", "color_code", "density", "diameter"}
    found: dict[str, str] = {}
    for element in root.iter():
        tag = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        if tag in wanted and (element.text or "").strip():
            found.setdefault(tag, element.text.strip()[: slots.MAX_TEXT_CHARACTERS])
    return Material(
        file_stem=PurePosixPath(name).name.partition(".")[0],
        guid=found.get("GUID", "").lower() or None,
        brand=found.get("brand"),
        material=found.get("material"),
        color_code=slots.colour(found.get("color_code", "")),
        density=figures.positive(found.get("density", "")),
        diameter=figures.positive(found.get("diameter", "")),
    )


def _material_of(slot: int, materials: list[Material], notes: Notes) -> Material | None:
    """The material the G-code names by its id, else what all materials of the file agree on."""
    guid = slots.slot_texts(notes, vocabulary.MATERIAL_GUID).get(slot, "").lower()
    named = [material for material in materials if guid and material.guid == guid]
    candidates = named[:1] or materials
    if not candidates:
        return None
    first = asdict(candidates[0])
    return Material(
        **{key: value if all(asdict(one)[key] == value for one in candidates) else None for key, value in first.items()}
    )


def _with_material(use: SlotUse, material: Material | None, *, grams: Decimal | None) -> SlotUse:
    if material is not None:
        use = replace(
            use,
            type=use.type or material.material,
            colour=use.colour or material.color_code,
            vendor=use.vendor or material.brand,
            density_g_per_cm3=use.density_g_per_cm3 or material.density,
            diameter_mm=use.diameter_mm or material.diameter,
        )
    if use.used is False:
        return use
    return slots.weighed(replace(use, grams=use.grams if use.grams is not None else grams))
