"""The delivery grid: one row a colour, typed by keyboard."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inventory.domain import directory, items
from inventory.domain.deliveries import Invoice, Line
from inventory.forms.fields import MOST_TOGETHER, LocationField, NumberField, a_day_that_was
from inventory.models import Supplier
from nozzly.core.errors import DomainError
from nozzly.core.money import round_money
from nozzly.web import workspace
from nozzly.web.forms import FilterForm, KeyField

MOST_ROWS = 200


class DeliveryFilter(FilterForm):
    search = forms.CharField(label=_("Search supplier or invoice"))

    def narrow(self, queryset):
        text = self.cleaned_data["search"]
        return queryset.naming(text) if text else queryset


class DeliveryForm(forms.Form):
    supplier = forms.CharField(
        label=_("Supplier"), max_length=120, widget=forms.TextInput(attrs={"list": "suppliers", "autocomplete": "off"})
    )
    invoice_number = forms.CharField(label=_("Invoice number"), max_length=80, required=False)
    received_on = forms.DateField(
        label=_("Received on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[a_day_that_was],
    )
    postage = NumberField(
        label=_("Postage and duty"), required=False, help_text=_("Spread over the rows by what they cost.")
    )
    location = LocationField(label=_("Put on"), required=False)
    key = KeyField()

    def invoice(self) -> Invoice:
        chosen = self.cleaned_data
        return Invoice(
            received_on=chosen["received_on"],
            number=" ".join(chosen["invoice_number"].split()),
            postage=round_money(chosen["postage"] or Decimal(0), workspace.currency()),
            location=chosen["location"],
        )

    def supplier_row(self) -> Supplier:
        return directory.supplier_named(self.cleaned_data["supplier"])


class LineForm(forms.Form):
    item = forms.CharField(
        label=_("Colour or part"), max_length=250, required=False,
        widget=forms.TextInput(attrs={"list": "items", "autocomplete": "off", "data-line": "item"}),
    )  # fmt: skip
    count = forms.IntegerField(
        label=_("Count"), min_value=1, max_value=10_000, required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "data-line": "count"}),
    )  # fmt: skip
    quantity_each = NumberField(
        label=_("Each holds"), places=3, at_least=Decimal("0.001"), required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "data-line": "each"}),
    )  # fmt: skip
    total = NumberField(
        label=_("Row total"), required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "data-line": "total"}),
    )  # fmt: skip
    batch = forms.CharField(label=_("Batch"), max_length=80, required=False)

    def clean_item(self):
        text = self.cleaned_data["item"].strip()
        if not text:
            return None
        try:
            return items.named(text)
        except DomainError as error:
            raise ValidationError(str(error)) from error

    def clean(self):
        chosen = super().clean()
        typed = [name for name in ("count", "quantity_each", "total", "batch") if chosen.get(name) not in {None, ""}]
        if chosen.get("item") is None and typed and not self.errors:
            self.add_error("item", _("Which colour or part is this?"))
        if (chosen.get("count") or 1) * (chosen.get("quantity_each") or 1) >= MOST_TOGETHER:
            self.add_error("quantity_each", _("So much is more than the books can hold."))
        return chosen

    def line(self, last: tuple[Decimal, Decimal] | None) -> Line:
        """The row with what was left empty filled in: one piece, as much as a pack holds, last price."""
        chosen, item = self.cleaned_data, self.cleaned_data["item"]
        count = chosen["count"] or 1
        each = chosen["quantity_each"] or (last[0] if last else item.pack_size)
        total = chosen["total"] if chosen["total"] is not None else (last[1] * count if last else Decimal(0))
        return Line(item, count, each, round_money(total, workspace.currency()), chosen["batch"])


LineFormSet = forms.formset_factory(LineForm, extra=6, max_num=MOST_ROWS, absolute_max=MOST_ROWS)
