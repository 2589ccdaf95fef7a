"""What a material costs before anybody has bought it here: shipped list prices and densities, always assumed."""

from dataclasses import dataclass
from decimal import Decimal

from catalog.domain.currencies import conversion_note, from_eur, shipped
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
    """Cost of a gram by the shipped table; the middling price for a material it does not know."""
    data, name = shipped("list_prices"), known_material(material_type)
    eur_per_kg = Decimal(data["eur_per_kg"][name] if name else data["fallback_eur_per_kg"])
    source = f"{name or material_type or '?'}: {eur_per_kg} EUR/kg, {data['source']}{conversion_note(currency)}"
    return ListPrice(round_unit_cost(from_eur(eur_per_kg, currency) / _GRAMS_IN_A_KG), source)


def density_g_cm3(material_type: str) -> Decimal | None:
    name = known_material(material_type, "density_g_cm3")
    return Decimal(shipped("list_prices")["density_g_cm3"][name]) if name else None
