"""Sliced .3mf of BambuStudio, OrcaSlicer and their forks: one G-code per plate and a table of what each takes."""

import json
import re
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from catalog.slices import figures, flushes, slots, towers, vocabulary
from catalog.slices.archive import Archive
from catalog.slices.errors import DamagedSlice, UnreadableSlice
from catalog.slices.gcode_text import (
    END_BYTES,
    MAX_LAYER_SCAN_BYTES,
    Ends,
    ends_of_stream,
    notes_of,
    plate_of,
    says_enough,
)
from catalog.slices.makers import Maker, maker_of
from catalog.slices.pictures import recognise
from catalog.slices.plates import Plate, Setup, Slice, SlotUse, Thumbnail
from catalog.slices.printers import setup
from catalog.slices.vocabulary import MAX_SLOTS

SLICE_INFO = "Metadata/slice_info.config"
PROJECT_SETTINGS = "Metadata/project_settings.config"
PLATE_GCODE = re.compile(r"Metadata/plate_([0-9]{1,3})\.gcode")
MAX_TABLE_BYTES = 1024 * 1024
MAX_DEPTH = 32
MAX_PLATES = 64
# Bambu numbers pictures by plate; "top" and "pick" pictures are masks for the printer, not for people.
PICTURES = ("plate_{}.png", "plate_{}_small.png", "plate_no_light_{}.png")
MAX_PICTURE_BYTES = 2 * 1024 * 1024
MAX_ALL_PICTURES_BYTES = 16 * 1024 * 1024
# used_m has two decimals.
ROUNDING_MM = Decimal(6)
_SETTINGS = (
    *("filament_type", "filament_colour", "filament_settings_id", "filament_vendor"),
    *("filament_density", "filament_diameter", "printer_model", "printer_settings_id", "nozzle_diameter"),
    *("layer_height", "printable_area", "printable_height", "curr_bed_type"),
)


@dataclass(frozen=True, slots=True)
class PlateInfo:
    """A <plate> of slice_info.config; lengths and weights by 0-based slot."""

    index: int
    values: dict[str, str] = field(default_factory=dict)
    uses: tuple[SlotUse, ...] = ()


@dataclass(frozen=True, slots=True)
class SliceInfo:
    maker: Maker = field(default_factory=Maker)
    plates: tuple[PlateInfo, ...] = ()


def read_3mf(archive: Archive) -> Slice:
    info = slice_info(archive)
    infos = {plate.index: plate for plate in info.plates}
    indexes = sorted({*infos, *_plates_with_gcode(archive)})[:MAX_PLATES]
    if not indexes:
        raise UnreadableSlice("This project has not been sliced yet. Slice it, then export the sliced plates.")
    project = json_object(archive, PROJECT_SETTINGS) if PROJECT_SETTINGS in archive else {}
    sequences = json_object(archive, flushes.SEQUENCE) if flushes.SEQUENCE in archive else {}
    settings = project_settings(project)
    pictures = _Pictures(archive)
    maker, printer, plates = Maker(), Setup(), []
    for index in indexes:
        ends, layers = _gcode(archive, index, info=infos.get(index))
        notes = notes_of(ends)
        for key, value in (*infos.get(index, PlateInfo(index)).values.items(), *settings):
            notes.add(key, value)
        plate = plate_of(notes, ends, index=index, layers=layers)
        plate = _with_info(plate, infos.get(index))
        filaments = flushes.with_flushes(plate.filaments, project=project, sequences=sequences, index=index)
        if towers.is_asked(filaments) and project.get("enable_prime_tower") != "0":
            filaments = towers.with_tower(filaments, _tower(archive, index), stated_g=plate.purge_grams)
        plates.append(_with_pictures(replace(plate, filaments=filaments), pictures.of(index)))
        if len(plates) == 1:
            maker, printer = maker_of(*ends.parts), setup(notes)
    maker = maker if maker.slicer else info.maker
    return Slice(slicer=maker.slicer, version=maker.version, plates=tuple(plates), **asdict(printer))


def _tower(archive: Archive, index: int) -> towers.Tower | None:
    """The tower only adds to what the table says: G-code that is damaged or too long leaves it out."""
    name = f"Metadata/plate_{index}.gcode"
    if name not in archive or not archive.may_unpack(name, most_bytes=MAX_LAYER_SCAN_BYTES):
        return None
    try:
        return towers.measured(archive.chunks(name))
    except UnreadableSlice:
        return None


def is_project(archive: Archive) -> bool:
    return "3D/3dmodel.model" in archive or SLICE_INFO in archive or bool(_plates_with_gcode(archive))


def slice_info(archive: Archive) -> SliceInfo:
    if SLICE_INFO not in archive:
        return SliceInfo()
    root = xml(archive, SLICE_INFO)
    headers = {item.get("key"): item.get("value") or "" for item in root.findall("header/header_item")}
    if headers.get("OrcaSlicer-Version"):
        maker = Maker("OrcaSlicer", headers["OrcaSlicer-Version"])
    elif headers.get("X-BBL-Client-Version"):
        maker = Maker("BambuStudio", headers["X-BBL-Client-Version"])
    else:
        maker = Maker()
    plates = [_plate_info(element, position) for position, element in enumerate(root.findall("plate"), start=1)]
    return SliceInfo(maker, tuple(plates[:MAX_PLATES]))


class _ShallowTree(TreeBuilder):
    """Elements left open by the hundred thousand cost the parser far more memory than the file is long."""

    depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> Element:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ValueError("too deep")
        return super().start(tag, attributes)

    def end(self, tag: str) -> Element:
        self.depth -= 1
        return super().end(tag)


def xml(archive: Archive, name: str) -> Element:
    """Raises UnreadableSlice for a DTD, an entity or anything that is no XML."""
    try:
        parser = DefusedXMLParser(target=_ShallowTree(), forbid_dtd=True)
        parser.feed(archive.read(name, most_bytes=MAX_TABLE_BYTES))
        return parser.close()
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise DamagedSlice(f"{name} cannot be read") from error


def _plate_info(element: Element, position: int) -> PlateInfo:
    values = {item.get("key") or "": item.get("value") or "" for item in element.findall("metadata")}
    uses = {}
    for item in element.findall("filament"):
        number = figures.count(item.get("id") or "")
        if number and number <= MAX_SLOTS:
            uses.setdefault(number - 1, _slot_use(number - 1, item))
    index = figures.count(values.get("index", "")) or position
    return PlateInfo(index, values, tuple(uses[slot] for slot in sorted(uses)))


def _slot_use(slot: int, item: Element) -> SlotUse:
    metres = figures.amount(item.get("used_m") or "")
    return SlotUse(
        slot=slot,
        type=(item.get("type") or "").strip()[: slots.MAX_TEXT_CHARACTERS] or None,
        colour=slots.colour((item.get("color") or "").strip()),
        grams=figures.amount(item.get("used_g") or ""),
        millimetres=metres * 1000 if metres is not None else None,
    )


def _plates_with_gcode(archive: Archive) -> set[int]:
    return {int(match[1]) for name in archive.names if (match := PLATE_GCODE.fullmatch(name))}


def _gcode(archive: Archive, index: int, *, info: PlateInfo | None) -> tuple[Ends, int | None]:
    """The head of the plate's G-code, and its tail only where the table leaves something out: it must be unpacked."""
    name = f"Metadata/plate_{index}.gcode"
    if name not in archive:
        return Ends(b""), None
    if info is not None and info.uses and figures.seconds(info.values.get("prediction", "")):
        return Ends(archive.head(name, most_bytes=END_BYTES)), None
    ends = Ends(archive.head(name, most_bytes=END_BYTES))
    return (ends, None) if says_enough(notes_of(ends)) else ends_of_stream(archive.chunks(name))


def _with_info(plate: Plate, info: PlateInfo | None) -> Plate:
    if info is None:
        return plate
    seconds = figures.seconds(info.values.get("prediction", ""))
    if not info.uses:
        return replace(plate, seconds=seconds or plate.seconds)
    from_gcode = {use.slot: use for use in plate.filaments}
    uses = [_merged(use, from_gcode.get(use.slot, SlotUse(slot=use.slot))) for use in info.uses]
    filaments = slots.with_purge(uses, plate.purge_grams)
    return replace(plate, seconds=seconds or plate.seconds, filaments=filaments)


def _merged(stated: SlotUse, from_gcode: SlotUse) -> SlotUse:
    """The table's word for grams, the G-code's for millimetres, which it gives with more digits."""
    millimetres = stated.millimetres
    finer = from_gcode.millimetres
    if finer is not None and (millimetres is None or abs(finer - millimetres) <= ROUNDING_MM):
        millimetres = finer
    grams = stated.grams
    if grams is None and not from_gcode.computed:
        grams = from_gcode.grams
    return slots.weighed(
        replace(
            from_gcode,
            type=stated.type or from_gcode.type,
            colour=stated.colour or from_gcode.colour,
            grams=grams,
            millimetres=millimetres,
            computed=False,
            used=bool(grams or millimetres) if (grams, millimetres) != (None, None) else None,
        )
    )


def project_settings(found: dict) -> list[tuple[str, str | tuple[str, ...]]]:
    """The settings that say something about filaments and printer."""
    settings: list[tuple[str, str | tuple[str, ...]]] = []
    for key in _SETTINGS:
        value = found.get(key)
        if isinstance(value, str):
            settings.append((key, value))
        elif isinstance(value, list):
            settings.append((key, tuple(str(item) for item in value[: vocabulary.MAX_SLOTS] if isinstance(item, str))))
    return settings


def json_object(archive: Archive, name: str) -> dict:
    """An empty one for what is too large or no JSON: it only adds to what the G-code says."""
    text = archive.head(name, most_bytes=MAX_TABLE_BYTES + 1)
    try:
        found = json.loads(text) if len(text) <= MAX_TABLE_BYTES else None
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _with_pictures(plate: Plate, pictures: tuple[Thumbnail, ...]) -> Plate:
    return replace(plate, thumbnails=pictures) if pictures else plate


class _Pictures:
    """Pictures by plate, as many as fit into what one file may take."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._bytes_left = MAX_ALL_PICTURES_BYTES

    def of(self, index: int) -> tuple[Thumbnail, ...]:
        found = []
        for pattern in PICTURES:
            name = f"Metadata/{pattern.format(index)}"
            picture = self.read(name) if name in self._archive and self._bytes_left > 0 else None
            found += [picture] if picture else []
        return tuple(found)

    def read(self, name: str) -> Thumbnail | None:
        data = self._archive.head(name, most_bytes=MAX_PICTURE_BYTES + 1)
        if len(data) > MAX_PICTURE_BYTES:
            return None
        self._bytes_left -= len(data)
        return recognise(data)
