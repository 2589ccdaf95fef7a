"""Who refers to a row, without the app below knowing those above."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Model


@dataclass(frozen=True)
class Use:
    """``row_id`` of a row that something refers to, and what refers to it, in words."""

    row_id: int
    by: str


def first_use(rows: Iterable[Model], *, apart_from: Collection[str] = ()) -> Use | None:
    """The first reference to any of the rows, all of one model. ``apart_from``: models as "catalog.VariantSlot"."""
    rows = list(rows)
    for relation in rows[0]._meta.related_objects if rows else ():
        if relation.many_to_many or relation.related_model._meta.label in apart_from:
            continue
        column = relation.field.attname
        found = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": rows})
        row_id = found.order_by("pk").values_list(column, flat=True).first()
        if row_id is not None:
            return Use(row_id, str(relation.related_model._meta.verbose_name))
    return None
