"""The words of the slicers: which comment says what, in one table for all of them.

Keys are lower case. Of the rows of a quantity the first that says anything is believed; texts are filled slot by slot
from all rows. Where two words disagree, their order here is the judgement, and the reason stands beside it.
"""

from dataclasses import dataclass
from enum import Enum

MAX_SLOTS = 64


class Layout(Enum):
    LIST = "one value per slot, in order"
    USED_LIST = "one value per used slot; the note `filament` says which (1-based)"
    KEYS = "one key per slot"
    REPEATED = "the same key again for each slot"
    EVERY = "one value for every slot there is"


@dataclass(frozen=True, slots=True)
class Row:
    layout: Layout
    keys: tuple[str, ...]
    unit: str | None = None


def listed(key: str, unit: str | None = None) -> Row:
    return Row(Layout.LIST, (key,), unit)


def used_list(key: str, unit: str) -> Row:
    return Row(Layout.USED_LIST, (key,), unit)


def keys(*names: str, unit: str | None = None) -> Row:
    return Row(Layout.KEYS, names, unit)


def numbered(pattern: str, *, first: int, unit: str | None = None) -> Row:
    return Row(Layout.KEYS, tuple(pattern.format(first + slot) for slot in range(MAX_SLOTS)), unit)


LENGTH = (
    listed("filament used [mm]", "mm"),  # PrusaSlicer, SuperSlicer, OrcaSlicer and their forks
    used_list("total filament length [mm]", "mm"),  # BambuStudio
    listed("filament_length_m", "m"),  # Slic3r 1.3
    numbered("material#{} used", first=1, unit="mm"),  # ideaMaker
    numbered("filament used extruder {} (mm)", first=1, unit="mm"),  # MatterSlice
    numbered("ext #{}", first=1),  # KISSlicer 2
    numbered("ext {}", first=1),  # KISSlicer 1
    keys("filament length"),  # Simplify3D 4: "4375.5 mm (4.38 m)"
    keys("material length"),  # Simplify3D 5
    listed("filament used"),  # Cura (m), Slic3r 1.2 and Kiri:Moto (mm): the unit is written
    listed("filamentused", "mm"),  # WEEDO
)
MASS = (
    listed("filament used [g]", "g"),
    used_list("total filament weight [g]", "g"),
    listed("filament_mass_g", "g"),
    listed("filament mass_g", "g"),
    keys("plastic weight"),
    keys("material weight"),
    listed("filament weight", "g"),  # added to Cura files by hand, as [12.3, 4.5]
    listed("filament used"),  # Cura 15: "1.20m 3.6g"
)
VOLUME = (
    numbered("extruder_train.{}.material.volume_used", first=0, unit="mm3"),  # UltiMaker
    numbered("ext #{}", first=1),
    numbered("ext {}", first=1),
    keys("plastic volume"),
    listed("filament used"),  # Cura for volumetric firmware: "1234mm3"
)
DIAMETER = (
    listed("filament_diameter", "mm"),
    numbered("filament diameter #{}", first=1, unit="mm"),
    numbered("filament_diameter_mm_{}", first=0, unit="mm"),
    Row(Layout.REPEATED, ("fiber_dia_mm",), "mm"),
    Row(Layout.EVERY, ("filamentdiameter",), "mm"),
)
DENSITY = (listed("filament_density"), numbered("filament density #{}", first=1))

TYPE = (
    listed("filament_type"),
    numbered("filament type #{}", first=1),
    keys("filamenttype"),
    keys("filament type"),
    keys("right_extruder_material", "left_extruder_material"),  # FlashPrint: T0 is the right one
    keys("printmaterial"),  # Simplify3D
)
COLOUR = (listed("filament_colour"), listed("extruder_colour"))
VENDOR = (listed("filament_vendor"),)
NAME = (
    listed("filament_settings_id"),
    numbered("filament name #{}", first=1),
    Row(Layout.REPEATED, ("material_name",)),
    keys("filament name"),
    keys("printmaterial"),
)
MATERIAL_GUID = (numbered("extruder_train.{}.material.guid", first=0),)

SECONDS = (
    "total estimated time",  # what Bambu shows: with heating and levelling
    "estimated printing time (normal mode)",
    "estimated printing time",
    "estimated_time(s)",  # Luban, whose TIME is a placeholder of the engine below it
    "print.time",
    "time",
    "print time",
    "calculated-during-export build time",  # KISSlicer 2; its other estimate is made before the export
    "estimated build time",
    "build time",
    "total print time (s)",
    "model printing time",
)
LAYERS = ("total layer number", "total layers count", "total layer count", "layer_count", "layer count")
FILAMENT_CHANGES = ("total filament change", "total filament changes", "total toolchanges")
PURGE_GRAMS = ("total filament used for wipe tower [g]",)
PRINTER_MODEL = ("printer_model", "target_machine.name", "machinetype", "machine_type", "target", "printer_name")
PRINTER_PROFILE = ("printer_settings_id", "profilename")
NOZZLE_MM = (
    "nozzle_diameter",
    "extruder_train.0.nozzle.diameter",
    "nozzle_dia_1",
    "nozzle_diameter_mm_0",
    "extruderdiameter",
    "nozzle diameter",
    "nozzle_diameters",
)
LAYER_HEIGHT_MM = (
    "layer_height",
    "layer height",
    "layerheight",
    "sliceheight",
    "layerthickness",
    "layer_thickness_mm",
    "z_layer_height_mm",
)
BED_OUTLINE = ("bed_shape", "printable_area")
BED_X_MM = ("bed_size_x_mm",)
BED_Y_MM = ("bed_size_y_mm",)
BED_Z_MM = ("max_print_height", "printable_height", "bed_size_z_mm")
BED_TYPE = ("curr_bed_type",)
USED_SLOTS = "filament"
FIRST_TOOL = "first tool"

_ROWS = LENGTH + MASS + VOLUME + DIAMETER + DENSITY + TYPE + COLOUR + VENDOR + NAME + MATERIAL_GUID
_SINGLE = (
    SECONDS
    + LAYERS
    + FILAMENT_CHANGES
    + PURGE_GRAMS
    + PRINTER_MODEL
    + PRINTER_PROFILE
    + NOZZLE_MM
    + LAYER_HEIGHT_MM
    + BED_OUTLINE
    + BED_X_MM
    + BED_Y_MM
    + BED_Z_MM
    + BED_TYPE
)
WANTED = frozenset(key for row in _ROWS for key in row.keys) | frozenset(_SINGLE) | {USED_SLOTS, FIRST_TOOL}
