from django import forms
from django.utils.translation import gettext_lazy as _

from inventory.choices import DeliveryTax
from inventory.domain.delivery_tax import InvoiceTax
from inventory.forms.fields import NumberField
from nozzly.core.money import round_money
from nozzly.web import workspace


class InvoiceTaxForm(forms.Form):
    """What the invoice says of tax; without an amount nobody has said it."""

    tax = NumberField(
        label=_("Tax on the invoice"), required=False,
        help_text=_("Where you get tax back, rows and postage are without it; where not, they hold it."),
    )  # fmt: skip
    tax_kind = forms.ChoiceField(
        label=_("How it is taxed"), choices=DeliveryTax.choices, required=False, initial=DeliveryTax.CHARGED
    )

    def __init__(self, *args, required=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["tax"].required = required

    def invoice_tax(self) -> InvoiceTax | None:
        amount, kind = self.cleaned_data["tax"], self.cleaned_data["tax_kind"] or DeliveryTax.CHARGED
        return None if amount is None else InvoiceTax(round_money(amount, workspace.currency()), kind)
