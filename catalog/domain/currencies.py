"""The shipped table that turns list prices in euro into the workspace's money, before real prices are known."""

import tomllib
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files

from nozzly.core.money import minor_unit


@cache
def shipped(name: str) -> dict:
    """A data file of this package, read once."""
    return tomllib.loads(files("catalog.data").joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def per_eur(currency: str) -> Decimal:
    """Units of the currency for one euro; 1 for a currency that the table does not know."""
    return Decimal(shipped("currencies")["per_eur"].get(currency.upper(), "1"))


def from_eur(amount: Decimal, currency: str) -> Decimal:
    return amount * per_eur(currency)


def convert(amount: Decimal, *, currency: str, to: str) -> Decimal:
    return amount if currency == to else amount / per_eur(currency) * per_eur(to)


def round_guess(amount: Decimal, currency: str) -> Decimal:
    """A converted guess to three digits that count, never finer than the currency pays: 644.32 → 644, 24,480 → 24,500."""
    if not amount:
        return amount
    step = max(Decimal(1).scaleb(amount.adjusted() - 2), minor_unit(currency))
    return ((amount / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step).quantize(minor_unit(currency))


def conversion_note(currency: str) -> str:
    """What a source line says about the conversion; empty for euro."""
    if currency == "EUR":
        return ""
    if currency.upper() not in shipped("currencies")["per_eur"]:
        return f"; in EUR, not converted to {currency}"
    return f"; 1 EUR = {per_eur(currency)} {currency}"
