"""What a material costs before anybody has bought it here, and how heavy it is: shipped figures, always assumed."""

from dataclasses import dataclass
from decimal import Decimal

from catalog.domain.currencies import conversion_note, from_eur, shipped
from inventory.domain import library
from nozzly.core.money import round_unit_cost

_GRAMS_IN_A_KG = Decimal(1000)


@dataclass(frozen=True)
class ListPrice:
    cost_per_g: Decimal
    source: str


def known_material(material_type: str, table: str = "eur_per_kg") -> str | None:
    """The shipped name nearest to what a file or a person calls a material: "pla silk" → PLA-SILK, "PETG HF" → PETG."""
    known = shipped("list_prices")[table]
    words = material_type.upper().replace("_", " ").replace("-", " ").replace("GENERIC", "").split()
    for length in range(len(words), 0, -1):
        for start in range(len(words) - length + 1):
            name = "-".join(words[start : start + length])
            if name in known:
                return name
    return None


def list_price(material_type: str, currency: str) -> ListPrice:
    """Cost of a gram: the stock room's usual price where it knows the material, else the shipped list's."""
    data, name = shipped("list_prices"), known_material(material_type)
    if (name or material_type).upper() in library.materials():
        cost_per_g = library.guessed_cost_per_g(name or material_type, currency=currency)
        return ListPrice(cost_per_g, f"usual price of {name or material_type}")
    eur_per_kg = Decimal(data["eur_per_kg"][name] if name else data["fallback_eur_per_kg"])
    source = (
        f"{name or material_type or 'any material'}: {eur_per_kg} EUR/kg, {data['source']}{conversion_note(currency)}"
    )
    return ListPrice(round_unit_cost(from_eur(eur_per_kg, currency) / _GRAMS_IN_A_KG), source)


def density_g_cm3(material_type: str) -> Decimal | None:
    name = known_material(material_type, "density_g_cm3")
    return Decimal(shipped("list_prices")["density_g_cm3"][name]) if name else None
