from django import forms
from django.utils.translation import gettext_lazy as _

from nozzly.core.countries import currency_choices
from pricing.choices import SheetKind
from pricing.forms.fields import PercentField
from pricing.models import Channel, PriceSheet


class PriceSheetForm(forms.ModelForm):
    discount_pct = PercentField(label=_("Discount"), required=False)

    class Meta:
        model = PriceSheet
        fields = (
            "name",
            "kind",
            "channel",
            "category",
            "discount_pct",
            "valid_until",
            "paper",
            "shows_pictures",
            "shows_sku",
            "shows_category",
            "shows_pieces",
            "shows_net",
            "currency",
            "shop_url",
            "footer",
        )
        widgets = {"valid_until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args, sees_cost=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["currency"] = forms.ChoiceField(
            label=_("Currency"), required=False, choices=[("", _("The channel's own")), *currency_choices()]
        )
        self.fields["channel"].queryset = Channel.objects.active().in_order()
        self.fields["channel"].empty_label = _("The first channel")
        self.fields["category"].empty_label = _("All products")
        if not sees_cost:
            self.fields["kind"].choices = [pair for pair in SheetKind.choices if pair[0] != SheetKind.INTERNAL]

    def clean_discount_pct(self):
        return self.cleaned_data["discount_pct"] or 0
