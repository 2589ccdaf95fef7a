"""What a list hands out as CSV or XLSX: declared columns, no formulas, no costs for those who may not see them."""

from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation

from import_export import resources

from nozzly.accounts.permissions import Permission

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def neutralise(value: object) -> object:
    """A text that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS) and not _is_number(value):
        return f"'{value}"
    return value


def restore(text: str) -> str:
    """Undo ``neutralise``, so that what was exported imports back unchanged."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA_STARTS) else text


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


class ListResource(resources.Resource):
    """The columns of an export, as ``import_export.fields.Field`` with ``attribute`` and ``column_name``.

    ``cost_columns`` names fields that only people with COST_VIEW get. Rows come from the page's own queryset.
    """

    file = "export"
    cost_columns = ()

    def __init__(self, *, user=None):
        super().__init__()
        self.user = user

    def file_name(self) -> str:
        return self.file

    def get_export_fields(self, selected_fields=None):
        chosen = super().get_export_fields(selected_fields)
        if self.user is not None and self.user.has_permission(Permission.COST_VIEW):
            return chosen
        secret = {self.fields[name].column_name for name in self.cost_columns}
        return [field for field in chosen if field.column_name not in secret]

    def table(self, rows) -> tuple[list[str], Iterator[list]]:
        """Headers and lines. What each column needs is looked up once, not once a cell."""
        fields = self.get_export_fields()
        readers = [self._reader(field) for field in fields]
        lines = ([neutralise(read(row)) for read in readers] for row in self.iter_queryset(rows))
        return [str(field.column_name) for field in fields], lines

    def readers(self) -> dict[str, Callable]:
        """How each column is read from a row, by its name; costs among them."""
        return {name: self._reader(field) for name, field in self.fields.items()}

    def _reader(self, field) -> Callable:
        name = self.get_field_name(field)
        return getattr(self, f"dehydrate_{name}", None) or field.export

    def export_field(self, field, instance, **kwargs):
        return neutralise(super().export_field(field, instance, **kwargs))
