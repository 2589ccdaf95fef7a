"""Filters and rules of the price grid, and the form of a fair."""

from decimal import Decimal, InvalidOperation

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models import Category
from inventory.choices import LocationKind
from inventory.models import Location
from nozzly.web.forms import FilterForm
from pricing.choices import ChannelKind
from pricing.domain.grid import RepricingRule
from pricing.engine import Ending
from pricing.forms.fields import MoneyField, PercentField
from pricing.models import Channel, Event, Listing

_ENDINGS = [
    (Ending.ANY.value, _("any")),
    (Ending.CENTS_99.value, ".99"),
    (Ending.CENTS_95.value, ".95"),
    (Ending.WHOLE.value, _("whole")),
]


class GridFilter(FilterForm):
    search = forms.CharField(label=_("Search products"))
    category = forms.ModelChoiceField(Category.objects.order_by("name"), label=_("Category"), empty_label=_("All"))
    below = forms.BooleanField(label=_("Below target only"))

    def narrow(self, queryset):
        data = self.cleaned_data
        if text := data["search"]:
            queryset = queryset.filter(product__title__icontains=text)
        if data["category"]:
            queryset = queryset.filter(product__category=data["category"])
        if data["below"]:
            queryset = queryset.filter(pk__in=Listing.objects.below_target().values("variant"))
        return queryset


class RepriceForm(forms.Form):
    """Which listings get a new price, and how prices may end."""

    channels = forms.ModelMultipleChoiceField(
        Channel.objects.none(), label=_("Channels"), required=False, widget=forms.CheckboxSelectMultiple
    )
    category = forms.ModelChoiceField(
        Category.objects.order_by("name"), label=_("Category"), required=False, empty_label=_("All")
    )
    target_margin_pct = PercentField(
        label=_("Target margin"),
        required=False,
        at_least=Decimal(-99),
        at_most=Decimal("99.9"),
        help_text=_("Left empty, each channel's own."),
    )
    ending = forms.ChoiceField(label=_("Prices end in"), choices=_ENDINGS, required=False)
    all_prices = forms.BooleanField(label=_("Lower prices that are above their target, too"), required=False)
    alarms = forms.BooleanField(label=_("Only what has an alarm"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["channels"].queryset = Channel.objects.active().in_order()

    def listings(self):
        data = self.cleaned_data
        rows = Listing.objects.for_check()
        if data["channels"]:
            rows = rows.filter(channel__in=data["channels"])
        if data["category"]:
            rows = rows.filter(variant__product__category=data["category"])
        if data["alarms"]:
            rows = rows.filter(alarms__cleared_at=None, alarms__isnull=False)
        return rows

    def rule(self) -> RepricingRule:
        data = self.cleaned_data
        return RepricingRule(
            ending=Ending(data["ending"] or Ending.ANY),
            only_raise=not data["all_prices"],
            target_margin_pct=data["target_margin_pct"],
        )


class ApplyPricesForm(forms.Form):
    """The new prices that were ticked, as ``listing:price``: what is written is what was shown."""

    picks = forms.MultipleChoiceField(required=True, error_messages={"required": _("Tick at least one price.")})
    note = forms.CharField(label=_("Why"), max_length=200, required=False)

    def __init__(self, data, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["picks"].choices = [(pick, pick) for pick in data.getlist("picks")]

    def clean_picks(self) -> dict[int, Decimal]:
        try:
            pairs = [pick.split(":") for pick in self.cleaned_data["picks"]]
            return {int(pk): Decimal(price) for pk, price in pairs}
        except (ValueError, InvalidOperation) as error:
            raise forms.ValidationError(_("These prices cannot be read; look at them once more.")) from error


class EventForm(forms.ModelForm):
    stall = MoneyField(label=_("Stall"), required=False)
    travel = MoneyField(label=_("Travel and bed"), required=False)
    other = MoneyField(label=_("Other"), required=False)

    class Meta:
        model = Event
        fields = (
            "name",
            "channel",
            "location",
            "starts_on",
            "days",
            "stall",
            "travel",
            "other",
            "expected_units",
            "note",
        )
        widgets = {"starts_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["channel"].queryset = Channel.objects.active().filter(kind=ChannelKind.FAIR).in_order()
        self.fields["location"].queryset = Location.objects.exclude(kind=LocationKind.SLOT).in_tree_order()
        self.fields["location"].empty_label = _("No place of its own")
        for name in ("days", "expected_units"):
            self.fields[name].min_value = 1

    def clean(self):
        data = super().clean()
        for name in ("stall", "travel", "other"):
            data[name] = data.get(name) or Decimal(0)
        return data


class EventFilter(FilterForm):
    search = forms.CharField(label=_("Search fairs"))

    def narrow(self, queryset):
        text = self.cleaned_data["search"]
        return queryset.filter(name__icontains=text) if text else queryset
