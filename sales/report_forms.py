"""What reports, expenses and the month's mail ask for."""

import mimetypes
from datetime import date
from decimal import Decimal

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Category, Product, Variant
from inventory.models import Delivery
from nozzly.core.countries import country_choices
from nozzly.tax.models import TaxThreshold
from nozzly.web.forms import FilterForm, KeyField
from pricing.models import Channel
from production.models import Printer
from sales.domain.expenses import Spending
from sales.domain.report_groups import name_without_key
from sales.forms import DayInput
from sales.models import Customer
from sales.report_choices import ExpenseCategory, ReportMailKind, Rhythm, TaxBasis, TrendAgainst

OLDEST, NEWEST = date(2003, 1, 1), date(2100, 1, 1)
PROFIT_FILTERS = ("channel", "category", "country", "product", "variant", "customer", "printer", "without")
RECEIPTS = ("application/pdf", "image/jpeg", "image/png", "image/webp", "image/gif")


class DaysFilter(FilterForm):
    """A stretch of days, both included."""

    first = forms.DateField(label=gettext_lazy("From"), widget=DayInput())
    last = forms.DateField(label=gettext_lazy("To"), widget=DayInput())

    def clean(self):
        cleaned = super().clean()
        for name in ("first", "last"):
            if cleaned.get(name) and not OLDEST <= cleaned[name] <= NEWEST:
                self.add_error(name, _("A day of this century."))
        return cleaned

    def told(self, name: str) -> object:
        """What the address says of a field; nothing where it says nonsense."""
        return self.cleaned_data.get(name) if self.is_bound and (self.is_valid() or self.cleaned_data) else None


class ReportFilter(DaysFilter):
    """A stretch of days and what the report looks into; ``only`` names the fields a report has beside the days."""

    channel = forms.ModelChoiceField(
        label=gettext_lazy("Channel"), queryset=Channel.objects.none(), empty_label=gettext_lazy("All channels")
    )
    category = forms.ModelChoiceField(
        label=gettext_lazy("Category"), queryset=Category.objects.none(), empty_label=gettext_lazy("All categories")
    )
    country = forms.ChoiceField(label=gettext_lazy("Country"))
    product = forms.ModelChoiceField(queryset=Product.objects.all(), widget=forms.HiddenInput)
    variant = forms.ModelChoiceField(queryset=Variant.objects.select_related("product"), widget=forms.HiddenInput)
    customer = forms.ModelChoiceField(queryset=Customer.objects.all(), widget=forms.HiddenInput)
    printer = forms.ModelChoiceField(queryset=Printer.objects.all(), widget=forms.HiddenInput)
    without = forms.ChoiceField(widget=forms.HiddenInput)
    against = forms.ChoiceField(label=gettext_lazy("Compared with"), choices=TrendAgainst.choices)

    def __init__(self, *args, only=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["channel"].queryset = Channel.objects.in_order()
        self.fields["category"].queryset = Category.objects.order_by("name")
        self.fields["country"].choices = [("", _("All countries")), *country_choices()]
        self.fields["without"].choices = [
            (name, name_without_key(name)) for name in PROFIT_FILTERS if name != "without"
        ]
        for name in self.fields.keys() - {"first", "last", *(PROFIT_FILTERS if only is None else only)}:
            del self.fields[name]

    def narrowing(self) -> dict:
        """What the report is narrowed to, as keys of the facts; nothing where any of it is nonsense."""
        data = self.cleaned_data if self.is_bound and self.is_valid() else {}
        wanted = {name: data.get(name) for name in PROFIT_FILTERS}
        return {name: getattr(value, "pk", value) for name, value in wanted.items() if value}

    def chips(self) -> list[str]:
        """The same in words."""
        if not self.is_bound or not self.is_valid():
            return []
        chosen = [(name, self.cleaned_data.get(name)) for name in PROFIT_FILTERS]
        return [self._text(name) if name in {"country", "without"} else str(value) for name, value in chosen if value]


class TrendFilter(DaysFilter):
    against = forms.ChoiceField(label=gettext_lazy("Compared with"), choices=TrendAgainst.choices)


class ExpenseFilter(FilterForm):
    search = forms.CharField(label=gettext_lazy("Search expenses"))
    first = forms.DateField(label=gettext_lazy("From"), widget=DayInput())
    last = forms.DateField(label=gettext_lazy("To"), widget=DayInput())
    category = forms.ChoiceField(
        label=gettext_lazy("Category"), choices=[("", gettext_lazy("All categories")), *ExpenseCategory.choices]
    )

    def narrow(self, queryset: QuerySet) -> QuerySet:
        data = self.cleaned_data
        if data["search"]:
            queryset = queryset.matching(data["search"])
        if data["category"]:
            queryset = queryset.filter(category=data["category"])
        if data["first"]:
            queryset = queryset.filter(booked_on__gte=data["first"])
        return queryset.filter(booked_on__lte=data["last"]) if data["last"] else queryset


class ExpenseForm(forms.Form):
    """A receipt. The key makes a double click one expense."""

    spent_on = forms.DateField(label=gettext_lazy("Date of the receipt"), widget=DayInput())
    category = forms.ChoiceField(label=gettext_lazy("Category"), choices=ExpenseCategory.choices)
    text = forms.CharField(label=gettext_lazy("What for"), max_length=200)
    supplier = forms.CharField(label=gettext_lazy("Paid to"), max_length=120, required=False)
    net = forms.DecimalField(
        label=gettext_lazy("Net amount"), min_value=0, max_digits=11, decimal_places=2,
        help_text=gettext_lazy("Without the tax on it."),
    )  # fmt: skip
    tax = forms.DecimalField(
        label=gettext_lazy("Tax on it"), min_value=0, max_digits=11, decimal_places=2, required=False,
        help_text=gettext_lazy("Comes back where you are registered; otherwise it is part of the cost."),
    )  # fmt: skip
    in_costs = forms.BooleanField(
        label=gettext_lazy("Already in the cost of the pieces"), required=False,
        help_text=gettext_lazy("Filament, power, printers: profit charges them to the pieces and leaves this out."),
    )  # fmt: skip
    receipt = forms.FileField(
        label=gettext_lazy("Receipt"), required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(RECEIPTS)}),
        help_text=gettext_lazy("A photo or a PDF, up to 30 MB."),
    )  # fmt: skip
    delivery = forms.ModelChoiceField(queryset=Delivery.objects.all(), required=False, widget=forms.HiddenInput)
    key = KeyField(required=False)

    def __init__(self, *args, instance=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance = instance

    def clean_spent_on(self):
        day = self.cleaned_data["spent_on"]
        if day < OLDEST:
            raise forms.ValidationError(_("A day of this century."))
        return day

    def clean_receipt(self):
        file = self.cleaned_data["receipt"]
        kind = mimetypes.guess_type(file.name)[0] if file else None
        if file and kind not in RECEIPTS:
            raise forms.ValidationError(_("A photo or a PDF, please."))
        if file and kind == "application/pdf" and file.read(5) != b"%PDF-":
            raise forms.ValidationError(_("This is not a PDF."))
        if file:
            file.seek(0)
        return file

    def spending(self) -> Spending:
        data = self.cleaned_data
        names = ("spent_on", "category", "text", "supplier", "net", "delivery")
        in_costs = data["in_costs"] or data["delivery"] is not None
        return Spending(**{name: data[name] for name in names}, tax=data["tax"] or Decimal(0), in_costs=in_costs)


class RhythmForm(forms.Form):
    every = forms.ChoiceField(
        label=gettext_lazy("Comes again"), choices=[("", gettext_lazy("no")), *Rhythm.choices], required=False
    )


class TaxFilter(DaysFilter):
    basis = forms.ChoiceField(
        label=gettext_lazy("A sale counts"), choices=[("", gettext_lazy("By our scheme")), *TaxBasis.choices]
    )


class CloseMonthForm(forms.Form):
    """The day that was shown stands in the form, so that pressing twice does not close two months."""

    last_on = forms.DateField(widget=forms.HiddenInput)


class ThresholdForm(forms.ModelForm):
    class Meta:
        model = TaxThreshold
        fields = ("country", "valid_from", "amount", "source")
        widgets = {"valid_from": DayInput()}

    country = forms.ChoiceField(label=gettext_lazy("Country"), choices=country_choices)


class ReportMailForm(forms.Form):
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Each month send me"), choices=ReportMailKind.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
