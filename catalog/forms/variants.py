from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.domain import bindings
from catalog.domain.colourways import Option
from catalog.domain.variants import Binding, VariantDraft
from catalog.forms.durations import DurationField
from catalog.forms.recipes import GramsField
from catalog.models import Product, Recipe, Variant, VariantSlot


class BindingField(forms.ChoiceField):
    """A filament, a group, or one from the library that is of the slot's material."""

    def __init__(self, *, material_type: str, **kwargs):
        groups = [
            (heading, [(option.value, option.text) for option in lines])
            for heading, lines in bindings.options(material_type)
        ]
        super().__init__(choices=[("", _("Not chosen yet")), *groups], required=False, **kwargs)


class VariantForm(forms.Form):
    """A variant with one drop-down for each slot of the recipe."""

    name = forms.CharField(
        label=_("Name"), max_length=120, required=False, help_text=_("Empty: named after its colours.")
    )
    sku = forms.CharField(label=_("SKU"), max_length=40, required=False, help_text=_("Empty: made from the names."))
    options = forms.CharField(
        label=_("Options"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "Size: large"}),
        help_text=_("One in a line, like “Size: large”."),
    )
    print_time_s = DurationField(
        label=_("Own print time"), required=False, help_text=_("Only where it differs from the recipe.")
    )
    stock_target = forms.IntegerField(
        label=_("Keep in stock"),
        required=False,
        min_value=0,
        max_value=100_000,
        help_text=_("Pieces. “Fill tonight” proposes plates up to it when nothing else waits."),
    )

    def __init__(self, *args, product: Product, recipe: Recipe | None, variant: Variant | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.variant = variant
        self.slots = list(recipe.slots.all()) if recipe else []
        like = variant or product.variants.active().in_order().first()
        bound = {slot.slot_name: slot for slot in like.slots.all()} if like else {}
        self.own_purge_g = {name: slot.purge_g for name, slot in bound.items()} if variant else {}
        for index, slot in enumerate(self.slots):
            binding = bound.get(slot.name)
            self.fields[f"slot_{index}"] = BindingField(
                material_type=slot.material_type, label=slot.name, initial=_choice(binding)
            )
            if variant:
                self.fields[f"grams_{index}"] = GramsField(
                    label=_("Own grams"), required=False, initial=binding.grams if binding else None
                )
        if variant:
            self.initial.update(_initial(variant))

    def slot_rows(self):
        """(slot, its drop-down, its own grams or None) for the template."""
        for index, slot in enumerate(self.slots):
            yield slot, self[f"slot_{index}"], self[f"grams_{index}"] if self.variant else None

    def clean_options(self) -> dict[str, str]:
        found = {}
        for line in self.cleaned_data["options"].splitlines():
            name, colon, value = line.partition(":")
            if line.strip() and not (colon and name.strip() and value.strip()):
                raise forms.ValidationError(_("“%(line)s” is no option; write “Size: large”."), params={"line": line})
            if line.strip():
                found[name.strip()] = value.strip()
        return found

    def draft(self) -> VariantDraft:
        """Copies what was chosen from the library into the workspace. Raises UnknownFilament."""
        data, bound = self.cleaned_data, {}
        for index, slot in enumerate(self.slots):
            binding = bindings.binding_of(data[f"slot_{index}"])
            if binding:
                grams = data.get(f"grams_{index}")
                purge_g = self.own_purge_g.get(slot.name)
                bound[slot.name] = Binding(binding.filament_id, binding.group_id, grams=grams, purge_g=purge_g)
        words = [bindings.colour_word(binding) for binding in bound.values()]
        return VariantDraft(
            name=data["name"].strip() or " / ".join(dict.fromkeys(words))[:120] or str(_("Standard")),
            sku=data["sku"].strip(),
            options=data["options"],
            bindings=bound,
            print_time_s=data["print_time_s"],
            stock_target=data["stock_target"],
        )


class ColourwaysForm(forms.Form):
    """One slot, many filaments: a variant for each."""

    slot = forms.ChoiceField(label=_("Slot that changes its colour"))
    filaments = forms.MultipleChoiceField(label=_("Filaments"), widget=forms.CheckboxSelectMultiple)
    option_name = forms.CharField(
        label=_("Another option"), max_length=40, required=False, help_text=_("For example: Size.")
    )
    option_values = forms.CharField(
        label=_("Its values"),
        max_length=400,
        required=False,
        help_text=_("With commas: S, M, L. Each colour comes in each."),
    )

    def __init__(self, *args, recipe: Recipe | None, **kwargs):
        super().__init__(*args, **kwargs)
        slots = list(recipe.slots.all()) if recipe else []
        self.fields["slot"].choices = [(slot.name, slot.name) for slot in slots]
        material_type = slots[0].material_type if slots else ""
        self.groups = bindings.options(material_type)
        self.fields["filaments"].choices = [
            (option.value, option.text) for _heading, lines in self.groups for option in lines
        ]

    def clean(self):
        data = super().clean()
        if bool(data.get("option_name", "").strip()) != bool(self._values()):
            self.add_error("option_values", _("Name the option and say its values, or leave both empty."))
        return data

    def option(self) -> Option | None:
        values = self._values()
        return Option(self.cleaned_data["option_name"].strip(), values) if values else None

    def _values(self) -> tuple[str, ...]:
        values = (value.strip() for value in self.cleaned_data.get("option_values", "").split(","))
        return tuple(dict.fromkeys(value for value in values if value))

    def chosen(self) -> set[str]:
        return set(self["filaments"].value() or ())


def _choice(binding: VariantSlot | None) -> str:
    if binding is None:
        return ""
    return bindings.choice_of(Binding(binding.filament_id, binding.group_id))


def _initial(variant: Variant) -> dict:
    return {
        "name": variant.name,
        "sku": variant.item.sku,
        "options": "\n".join(f"{name}: {value}" for name, value in variant.options.items()),
        "stock_target": variant.stock_target,
        "print_time_s": variant.print_time_s,
    }
