from django import forms
from django.utils.translation import gettext_lazy as _

from nozzly.core.countries import currency_choices
from nozzly.tenancy.current import current_workspace
from nozzly.web.forms import FilterForm
from pricing.forms.fields import NumberField


def _foreign():
    return [pair for pair in currency_choices() if pair[0] != current_workspace().currency]


class TypedRateForm(forms.Form):
    currency = forms.ChoiceField(label=_("Currency"), choices=_foreign)
    rate = NumberField(label=_("One unit is worth"), places=8, at_least="0.00000001", at_most=10**9)
    on = forms.DateField(label=_("On"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class RateFileForm(forms.Form):
    file = forms.FileField(
        label=_("Table of rates"),
        help_text=_("CSV or XLSX: currency, date, rate; or the table of the European Central Bank as it comes."),
    )


class ExchangeFilter(FilterForm):
    currency = forms.ChoiceField(label=_("Currency"), choices=lambda: [("", _("All")), *_foreign()])

    def narrow(self, queryset):
        currency = self.cleaned_data["currency"]
        return queryset.filter(currency=currency) if currency else queryset
