"""{% load catalog %}: small helps of the catalogue's own pages."""

from decimal import Decimal

from django import template

from catalog.documents import snapshot_moves
from catalog.domain import recipes
from nozzly.web.formatting import number

register = template.Library()


@register.simple_tag
def slot_binding(bindings, slot_name):
    """{% slot_binding bindings slot.name as binding %}: what a variant puts into the slot, or None."""
    return bindings.get(slot_name)


@register.simple_tag
def moves_of(snapshot):
    """{% moves_of snapshot as moves %}: what moved its cost since the one before, the largest move first."""
    return snapshot_moves(snapshot.before_lines or [], snapshot.lines)


@register.filter
def unknown_numbers(recipe):
    """{{ recipe|unknown_numbers|join:", " }}: what nobody has said yet; empty for a recipe that says all."""
    return recipes.unknown_numbers(recipe) if recipe else []


@register.filter
def plain(value):
    """A quantity without idle zeros: 2, 0.5, 1,200."""
    amount = Decimal(value or 0).normalize()
    return number(amount, max(0, -amount.as_tuple().exponent))
