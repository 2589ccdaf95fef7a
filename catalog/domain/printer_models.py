"""Printer models: the shipped presets, and the rows that a workspace has made of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.domain.currencies import conversion_note, from_eur, round_guess, shipped
from catalog.models import PrinterModel
from nozzly.core.errors import DomainError
from nozzly.core.money import round_unit_cost


class UnknownPreset(DomainError):
    pass


class DefaultNeeded(DomainError):
    pass


@dataclass(frozen=True)
class Preset:
    """A printer model as shipped; money in EUR."""

    maker: str
    name: str
    bed_mm: tuple[int, int, int]
    nozzle_mm: Decimal
    slots: int
    power_w: int
    price_eur: Decimal
    resale_eur: Decimal
    life_h: int
    upkeep_eur_per_h: Decimal
    slicer_names: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.maker} {self.name}"

    def price(self, currency: str) -> Decimal:
        return round_guess(from_eur(self.price_eur, currency), currency)

    def row(self, currency: str) -> PrinterModel:
        """An unsaved row with prices in the workspace's money, badged as assumed."""
        width, depth, height = self.bed_mm
        return PrinterModel(
            maker=self.maker,
            name=self.name,
            bed_x_mm=width,
            bed_y_mm=depth,
            bed_z_mm=height,
            nozzle_mm=self.nozzle_mm,
            slots=self.slots,
            power_w=self.power_w,
            price=self.price(currency),
            resale_price=round_guess(from_eur(self.resale_eur, currency), currency),
            life_h=self.life_h,
            upkeep_per_h=round_unit_cost(from_eur(self.upkeep_eur_per_h, currency)),
            slicer_names=list(self.slicer_names),
            assumed=True,
            source=shipped("printer_models")["source"] + conversion_note(currency),
        )


@cache
def presets() -> tuple[Preset, ...]:
    return tuple(
        Preset(
            maker=row["maker"],
            name=row["name"],
            bed_mm=tuple(row["bed_mm"]),
            nozzle_mm=Decimal(row["nozzle_mm"]),
            slots=row["slots"],
            power_w=row["power_w"],
            price_eur=Decimal(row["price_eur"]),
            resale_eur=Decimal(row["resale_eur"]),
            life_h=row["life_h"],
            upkeep_eur_per_h=Decimal(row["upkeep_eur_per_h"]),
            slicer_names=tuple(row["slicer_names"]),
        )
        for row in shipped("printer_models")["printer"]
    )


def preset_named(name: str) -> Preset:
    """By "maker model". Raises UnknownPreset."""
    for preset in presets():
        if str(preset) == name:
            return preset
    raise UnknownPreset(_("There is no preset called “%(name)s”.") % {"name": name})


def default_preset() -> Preset:
    return preset_named(shipped("printer_models")["default"])


def preset_for_slicer_name(name: str) -> Preset | None:
    """The preset that slicers write like this, letter case aside."""
    wanted = name.strip().casefold()
    return next((each for each in presets() if wanted in {alias.casefold() for alias in each.slicer_names}), None)


def pick_presets(names: Iterable[str], *, currency: str) -> list[PrinterModel]:
    """Make rows of presets; one that is already there is answered as it is. Raises UnknownPreset."""
    with transaction.atomic():
        return [_row_of(preset_named(name), currency) for name in names]


def find_printer_model(slicer_name: str, *, currency: str) -> PrinterModel | None:
    """The row for what a sliced file calls its printer; made from a preset when it is the first such file."""
    if not slicer_name.strip():
        return None
    found = PrinterModel.objects.named_in_slicer(slicer_name.strip()).first()
    preset = None if found else preset_for_slicer_name(slicer_name)
    return found or (_row_of(preset, currency) if preset else None)


def default_printer_model(*, currency: str) -> PrinterModel:
    """The row that stands in where nothing names a printer; made from the shipped default on first need."""
    with transaction.atomic():
        found = PrinterModel.objects.filter(is_default=True).first()
        if found:
            return found
        row = PrinterModel.objects.active().order_by("pk").first() or _row_of(default_preset(), currency)
        row.is_default = True
        row.save(update_fields=["is_default"])
        return row


def make_default(model: PrinterModel) -> None:
    with transaction.atomic():
        PrinterModel.objects.filter(is_default=True).update(is_default=False)
        PrinterModel.objects.filter(pk=model.pk).update(is_default=True, archived_at=None)


def archive_printer_model(model: PrinterModel, *, at: datetime) -> None:
    """Raises DefaultNeeded for the default one."""
    if model.is_default:
        raise DefaultNeeded(_("Make another printer model the default first."))
    PrinterModel.objects.filter(pk=model.pk).update(archived_at=at)


def _row_of(preset: Preset, currency: str) -> PrinterModel:
    row = PrinterModel.objects.filter(maker__iexact=preset.maker, name__iexact=preset.name).first()
    if row is None:
        row = preset.row(currency)
        row.save()
    elif row.archived_at:
        row.archived_at = None
        row.save(update_fields=["archived_at"])
    return row
