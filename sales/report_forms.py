"""What reports, expenses and the month's mail ask for."""

from datetime import date

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Category, Product
from nozzly.core.countries import country_choices
from nozzly.web.forms import FilterForm
from pricing.models import Channel
from sales.forms import DayInput
from sales.models import Customer

OLDEST = date(2000, 1, 1)


class ReportFilter(FilterForm):
    """A stretch of days, both included, and what the report looks into."""

    first = forms.DateField(label=gettext_lazy("From"), widget=DayInput())
    last = forms.DateField(label=gettext_lazy("To"), widget=DayInput())
    channel = forms.ModelChoiceField(
        label=gettext_lazy("Channel"), queryset=Channel.objects.none(), empty_label=gettext_lazy("All channels")
    )
    category = forms.ModelChoiceField(
        label=gettext_lazy("Category"), queryset=Category.objects.none(), empty_label=gettext_lazy("All categories")
    )
    country = forms.ChoiceField(label=gettext_lazy("Country"))
    product = forms.ModelChoiceField(queryset=Product.objects.all(), widget=forms.HiddenInput)
    customer = forms.ModelChoiceField(queryset=Customer.objects.all(), widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["channel"].queryset = Channel.objects.in_order()
        self.fields["category"].queryset = Category.objects.order_by("name")
        self.fields["country"].choices = [("", _("All countries")), *country_choices()]

    def clean(self):
        cleaned = super().clean()
        for name in ("first", "last"):
            if cleaned.get(name) and not OLDEST <= cleaned[name] <= date(2100, 1, 1):
                self.add_error(name, _("A day of this century."))
        return cleaned

    def narrowing(self) -> dict:
        """What the report is narrowed to, as keys of the facts."""
        data = self.cleaned_data if self.is_bound and self.is_valid() else {}
        wanted = {name: data.get(name) for name in ("channel", "category", "country", "product", "customer")}
        return {name: getattr(value, "pk", value) for name, value in wanted.items() if value}
