from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from pricing.forms.fields import MoneyField, PercentField
from pricing.models import OwnFee


class OwnFeeForm(forms.ModelForm):
    pct = PercentField(label=_("Share"), required=False)
    fixed = MoneyField(label=_("Fixed amount"), required=False)
    least = MoneyField(label=_("At least"), required=False)
    most = MoneyField(label=_("At most"), required=False)

    class Meta:
        model = OwnFee
        fields = (
            "label", "pct", "fixed", "per", "base", "when", "least", "most", "bears_vat", "is_kept_on_refund",
            "valid_from", "valid_until",
        )  # fmt: skip
        widgets = {
            name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d") for name in ("valid_from", "valid_until")
        }

    def facts(self):
        data = dict(self.cleaned_data)
        return data | {name: data[name] or Decimal(0) for name in ("pct", "fixed")}

    def _post_clean(self):
        """The domain checks the whole fee, with sentences of its own."""


class LastDayForm(forms.Form):
    last_day = forms.DateField()
