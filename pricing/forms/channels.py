from django import forms
from django.utils.translation import gettext_lazy as _

from nozzly.core.countries import country_choices
from pricing.domain.fee_table import label_of
from pricing.engine import schedules
from pricing.forms.fields import MoneyField, NumberField, PercentField
from pricing.models import Channel

_GROUPS = {
    "etsy": "Etsy",
    "ebay": "eBay",
    "amazon_handmade": "Amazon Handmade",
    "tiktok_shop": "TikTok Shop",
    "paypal": "PayPal",
    "sumup": "SumUp",
}


def schedule_choices():
    """Shipped schedules by where one sells."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for info in schedules.available():
        name = _GROUPS.get(info.channel, info.channel.replace("_", " ").capitalize())
        groups.setdefault(name, []).append((info.id, f"{info.name} ({info.currency})"))
    return sorted(groups.items())


class NewChannelForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("As you call it: Etsy, the shop in Leith."))
    schedule_id = forms.ChoiceField(label=_("Fees"), choices=schedule_choices)
    country = forms.ChoiceField(label=_("Where most buyers live"), choices=country_choices)

    def __init__(self, *args, instance=None, **kwargs):
        super().__init__(*args, **kwargs)


class ChannelForm(forms.ModelForm):
    target_margin_pct = PercentField(label=_("Target margin"), at_least=-99, at_most="99.9")
    offsite_ads_share_pct = PercentField(label=_("Share of sales by offsite ads"))
    offsite_ads_rate_pct = PercentField(
        label=_("Offsite ads fee"), required=False, help_text=_("Left empty, the schedule's own.")
    )
    promoted_pct = PercentField(label=_("Promoted listings"))
    schedule_id = forms.ChoiceField(label=_("Fees"), choices=schedule_choices)
    country = forms.ChoiceField(label=_("Where most buyers live"), choices=country_choices)

    class Meta:
        model = Channel
        fields = (
            "name",
            "kind",
            "schedule_id",
            "country",
            "target_margin_pct",
            "orders_per_month",
            "offsite_ads",
            "offsite_ads_share_pct",
            "offsite_ads_rate_pct",
            "promoted_pct",
            "collects_tax",
            "pays_duty",
            "position",
        )
        help_texts = {"orders_per_month": _("Spreads a monthly plan over its orders; at a fair, what is sold there.")}

    def clean(self):
        data = super().clean()
        info = next((each for each in schedules.available() if each.id == data.get("schedule_id")), None)
        if info:
            self.instance.currency = info.currency
        return data


class RateForm(forms.Form):
    """A rate of the shop's own; the same form tries one out."""

    name = forms.ChoiceField(label=_("Rate"))
    value = NumberField(label=_("Your value"), places=6)
    valid_from = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args, schedule, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].choices = [(name, label_of(name, schedule.rules)) for name in sorted(schedule.rates)]


class ExchangeForm(forms.Form):
    currency = forms.RegexField(r"^[A-Z]{3}$", label=_("Currency"), widget=forms.HiddenInput)
    rate = NumberField(label=_("Rate"), places=8)
    next = forms.CharField(required=False, widget=forms.HiddenInput)


class ShippingServiceForm(forms.Form):
    """What a service takes and costs; a new price from a day on is a new row."""

    carrier = forms.CharField(label=_("Carrier"), max_length=80, required=False)
    name = forms.CharField(label=_("Name"), max_length=80)
    zone = forms.CharField(label=_("Goes to"), max_length=40, help_text=_("home, europe, world or your own word."))
    price = MoneyField(label=_("Price"), help_text=_("What you pay, without tax you can reclaim."))
    valid_from = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    max_weight_g = NumberField(label=_("Up to (g)"), places=3, at_least=1)
    max_length_mm = forms.IntegerField(label=_("Length up to (mm)"), min_value=1, max_value=10_000, required=False)
    max_width_mm = forms.IntegerField(label=_("Width up to (mm)"), min_value=1, max_value=10_000, required=False)
    max_height_mm = forms.IntegerField(label=_("Height up to (mm)"), min_value=1, max_value=10_000, required=False)
    source = forms.CharField(label=_("Source"), max_length=200, required=False)

    def __init__(self, *args, instance=None, initial=None, **kwargs):
        shown = {name: getattr(instance, name) for name in self.base_fields} if instance else {}
        super().__init__(*args, initial=shown | (initial or {}), **kwargs)

    def clean_zone(self):
        return self.cleaned_data["zone"].strip().lower()
