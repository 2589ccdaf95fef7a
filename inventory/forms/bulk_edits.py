"""What several rows get at once: a field that is left empty stays as it is on all of them."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from inventory.choices import SpoolState
from inventory.domain.bulk_edits import FilamentChanges, ItemChanges, SpoolChanges
from inventory.forms.fields import GramsField, LocationField, NumberField, a_day_that_was
from inventory.models import MaterialGroup, Supplier
from nozzly.web.bulk_forms import AS_IT_IS, BulkEditForm

_STATES = [(state.value, state.label) for state in (SpoolState.SEALED, SpoolState.OPEN, SpoolState.DRYING)]


class BulkSpoolForm(BulkEditForm):
    clearable = ("location", "supplier", "batch", "received_on", "tare_g", "note")
    changes_class = SpoolChanges

    location = LocationField(required=False, empty_label=AS_IT_IS)
    state = forms.ChoiceField(
        label=_("State"), choices=[("", AS_IT_IS), *_STATES], required=False,
        help_text=_("Rolls with nothing on them stay empty."),
    )  # fmt: skip
    supplier = forms.ModelChoiceField(
        Supplier.objects.order_by("name"), label=_("Supplier"), required=False, empty_label=AS_IT_IS
    )
    batch = forms.CharField(label=_("Maker's batch"), max_length=80, required=False)
    received_on = forms.DateField(
        label=_("Received on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[a_day_that_was],
    )
    net_weight_g = GramsField(label=_("Filament on a full reel"), at_least=Decimal(1), required=False)
    tare_g = GramsField(label=_("Own empty reel"), at_most=Decimal(5_000), required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class BulkFilamentForm(BulkEditForm):
    clearable = ("group", "empty_reel_g", "density_g_cm3", "list_price")
    changes_class = FilamentChanges

    group = forms.ModelChoiceField(
        MaterialGroup.objects.order_by("name"), label=_("Group"), required=False, empty_label=AS_IT_IS
    )
    empty_reel_g = GramsField(
        label=_("Empty reel"), at_most=Decimal(5_000), required=False, help_text=_("Emptied: the brand's.")
    )
    density_g_cm3 = NumberField(
        label=_("Density"), places=3, at_least=Decimal("0.1"), at_most=Decimal(20), required=False,
        help_text=_("Emptied: the material's."),
    )  # fmt: skip
    list_price = NumberField(label=_("List price of a reel"), required=False)


class BulkItemForm(BulkEditForm):
    clearable = ("preferred_supplier", "packed_weight_g", "list_price_per_unit")
    changes_class = ItemChanges

    preferred_supplier = forms.ModelChoiceField(
        Supplier.objects.order_by("name"), label=_("Supplier"), required=False, empty_label=AS_IT_IS
    )
    pack_size = NumberField(label=_("Pack size"), places=3, at_least=Decimal("0.001"), required=False)
    packed_weight_g = GramsField(label=_("Packed weight"), required=False)
    list_price_per_unit = NumberField(label=_("Usual price for one"), places=6, required=False)
