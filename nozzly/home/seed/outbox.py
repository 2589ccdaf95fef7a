"""Rows on their way to the database, written table by table in large portions."""

from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import Model

from catalog.models import (
    Plate,
    PlateOutput,
    PlateSlot,
    Product,
    ProductPhoto,
    Recipe,
    RecipeComponent,
    RecipeSlot,
    RecipeStep,
    SliceFile,
    SliceSlot,
    Variant,
    VariantSlot,
)
from inventory.models import Delivery, DeliveryLine, Item, Lot, Reservation, Spool
from pricing.models import Listing, PriceChange
from production.models import Run, RunCostLine, RunEvent, RunMaterial, RunOutput, RunShare
from sales.models import Customer, Order, OrderCharge, OrderEvent, OrderLine, Parcel

# Parents before children.
_ORDER: tuple[type[Model], ...] = (
    Product, Item, Variant, Recipe, RecipeSlot, RecipeComponent, RecipeStep, VariantSlot, ProductPhoto, Plate, PlateOutput,
    PlateSlot, SliceFile, SliceSlot, Listing, PriceChange, Delivery, DeliveryLine, Lot, Spool, Run, RunOutput, RunMaterial,
    RunShare, RunCostLine, RunEvent, Customer, Order, OrderLine, Parcel, OrderCharge, OrderEvent, Reservation,
)  # fmt: skip
# Nothing refers to these, so they need no key back and go by COPY, which takes a fifth of the time.
_LEAVES = frozenset([RunShare, RunCostLine, RunEvent, OrderCharge, OrderEvent, Parcel])
_ROWS_AT_ONCE = 2000


class Outbox:
    def __init__(self) -> None:
        self._rows: dict[type[Model], list[Model]] = {model: [] for model in _ORDER}

    def add(self, *rows: Model) -> None:
        for row in rows:
            self._rows[type(row)].append(row)

    @property
    def size(self) -> int:
        return sum(len(rows) for rows in self._rows.values())

    def flush(self) -> None:
        for model in _ORDER:
            rows, self._rows[model] = self._rows[model], []
            if model in _LEAVES:
                _copy(model, rows)
            elif model is Run:
                # A reprint names an earlier run, perhaps of this very portion.
                _insert(model, [run for run in rows if run.reprint_of is None])
                _insert(model, [run for run in rows if run.reprint_of is not None])
            else:
                _insert(model, rows)


def _insert(model: type[Model], rows: Sequence[Model]) -> None:
    if rows:
        model._default_manager.bulk_create(rows, batch_size=_ROWS_AT_ONCE)


def _copy(model: type[Model], rows: Iterable[Model]) -> None:
    rows = list(rows)
    if not rows:
        return
    fields = [field for field in model._meta.concrete_fields if not field.primary_key and not field.generated]
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in rows:
            row._prepare_related_fields_for_save(operation_name="copy")
            copy.write_row([field.pre_save(row, add=True) for field in fields])
