from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.choices import RateKind
from catalog.models import PrinterModel, Product
from nozzly.web.forms import FilterForm
from nozzly.web.lookups import LookUpField


class RateForm(forms.Form):
    kind = forms.ChoiceField(label=_("Rate"), choices=RateKind.choices)
    value = forms.DecimalField(
        label=_("Value"), min_value=0, max_digits=18, decimal_places=6,
        help_text=_("Hours of the night tariff as a number: 22.5 is half past ten in the evening."),
    )  # fmt: skip
    valid_from = forms.DateField(label=_("Valid from"), widget=forms.DateInput(attrs={"type": "date"}))
    product = LookUpField(
        Product.objects.none(), source="catalog:product_suggestions", label=_("Only for one product"), required=False,
        help_text=_("Empty: for all products."),
    )  # fmt: skip
    source = forms.CharField(
        label=_("Where it comes from"), max_length=300, required=False, help_text=_("For example: bill of March.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = Product.objects.for_choice()


class CostChangeFilter(FilterForm):
    search = forms.CharField(label=_("Search products"))
    since = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}))

    def narrow(self, queryset):
        wanted = self.cleaned_data
        queryset = queryset.of_days(wanted["since"], wanted["until"])
        return queryset.of_products(wanted["search"]) if wanted["search"] else queryset


class PrinterModelForm(forms.ModelForm):
    slicer_names_text = forms.CharField(
        label=_("Names in sliced files"),
        required=False,
        help_text=_("How slicers write this printer, with commas between; a dropped file finds it by them."),
    )

    class Meta:
        model = PrinterModel
        fields = [
            "maker",
            "name",
            "bed_x_mm",
            "bed_y_mm",
            "bed_z_mm",
            "nozzle_mm",
            "slots",
            "power_w",
            "price",
            "resale_price",
            "life_h",
            "upkeep_per_h",
            "slicer_names_text",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["slicer_names_text"] = ", ".join(self.instance.slicer_names)

    def save(self, commit=True):  # noqa: FBT002 - Django's signature
        names = (name.strip()[:80] for name in self.cleaned_data["slicer_names_text"].split(","))
        self.instance.slicer_names = [name for name in names if name]
        self.instance.assumed = False
        self.instance.source = ""
        return super().save(commit)

    def clean(self):
        data = super().clean()
        if data.get("price") is not None and (data.get("resale_price") or 0) > data["price"]:
            self.add_error("resale_price", _("A printer is not worth more at the end than it cost."))
        return data


class PresetForm(forms.Form):
    presets = forms.MultipleChoiceField(label=_("Printers"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["presets"].choices = choices
