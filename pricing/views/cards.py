"""A row of a comparison with the boxes in which its prices are typed."""

from dataclasses import dataclass

from django.forms import BoundField, Form

from pricing.domain.compare import Comparison, Row


@dataclass(frozen=True)
class Card:
    row: Row
    price: BoundField
    postage: BoundField | None
    is_best: bool


def cards(comparison: Comparison | None, form: Form) -> list[Card]:
    """Fields of the form are called ``price_<channel>`` and, where it has them, ``postage_<channel>``."""
    if comparison is None:
        return []
    best = comparison.best
    return [_card(row, form, is_best=row is best) for row in comparison.rows]


def _card(row: Row, form: Form, *, is_best: bool) -> Card:
    postage = f"postage_{row.channel.pk}"
    return Card(row, form[f"price_{row.channel.pk}"], form[postage] if postage in form.fields else None, is_best)
