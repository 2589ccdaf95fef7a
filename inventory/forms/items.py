from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inventory.choices import ItemKind, LocationKind, MovementKind
from inventory.domain import directory
from inventory.forms.fields import LocationField, NumberField
from inventory.models import Item, Location, Supplier
from nozzly.web.forms import FilterForm, KeyField

_KEPT = [(kind.value, kind.label) for kind in (ItemKind.COMPONENT, ItemKind.PACKAGING)]


class ItemFilter(FilterForm):
    search = forms.CharField(label=_("Search name or SKU"))
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("Parts and packaging")), *ItemKind.choices[1:]])

    def narrow(self, queryset):
        chosen = self.cleaned_data
        queryset = queryset.matching(chosen["search"]) if chosen["search"] else queryset
        return queryset.filter(kind__in=[chosen["kind"]] if chosen["kind"] else [kind for kind, _label in _KEPT])


class ItemForm(forms.ModelForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=_KEPT)
    list_price_per_unit = NumberField(
        label=_("Usual price for one"), places=6, required=False, help_text=_("Until a delivery says what it costs.")
    )

    class Meta:
        model = Item
        fields = [
            "kind", "name", "sku", "unit", "pack_size", "preferred_supplier", "list_price_per_unit", "packed_weight_g",
            "length_mm", "width_mm", "height_mm",
        ]  # fmt: skip

    def __init__(self, *args, sees_cost=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["preferred_supplier"].queryset = Supplier.objects.order_by("name")
        if not sees_cost:
            del self.fields["list_price_per_unit"]


class SupplierForm(forms.ModelForm):
    class Meta:
        model = Supplier
        fields = ["name", "url", "note"]
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    def clean_name(self):
        name = directory.tidy(self.cleaned_data["name"])
        if Supplier.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("There is already a supplier called %(name)s.") % {"name": name})
        return name


class OfferForm(forms.Form):
    """What one supplier asks for a pack."""

    supplier = forms.ModelChoiceField(Supplier.objects.order_by("name"), label=_("Supplier"))
    pack_size = NumberField(label=_("In one pack"), places=3, at_least=Decimal("0.001"))
    pack_price = NumberField(label=_("Price of a pack"))
    order_code = forms.CharField(label=_("Their number for it"), max_length=80, required=False)
    url = forms.URLField(label=_("Page"), required=False, assume_scheme="https")

    def __init__(self, *args, item: Item, **kwargs):
        usual = item.filament.net_weight_g if item.kind == ItemKind.FILAMENT else item.pack_size
        super().__init__(*args, initial={"supplier": item.preferred_supplier_id, "pack_size": usual}, **kwargs)


class LocationForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), choices=LocationKind.choices, initial=LocationKind.SHELF)
    parent = LocationField(label=_("In"), required=False, empty_label=_("nothing: it is at the top"))

    def __init__(self, *args, instance: Location | None = None, initial=None, **kwargs):
        known = {"name": instance.name, "kind": instance.kind, "parent": instance.parent} if instance else {}
        super().__init__(*args, initial=known | (initial or {}), **kwargs)


class MovePlacesForm(forms.Form):
    """What the tree does with the places that are ticked, or with the one that is dragged."""

    place = forms.ModelMultipleChoiceField(Location.objects.all(), required=False)
    parent = LocationField(label=_("Move what is ticked into"), required=False, empty_label=_("nothing: to the top"))

    def __init__(self, *args, places=(), **kwargs):
        super().__init__(*args, **kwargs)
        if places:  # the page has read them already
            field = self.fields["parent"]
            known = [(place.pk, field.label_from_instance(place)) for place in places]
            field.widget.choices = [("", field.empty_label), *known]


class CountForm(forms.Form):
    counted = NumberField(label=_("Counted"), places=3)
    key = KeyField()


class TransferForm(forms.Form):
    quantity = NumberField(label=_("How many"), places=3, at_least=Decimal("0.001"))
    location = LocationField(label=_("To"))
    key = KeyField()


class UseForm(forms.Form):
    """Something went out, or in, that no other page books."""

    kind = forms.ChoiceField(
        label=_("What happened"),
        choices=[
            (kind.value, kind.label)
            for kind in (MovementKind.OWN_USE, MovementKind.WASTE, MovementKind.SCRAP, MovementKind.FOUND)
        ],
    )
    quantity = NumberField(label=_("How much"), places=3, at_least=Decimal("0.001"))
    note = forms.CharField(label=_("Why"), max_length=200, required=False)
    key = KeyField()

    def signed(self) -> Decimal:
        chosen = self.cleaned_data
        return chosen["quantity"] if chosen["kind"] == MovementKind.FOUND else -chosen["quantity"]


class OpeningLotForm(forms.Form):
    """Parts that are there already, with what they were worth."""

    quantity = NumberField(label=_("How many"), places=3, at_least=Decimal("0.001"), at_most=Decimal(100_000))
    total_price = NumberField(label=_("Worth together"), required=False, help_text=_("Empty: the usual price."))
    location = LocationField(required=False)
    key = KeyField()
