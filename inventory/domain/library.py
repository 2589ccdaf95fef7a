"""The filament library that ships with Nozzly: facts in package files, copied to rows when picked."""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from nozzly.core.money import round_unit_cost

_FILES = Path(__file__).resolve().parent.parent / "library"
_ALIASES = {"PLA+": "PLA", "PLA PRO": "PLA", "NYLON": "PA", "FLEX": "TPU", "COPE": "PETG"}
USUAL_DIAMETER_MM = Decimal("1.75")
_UNKNOWN_DENSITY = Decimal("1.24")
_UNKNOWN_COST_PER_KG = Decimal(25)


@dataclass(frozen=True)
class LibraryFilament:
    reference: str
    brand: str
    series: str
    material: str
    colour_name: str
    colour_hexes: tuple[str, ...]
    finish: str
    diameter_mm: Decimal
    net_weight_g: Decimal
    empty_reel_g: Decimal | None
    density_g_cm3: Decimal | None

    @property
    def words(self) -> str:
        return f"{self.brand} {self.series} {self.material} {self.finish} {self.colour_name}".lower()


@dataclass(frozen=True)
class LibraryMaterial:
    name: str
    density_g_cm3: Decimal
    cost_per_kg: Decimal  # a usual price in euro or dollar, for a first guess


def by_reference(reference: str) -> LibraryFilament | None:
    return next((entry for entry in filaments() if entry.reference == reference), None)


@cache
def filaments() -> tuple[LibraryFilament, ...]:
    series = tomllib.loads((_FILES / "filaments.toml").read_text(), parse_float=Decimal)["series"]
    return tuple(_entry(one, name, colours) for one in series for name, colours in one["colours"].items())


@cache
def materials() -> dict[str, LibraryMaterial]:
    rows = tomllib.loads((_FILES / "materials.toml").read_text(), parse_float=Decimal)["materials"]
    return {
        name.upper(): LibraryMaterial(name, Decimal(row["density_g_cm3"]), Decimal(row["cost_per_kg"]))
        for name, row in rows.items()
    }


def material_name(name: str) -> str:
    """The library's way of writing a material, else the name as it is: "pla+" is PLA, "petg" is PETG."""
    wanted = name.strip().upper()
    known = materials().get(wanted) or materials().get(_ALIASES.get(wanted, ""))
    return known.name if known else name.strip()


def density_g_cm3(material: str) -> Decimal:
    """The usual density; that of PLA for a material nobody has heard of."""
    known = materials().get(material_name(material).upper())
    return known.density_g_cm3 if known else _UNKNOWN_DENSITY


def guessed_cost_per_g(material: str, *, currency: str) -> Decimal:
    """A usual price per gram, good enough for a first number that is badged as assumed."""
    known = materials().get(material_name(material).upper())
    per_kg = known.cost_per_kg if known else _UNKNOWN_COST_PER_KG
    return round_unit_cost(per_kg * _price_levels().get(currency, Decimal(1)) / 1000)


@cache
def _price_levels() -> dict[str, Decimal]:
    """How many units of a currency buy roughly what one euro or dollar buys of filament."""
    levels = tomllib.loads((_FILES / "materials.toml").read_text(), parse_float=Decimal)["price_levels"]
    return {currency: Decimal(level) for currency, level in levels.items()}


def _entry(series: dict, colour_name: str, colours: str) -> LibraryFilament:
    name = f"{series['brand']} {series['name']} {colour_name}"
    return LibraryFilament(
        reference=name.lower().replace(" ", "-"),
        brand=series["brand"],
        series=series["name"],
        material=series["material"],
        colour_name=colour_name,
        colour_hexes=tuple(colours.split()),
        finish=series.get("finish", ""),
        diameter_mm=Decimal(series.get("diameter_mm", "1.75")),
        net_weight_g=Decimal(series.get("net_g", 1000)),
        empty_reel_g=Decimal(series["reel_g"]) if "reel_g" in series else None,
        density_g_cm3=series.get("density_g_cm3"),
    )
