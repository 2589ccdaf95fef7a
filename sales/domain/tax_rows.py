"""The one shape of everything that a tax return adds up."""

from decimal import Decimal

from django.db.models import CharField, DecimalField, ExpressionWrapper, F, QuerySet, Value

OUTPUT, INPUT = "output", "input"
OWED = "owed"  # the box of tax that we owe ourselves on what we bought
MONEY = DecimalField(max_digits=14, decimal_places=2)
RATE = DecimalField(max_digits=7, decimal_places=4)
TEXT = CharField()
COLUMNS = (
    "entry_kind",
    "source_pk",
    "on_day",
    "label",
    "side",
    "box",
    "rate_pct",
    "country_code",
    "net_amount",
    "tax_amount",
)


def uniform(rows: QuerySet, *, source: str, on: object, side: str = OUTPUT, pk: str = "pk", **columns) -> QuerySet:
    """``on`` is a column or an expression; ``pk`` names the row that the page of an entry shows."""
    fixed = {
        "entry_kind": Value(source, TEXT), "source_pk": F(pk), "on_day": F(on) if isinstance(on, str) else on,
        "side": Value(side, TEXT),
    }  # fmt: skip
    return rows.order_by().annotate(**fixed, **columns).values_list(*COLUMNS)


def negative(column: object) -> ExpressionWrapper:
    return ExpressionWrapper(-(F(column) if isinstance(column, str) else column), output_field=MONEY)


def amount(expression: object) -> ExpressionWrapper:
    return ExpressionWrapper(expression, output_field=MONEY)


def zero(field: DecimalField = MONEY) -> Value:
    return Value(Decimal(0), field)
