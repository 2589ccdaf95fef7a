from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from inventory.choices import MovementKind
from inventory.forms.fields import GramsField, NumberField
from inventory.models import Item, Lot
from nozzly.web.forms import KeyField

MOST_HELD = 100


class ScanForm(forms.Form):
    """A code, and with it the rolls scanned before it that wait for a place."""

    code = forms.CharField(
        label=_("Code or barcode"), max_length=300,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "autofocus": True, "spellcheck": "false"}
        ),
    )  # fmt: skip
    lot = forms.ModelMultipleChoiceField(Lot.objects.all(), required=False, widget=forms.MultipleHiddenInput)

    def clean_code(self):
        return self.cleaned_data["code"].replace("\x00", "").strip()


class LinkBarcodeForm(forms.Form):
    item = forms.ModelChoiceField(Item.objects.none(), label=_("It is the barcode of"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = Item.objects.available().bought().order_by("name", "pk")


class BarcodeForm(forms.Form):
    digits = forms.CharField(
        label=_("Maker's barcode (EAN or UPC)"), max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip


class UseSpoolForm(forms.Form):
    """Grams that left a roll without a run."""

    grams = GramsField(label=_("How much"), at_least=Decimal("0.1"), at_most=Decimal(20_000))
    kind = forms.ChoiceField(
        label=_("What for"),
        choices=[
            (MovementKind.CONSUMPTION.value, _("Printed by hand")),
            (MovementKind.WASTE.value, MovementKind.WASTE.label),
            (MovementKind.PURGE.value, MovementKind.PURGE.label),
            (MovementKind.OWN_USE.value, MovementKind.OWN_USE.label),
        ],
    )
    note = forms.CharField(label=_("Why"), max_length=200, required=False)
    key = KeyField()


class DryForm(forms.Form):
    hours = NumberField(label=_("Hours"), places=2, at_least=Decimal("0.25"), at_most=Decimal(500), initial=6)
    temperature_c = forms.IntegerField(label=_("°C"), min_value=20, max_value=150, required=False)
    done = forms.ChoiceField(
        label=_("When"), choices=[("", _("goes in now")), ("done", _("is dry already"))], required=False
    )


class EmptyForm(forms.Form):
    """The bare reel on the scale tells what it really weighs; not needed."""

    reel_g = GramsField(
        label=_("The bare reel weighs"), required=False, at_least=Decimal(1), at_most=Decimal(5_000),
        help_text=_("If it is on the scale anyway: the reel's weight is then known, not assumed."),
    )  # fmt: skip
    key = KeyField()


class CoverForm(forms.Form):
    needed_g = GramsField(label=_("Grams needed"), at_least=Decimal(1))
