from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from inventory.choices import Finish
from inventory.domain import library
from inventory.domain.filaments import FilamentFacts
from inventory.forms.fields import ColoursField, GramsField, NumberField
from inventory.models import Filament, Material, MaterialGroup
from nozzly.web.forms import FilterForm


class FilamentFilter(FilterForm):
    search = forms.CharField(label=_("Search brand, material, colour"))
    material = forms.ModelChoiceField(Material.objects.order_by("name"), label=_("Material"), empty_label=_("All"))
    group = forms.ModelChoiceField(MaterialGroup.objects.order_by("name"), label=_("Group"), empty_label=_("All"))
    stocked = forms.BooleanField(label=_("Only with stock"))

    def narrow(self, queryset):
        chosen = self.cleaned_data
        queryset = queryset.matching(chosen["search"]) if chosen["search"] else queryset
        queryset = queryset.filter(material=chosen["material"]) if chosen["material"] else queryset
        queryset = queryset.filter(group=chosen["group"]) if chosen["group"] else queryset
        return queryset.filter(stock_g__gt=0) if chosen["stocked"] else queryset


class LibraryForm(forms.Form):
    search = forms.CharField(
        label=_("Search the library"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )


class FilamentForm(forms.Form):
    """All that describes a filament; the library fills it in for those it knows."""

    brand = forms.CharField(label=_("Brand"), max_length=80, widget=forms.TextInput(attrs={"list": "brands"}))
    material = forms.CharField(label=_("Material"), max_length=40, widget=forms.TextInput(attrs={"list": "materials"}))
    colour_name = forms.CharField(label=_("Colour"), max_length=80)
    colour_hexes = ColoursField(label=_("How it looks"), max_length=80, initial="#000000")
    finish = forms.ChoiceField(label=_("Finish"), choices=Finish.choices, required=False)
    diameter_mm = NumberField(
        label=_("Diameter"), places=3, at_least=Decimal(1), at_most=Decimal(4), initial=Decimal("1.75")
    )
    net_weight_g = GramsField(label=_("Filament on a full reel"), at_least=Decimal(1), initial=Decimal(1000))
    empty_reel_g = GramsField(label=_("Empty reel"), required=False, help_text=_("Empty: the brand's."))
    density_g_cm3 = NumberField(
        label=_("Density"), places=3, at_least=Decimal("0.1"), at_most=Decimal(20), required=False,
        help_text=_("Empty: the material's."),
    )  # fmt: skip
    list_price = NumberField(label=_("List price of a reel"), required=False)
    group = forms.ModelChoiceField(
        MaterialGroup.objects.order_by("name"), label=_("Group"), required=False,
        help_text=_("Filaments of one group replace each other."),
    )  # fmt: skip

    def __init__(self, *args, instance: Filament | None = None, initial=None, sees_cost=True, **kwargs):
        known = {name: getattr(instance, name) for name in self.base_fields} if instance else {}
        super().__init__(*args, initial=known | (initial or {}), **kwargs)
        self.instance = instance
        if not sees_cost:
            del self.fields["list_price"]

    def material_names(self):
        return [material.name for material in library.materials().values()]

    def facts(self) -> FilamentFacts:
        chosen = dict(self.cleaned_data)
        chosen.pop("group")
        price = chosen.setdefault("list_price", self.instance.list_price if self.instance else None)
        return FilamentFacts(**chosen, list_price_origin="" if price is None else "typed")


class GroupForm(forms.ModelForm):
    class Meta:
        model = MaterialGroup
        fields = ["name", "material", "colour_hex"]
        widgets = {"colour_hex": forms.TextInput(attrs={"type": "color"})}


class ProposalForm(forms.Form):
    """A proposal as the page showed it: a group that is there, or the name and colour of a new one."""

    name = forms.CharField(max_length=80)
    colour_hex = forms.RegexField(r"^#[0-9a-f]{6}$")
    group = forms.ModelChoiceField(MaterialGroup.objects.all(), required=False)
    member = forms.ModelMultipleChoiceField(Filament.objects.all())

    def chosen(self) -> dict[str, object]:
        chosen = dict(self.cleaned_data)
        members = chosen.pop("member")
        return chosen | {"member_ids": [filament.pk for filament in members]}
