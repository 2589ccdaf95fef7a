"""Edges where other units become ours: grams, millimetres, seconds. Storage knows nothing else."""

import re
from decimal import Decimal, InvalidOperation

from nozzly.core.errors import DomainError

_GRAMS = {
    "": Decimal(1),
    "g": Decimal(1),
    "kg": Decimal(1000),
    "mg": Decimal("0.001"),
    "lb": Decimal("453.59237"),
    "lbs": Decimal("453.59237"),
    "oz": Decimal("28.349523125"),
}
_QUANTITY = re.compile(r"^\s*(?P<number>[-+]?[\d.,'\s]*\d[\d.,]*)\s*(?P<unit>[a-zA-Z]*)\s*$")
_THOUSANDTH = Decimal("0.001")


class NotANumber(DomainError):
    pass


def parse_decimal(text: str) -> Decimal:
    """Read "1.75", "1,75", "1 234,50", "1,234.50" or "1'234.50".

    A single separator followed by exactly three digits is ambiguous ("1,234") and is read as a thousands
    separator only for a comma; a point is a decimal point. Raises NotANumber.
    """
    cleaned = re.sub(r"[\s'\u00a0\u202f]", "", text)
    last_comma, last_point = cleaned.rfind(","), cleaned.rfind(".")
    if last_comma > last_point:
        decimal_comma = last_point >= 0 or (cleaned.count(",") == 1 and len(cleaned) - last_comma - 1 != 3)
        cleaned = cleaned.replace(".", "").replace(",", "." if decimal_comma else "")
    else:
        cleaned = cleaned.replace(",", "")
    try:
        number = Decimal(cleaned)
    except InvalidOperation:
        raise NotANumber(f"“{text}” is not a number.") from None
    if not number.is_finite():
        raise NotANumber(f"“{text}” is not a number.")
    return number


def parse_grams(text: str) -> Decimal:
    """Grams to the milligram from "1 kg", "2.2 lb", "8 oz", "250" (grams). Raises NotANumber."""
    match = _QUANTITY.match(text)
    if not match or match["unit"].lower() not in _GRAMS:
        raise NotANumber(f"“{text}” is not a weight; write for example 750 g or 1 kg.")
    try:
        return (parse_decimal(match["number"]) * _GRAMS[match["unit"].lower()]).quantize(_THOUSANDTH)
    except InvalidOperation:  # more digits than a Decimal keeps
        raise NotANumber(f"“{text}” is more than there is.") from None


def filament_grams(*, length_mm: Decimal, diameter_mm: Decimal, density_g_cm3: Decimal) -> Decimal:
    """Grams of a length of filament: a cylinder's volume in cm³ times its density."""
    radius_mm = diameter_mm / 2
    volume_mm3 = Decimal("3.14159265358979") * radius_mm * radius_mm * length_mm
    return (volume_mm3 / 1000 * density_g_cm3).quantize(_THOUSANDTH)


def filament_length_mm(*, grams: Decimal, diameter_mm: Decimal, density_g_cm3: Decimal) -> Decimal:
    """Millimetres of filament in so many grams."""
    radius_mm = diameter_mm / 2
    area_mm2 = Decimal("3.14159265358979") * radius_mm * radius_mm
    return (grams * 1000 / density_g_cm3 / area_mm2).quantize(Decimal(1))
