from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalog.models import Category, Variant
from pricing.domain.deals import DealQuestion
from pricing.engine import QuantityBreak
from pricing.forms.fields import MoneyField, PercentField
from pricing.models import Channel, Listing

_MOST_STEPS = 8


class LadderField(forms.CharField):
    """10: 20, 25: 30: from ten pieces on 20 % off."""

    def clean(self, value):
        steps = [step for step in super().clean(value).replace(";", ",").split(",") if step.strip()]
        try:
            pairs = [step.replace("%", "").split(":") for step in steps]
            breaks = tuple(QuantityBreak(int(count), Decimal(pct.strip())) for count, pct in pairs)
        except (ValueError, ArithmeticError) as error:
            raise ValidationError(_("Write pieces and percent with a colon: 10: 20, 25: 30.")) from error
        if len(breaks) > _MOST_STEPS or any(not 0 < step.from_quantity <= 100_000 for step in breaks):
            raise ValidationError(_("At most eight steps, each from one piece on."))
        if any(not step.discount_pct.is_finite() for step in breaks):
            raise ValidationError(_("Write pieces and percent with a colon: 10: 20, 25: 30."))
        return breaks


class DealsForm(forms.Form):
    variant = forms.ModelChoiceField(Variant.objects.none(), required=False, widget=forms.HiddenInput)
    channel = forms.ModelChoiceField(Channel.objects.none(), label=_("Channel"), required=False)
    price = MoneyField(label=_("Price"), required=False, help_text=_("Left empty, the listed one."))
    coupon = MoneyField(label=_("Coupon worth"), required=False)
    bundle_off_pct = PercentField(label=_("Off a bundle"), required=False)
    breaks = LadderField(
        label=_("Wholesale ladder"), required=False, help_text=_("From pieces: percent off; 10: 20, 25: 30.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["variant"].queryset = Variant.objects.for_costing()
        self.fields["channel"].queryset = Channel.objects.active().in_order()
        self.fields["channel"].empty_label = _("The first")

    def question(self, channels) -> DealQuestion:
        data = self.cleaned_data
        off = data["bundle_off_pct"]
        return DealQuestion(
            channel=data["channel"] or next(iter(channels), None),
            price=data["price"],
            coupon=data["coupon"],
            bundle_off_pct=Decimal(10) if off is None else off,
            breaks=data["breaks"] or (),
        )


class SaleForm(forms.Form):
    off_pct = PercentField(label=_("Off"), at_most=Decimal(100))
    channel = forms.ModelChoiceField(Channel.objects.none(), label=_("Channel"), required=False, empty_label=_("All"))
    category = forms.ModelChoiceField(
        Category.objects.order_by("name"), label=_("Category"), required=False, empty_label=_("All")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["channel"].queryset = Channel.objects.active().in_order()

    def listings(self):
        data, rows = self.cleaned_data, Listing.objects.for_check()
        if data["channel"]:
            rows = rows.filter(channel=data["channel"])
        return rows.filter(variant__product__category=data["category"]) if data["category"] else rows
