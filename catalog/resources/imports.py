"""Reading products from a table, the one that the list exports or one from elsewhere."""

from collections import Counter

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.choices import ProductKind
from catalog.domain import import_undo, product_files
from catalog.domain.product_files import ProductRow
from catalog.forms.durations import DurationField
from catalog.forms.recipes import GramsField
from nozzly.accounts.permissions import Permission
from nozzly.tax.choices import TaxClass
from nozzly.web.importing import CheckedRow, Importer, Outcome, Verdict, undone


class KindField(forms.CharField):
    """A kind as the list shows it, or by its short name; empty is printed."""

    def clean(self, value):
        text = str(value or "").strip().lower()
        by_word = {str(label).lower(): kind for kind, label in ProductKind.choices} | {k: k for k in ProductKind.values}
        if text and text not in by_word:
            raise ValidationError(_("write one of: %(kinds)s.") % {"kinds": ", ".join(map(str, ProductKind.labels))})
        return by_word.get(text, ProductKind.PRINTED)


class TaxClassField(forms.CharField):
    """A tax class as the list shows it, or by its short name; empty leaves it as it is."""

    def clean(self, value):
        text = str(value or "").strip().lower()
        by_word = {str(label).lower(): name for name, label in TaxClass.choices} | {n: n for n in TaxClass.values}
        if text and text not in by_word:
            raise ValidationError(_("write one of: %(classes)s.") % {"classes": ", ".join(map(str, TaxClass.labels))})
        return by_word.get(text, "")


class SecondsField(DurationField):
    """Seconds as the list exports them, or a time like 3h 20m."""

    def to_python(self, value):
        text = str(value or "").strip()
        return int(text) if text.isdecimal() and len(text) < 8 else super().to_python(text)


class ProductForm(forms.Form):
    number = forms.IntegerField(label=gettext_lazy("Number"), required=False, min_value=1)
    title = forms.CharField(label=gettext_lazy("Product"), max_length=160)
    category = forms.CharField(label=gettext_lazy("Category"), max_length=80, required=False)
    tags = forms.CharField(label=gettext_lazy("Tags"), max_length=400, required=False)
    kind = KindField(label=gettext_lazy("Kind"), required=False)
    skus = forms.CharField(label=gettext_lazy("SKUs"), max_length=2000, required=False)
    grams = GramsField(label=gettext_lazy("Grams"), required=False)
    print_time_s = SecondsField(label=gettext_lazy("Print time (s)"), required=False)
    tax_class = TaxClassField(label=gettext_lazy("Tax class"), required=False)

    def row(self) -> ProductRow:
        return ProductRow(**self.cleaned_data)


class ProductImporter(Importer):
    name = "products"
    title = gettext_lazy("Import products")
    intro = gettext_lazy(
        "Rows with a number or title you have are corrected, all others are added, with a recipe where grams are given."
    )
    permission = Permission.CATALOG_EDIT
    row_form = ProductForm
    aliases = {
        "title": ("title", "name", "listing title", "product name"),
        "skus": ("sku",),
        "grams": ("weight", "filament (g)", "grams each"),
        "print_time_s": ("print time", "time"),
        "tags": ("labels",),
    }
    list_url = "catalog:product_list"
    sample = [["", "Dragon", "Toys", "gift, bestseller", "Printed", "DRAGON-RED", "86.4", "2h 10m", "Standard rate"]]

    def classify(self, rows: list[CheckedRow]) -> None:
        wanted = [ProductRow(**row.data) for row in rows]
        known = product_files.known_products(wanted)
        twice = {title for title, times in Counter(row.title.lower() for row in wanted).items() if times > 1}
        for row, product_row in zip(rows, wanted, strict=True):
            found = known.find(product_row)
            reason = found.reason or (
                _("There is another row for this product.") if not found.product and product_row.title.lower() in twice
                else ""
            )  # fmt: skip
            if reason:
                row.refuse(reason)
            elif found.product:
                changed = product_files.differs(found.product, product_row)
                row.verdict = Verdict.CHANGED if changed else Verdict.UNCHANGED

    def apply(self, rows, *, key, by, at) -> Outcome:
        done = product_files.apply([ProductRow(**row) for row in rows], by=by, at=at)
        said = _("{added} products added, {changed} corrected.").format(added=done.added, changed=done.changed)
        return Outcome(said, done.record)

    def undo(self, record, *, key, by, at) -> str:
        return undone(*import_undo.take_back_products(record, at=at))
