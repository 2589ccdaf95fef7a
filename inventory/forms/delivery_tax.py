from django import forms
from django.utils.translation import gettext_lazy as _

from inventory.choices import DeliveryTax
from inventory.domain.delivery_tax import InvoiceTax
from inventory.forms.fields import NumberField
from nozzly.core.money import round_money
from nozzly.web import workspace


class InvoiceTaxForm(forms.Form):
    """What the invoice says of tax; without an amount nobody has said it."""

    tax = NumberField(label=_("Tax on the invoice"), required=False)
    rows_hold = forms.ChoiceField(
        label=_("Rows and postage are"), required=False,
        choices=[
            ("", _("as they cost us")), ("without", _("without this tax")), ("with", _("with this tax")),
        ],
        help_text=_("Goods are kept without tax that you get back on that day, and with tax that you do not."),
    )  # fmt: skip
    tax_kind = forms.ChoiceField(
        label=_("How it is taxed"), choices=DeliveryTax.choices, required=False, initial=DeliveryTax.CHARGED
    )

    def __init__(self, *args, required=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["tax"].required = required
        if required:  # the rows are booked already
            del self.fields["rows_hold"]

    def clean(self):
        data = super().clean()
        if data.get("rows_hold") and data.get("tax") is None and "tax" not in self.errors:
            self.add_error("tax", _("Say how much tax it is."))
        return data

    def invoice_tax(self) -> InvoiceTax | None:
        amount, kind = self.cleaned_data["tax"], self.cleaned_data["tax_kind"] or DeliveryTax.CHARGED
        in_rows = {"with": True, "without": False}.get(self.cleaned_data.get("rows_hold"))
        return None if amount is None else InvoiceTax(round_money(amount, workspace.currency()), kind, in_rows)
