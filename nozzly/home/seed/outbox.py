"""Rows on their way to the database, written table by table in large portions."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from django.db import connection
from django.db.models import Field, Model
from psycopg.types.json import Jsonb

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

# Parents before children. Few rows, some of them with files and JSON: by the ORM.
_BY_INSERT: tuple[type[Model], ...] = (
    Product, Item, Variant, Recipe, RecipeSlot, RecipeComponent, RecipeStep, VariantSlot, ProductPhoto, Plate, PlateOutput,
    PlateSlot, SliceFile, SliceSlot, Listing, PriceChange,
)  # fmt: skip
# A million rows of plain columns: by COPY, which takes a fifth of the time.
_BY_COPY: tuple[type[Model], ...] = (
    Delivery, DeliveryLine, Lot, Spool, Run, RunOutput, RunMaterial, RunShare, RunCostLine, RunEvent, Customer, Order,
    OrderLine, Parcel, OrderCharge, OrderEvent, Reservation,
)  # fmt: skip
_ROWS_AT_ONCE = 2000
Facts = dict[str, object]


class Outbox:
    """``add`` takes instances; ``tell`` takes the bare facts of a row that nobody asks for again."""

    def __init__(self) -> None:
        self._rows: dict[type[Model], list[Model]] = {model: [] for model in (*_BY_INSERT, *_BY_COPY)}
        self._facts: dict[type[Model], list[Facts]] = {model: [] for model in _BY_COPY}
        self.size = 0

    def add(self, *rows: Model) -> None:
        for row in rows:
            self._rows[type(row)].append(row)
        self.size += len(rows)

    def tell(self, model: type[Model], facts: Iterable[Facts]) -> None:
        before = len(self._facts[model])
        self._facts[model] += facts
        self.size += len(self._facts[model]) - before

    def flush(self) -> None:
        for model in _BY_INSERT:
            rows, self._rows[model] = self._rows[model], []
            if rows:
                model._default_manager.bulk_create(rows, batch_size=_ROWS_AT_ONCE)
        for model in _BY_COPY:
            rows, self._rows[model] = self._rows[model], []
            facts, self._facts[model] = self._facts[model], []
            if rows:
                _number(model, rows)
                _copy(model, _columns(model), [_values_of_row(row, _columns(model)) for row in rows])
            if facts:
                columns = [field for field in _columns(model) if not field.primary_key]
                _copy(model, columns, [_values_of_facts(one, columns) for one in facts])
        self.size = 0


def _columns(model: type[Model]) -> list[Field]:
    # Search columns are filled by the database or by the app's own search.
    return [field for field in model._meta.concrete_fields if not field.generated and field.name != "search"]


def _number(model: type[Model], rows: Sequence[Model]) -> None:
    """Take their keys from the table's own sequence, so that rows that refer to them can be written."""
    if model._meta.pk.remote_field is not None:
        for row in rows:
            row._prepare_related_fields_for_save(operation_name="copy")
        return
    with connection.cursor() as cursor:
        sequence = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
        cursor.execute(sequence, [model._meta.db_table, model._meta.pk.column, len(rows)])
        for row, (key,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = key


def _values_of_row(row: Model, columns: Sequence[Field]) -> list[object]:
    values, related = row.__dict__, row._state.fields_cache
    now = datetime.now(UTC)
    found = []
    for field in columns:
        other = related.get(field.name) if field.remote_field else None
        value = values[field.attname] if other is None else other.pk
        if value is None and field.name in {"created_at", "updated_at"}:
            value = now
        found.append(value)
    return found


def _values_of_facts(facts: Facts, columns: Sequence[Field]) -> list[object]:
    return [value.pk if isinstance(value := facts[field.name], Model) else value for field in columns]


def _copy(model: type[Model], columns: Sequence[Field], rows: Iterable[Sequence[object]]) -> None:
    names = ", ".join(connection.ops.quote_name(field.column) for field in columns)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([Jsonb(value) if isinstance(value, dict) else value for value in row])
