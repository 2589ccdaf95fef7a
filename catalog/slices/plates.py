"""What a sliced file says, in plain values. None always means "the file does not say", never zero."""

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnail:
    """A picture as the slicer stored it; ``catalog.slices.as_png`` turns it into something a browser shows.

    ``format`` is PNG, JPG, QOI or BMP, or RGB565 (MKS) or M4010 (QIDI) for raw pixels.
    """

    format: str
    width: int
    height: int
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotUse:
    """One filament slot: what is set up in it and what this plate takes out of it.

    ``grams`` include whatever goes into the wipe tower or is flushed; ``purge_grams`` is that part of them, as stated
    or worked out from the file's own flush volumes.
    ``computed``: the file gives no weight, so grams come from length (or volume), diameter and density.
    ``used`` is False for a slot that is set up but takes no part in this plate.
    """

    slot: int
    type: str | None = None
    colour: str | None = None
    vendor: str | None = None
    name: str | None = None
    grams: Decimal | None = None
    millimetres: Decimal | None = None
    volume_mm3: Decimal | None = None
    purge_grams: Decimal | None = None
    computed: bool = False
    density_g_per_cm3: Decimal | None = None
    diameter_mm: Decimal | None = None
    used: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    """One bed. ``purge_grams`` is the wipe tower of all slots together, a part of their grams."""

    index: int
    seconds: int | None = None
    layers: int | None = None
    filaments: tuple[SlotUse, ...] = ()
    thumbnails: tuple[Thumbnail, ...] = ()
    purge_grams: Decimal | None = None
    filament_changes: int | None = None
    bed_type: str | None = None

    @property
    def used(self) -> tuple[SlotUse, ...]:
        return tuple(use for use in self.filaments if use.used)

    @property
    def grams(self) -> Decimal | None:
        """The weight of all used slots; None as soon as one of them is unknown."""
        weights = [use.grams for use in self.filaments if use.used is not False]
        if not weights or None in weights:
            return None
        return sum(weights, Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The printer the file was sliced for."""

    printer_model: str | None = None
    printer_profile: str | None = None
    nozzle_mm: Decimal | None = None
    layer_height_mm: Decimal | None = None
    bed_x_mm: Decimal | None = None
    bed_y_mm: Decimal | None = None
    bed_z_mm: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice(Setup):
    slicer: str | None = None
    version: str | None = None
    plates: tuple[Plate, ...] = ()
