"""What is asked on the comparison and on the page that sets prices."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from nozzly.core.countries import country_choices
from nozzly.web.widgets import LongSelect, drawn_quickly
from pricing.domain.compare import Question
from pricing.domain.listings import Wish
from pricing.engine import Ending, Goal, GoalKind
from pricing.forms.fields import GramsField, MoneyField, NumberField, PercentField
from pricing.models import Channel

_HOUR_S = 3600
_GOALS = [
    ("", _("the margin")),
    (GoalKind.MARKUP.value, _("markup")),
    (GoalKind.PROFIT_PER_PIECE.value, _("profit per piece")),
    (GoalKind.PROFIT_PER_PRINT_HOUR.value, _("profit per print hour")),
    (GoalKind.PAYOUT.value, _("payout")),
]
_ENDINGS = [
    ("", _("any")),
    (Ending.CENTS_99.value, ".99"),
    (Ending.CENTS_95.value, ".95"),
    (Ending.WHOLE.value, _("whole")),
]


class CompareForm(forms.Form):
    """All optional: empty asks the product, the listing, the post and the channel."""

    variant = forms.ModelChoiceField(Variant.objects.none(), required=False, widget=forms.HiddenInput)
    price = MoneyField(label=_("Price everywhere"), required=False)
    postage_charged = MoneyField(label=_("Postage charged"), required=False)
    postage_paid = MoneyField(label=_("Postage you pay"), required=False)
    cost = MoneyField(label=_("Cost of one piece"), required=False, places=6)
    print_hours = NumberField(label=_("Print hours"), required=False, places=3, at_most=Decimal(10_000))
    weight_g = GramsField(label=_("Packed weight"), required=False)
    target_margin_pct = PercentField(
        label=_("Target margin"), required=False, at_least=Decimal(-99), at_most=Decimal("99.9")
    )
    goal = forms.ChoiceField(label=_("Or aim for"), required=False, choices=_GOALS)
    goal_value = NumberField(label=_("How much"), required=False, at_least=Decimal(-1_000_000))
    ending = forms.ChoiceField(label=_("Prices end in"), required=False, choices=_ENDINGS)
    quantity = forms.IntegerField(label=_("Pieces in the order"), required=False, min_value=1, max_value=10_000)
    country = forms.ChoiceField(label=_("Goes to"), required=False, widget=LongSelect)
    business_buyer = forms.BooleanField(label=_("To a business with a tax number"), required=False)
    pays_duty = forms.BooleanField(label=_("We pay the duty"), required=False)
    channels = forms.ModelMultipleChoiceField(
        Channel.objects.none(), label=_("Channels"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, channels, **kwargs):
        super().__init__(*args, **kwargs)
        self.channels = list(channels)
        self.fields["variant"].queryset = Variant.objects.for_costing()
        self.fields["channels"].queryset = Channel.objects.filter(pk__in=[channel.pk for channel in self.channels])
        self.fields["country"].choices = [("", _("Most buyers of the channel")), *country_choices()]
        drawn_quickly(self.fields["channels"])
        for name in ("goal", "ending"):
            drawn_quickly(self.fields[name])
        add_channel_fields(self, self.channels, postage=False)

    def chosen_channels(self) -> list[Channel]:
        """Those ticked, all where none is."""
        ticked = {channel.pk for channel in self.cleaned_data.get("channels") or ()}
        return [channel for channel in self.channels if not ticked or channel.pk in ticked]

    def question(self) -> Question:
        data = self.cleaned_data
        return Question(
            price=data.get("price"),
            prices=typed(self, "price", self.channels),
            postage_charged=data.get("postage_charged"),
            postage_paid=data.get("postage_paid"),
            target_margin_pct=data.get("target_margin_pct"),
            goal=Goal(GoalKind(data["goal"]), data["goal_value"]) if data.get("goal") else None,
            ending=Ending(data.get("ending") or Ending.ANY),
            quantity=data.get("quantity") or 1,
            country=data.get("country") or "",
            business_buyer=data.get("business_buyer") or False,
            pays_duty=data.get("pays_duty") or None,
        )

    def clean(self):
        data = super().clean()
        if data.get("goal") and data.get("goal_value") is None and "goal_value" not in self.errors:
            self.add_error("goal_value", _("Say how much."))
        return data

    @property
    def goal_text(self) -> str:
        """Profit per print hour 6.00: what the solved price is for, empty for the margin."""
        if not self.is_valid() or not self.cleaned_data.get("goal"):
            return ""
        value = self.cleaned_data["goal_value"].normalize()
        sign = " %" if self.cleaned_data["goal"] == GoalKind.MARKUP else ""
        return f"{dict(_GOALS)[self.cleaned_data['goal']]} {value:f}{sign}"

    @property
    def has_more(self) -> bool:
        """Whether something stands in the fields that are folded away."""
        folded = (
            "weight_g",
            "print_hours",
            "quantity",
            "channels",
            "goal",
            "goal_value",
            "ending",
            "country",
            "business_buyer",
            "pays_duty",
        )
        return any(self.data.get(name) for name in folded)

    @property
    def print_time_s(self) -> int | None:
        hours = self.cleaned_data.get("print_hours")
        return None if hours is None else int(hours * _HOUR_S)


class SetPricesForm(forms.Form):
    """A price and the postage charged for each channel of one variant."""

    all_variants = forms.BooleanField(label=_("The same prices for all variants"), required=False)
    note = forms.CharField(label=_("Why"), max_length=200, required=False)

    def __init__(self, *args, channels, **kwargs):
        super().__init__(*args, **kwargs)
        self.channels = list(channels)
        add_channel_fields(self, self.channels)

    def question(self) -> Question:
        return Question(prices=typed(self, "price", self.channels), postages=typed(self, "postage", self.channels))

    def wishes(self, variants) -> list[Wish]:
        prices = typed(self, "price", self.channels)
        postages = typed(self, "postage", self.channels)
        return [
            Wish(
                variant=variant,
                channel=channel,
                price=prices[channel.pk],
                postage_charged=postages.get(channel.pk),
            )
            for variant in variants
            for channel in self.channels
            if channel.pk in prices
        ]


def add_channel_fields(form, channels, *, postage=True):
    for channel in channels:
        label = _("Price on %(channel)s") % {"channel": channel}
        form.fields[f"price_{channel.pk}"] = MoneyField(label=label, required=False)
        if postage:
            label = _("Postage charged on %(channel)s") % {"channel": channel}
            form.fields[f"postage_{channel.pk}"] = MoneyField(label=label, required=False)


def typed(form, what: str, channels) -> dict[int, Decimal]:
    """Amounts by channel id, as far as some were typed."""
    amounts = {channel.pk: form.cleaned_data.get(f"{what}_{channel.pk}") for channel in channels}
    return {pk: amount for pk, amount in amounts.items() if amount is not None}
