from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from catalog.choices import Stage
from catalog.domain.components import component_named
from catalog.domain.recipes import ComponentDraft, PartDraft, RecipeDraft, SlotDraft, StepDraft
from catalog.forms.durations import DurationField
from catalog.models import PrinterModel, Variant
from inventory.models import Item
from nozzly.core.errors import DomainError
from nozzly.core.units import parse_grams
from nozzly.web.lookups import LookUpField

_HEX = RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write a colour like #ff8000."))


class GramsField(forms.CharField):
    """Grams to the milligram; accepts 12.5, 12,5 g, 0.2 kg."""

    def prepare_value(self, value):
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value

    def to_python(self, value):
        text = super().to_python(value).strip()
        if not text:
            return None
        try:
            grams = parse_grams(text)
        except DomainError as error:
            raise ValidationError(str(error), code="grams") from None
        if not 0 <= grams <= 100_000:
            raise ValidationError(_("Grams go from 0 to 100,000."), code="range")
        return grams


class RecipeForm(forms.Form):
    print_time_s = DurationField(label=_("Print time for one piece"), required=False, help_text=_("Like 3h 20m."))
    printer_model = forms.ModelChoiceField(
        PrinterModel.objects.none(), label=_("Costed on"), required=False, empty_label=_("The usual printer")
    )
    origin = forms.CharField(label=_("Why it changes"), max_length=200, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["printer_model"].queryset = PrinterModel.objects.active().order_by("maker", "name")


class SlotRow(forms.Form):
    name = forms.CharField(label=_("Slot"), max_length=60)
    grams = GramsField(label=_("In the part, g"))
    purge_g = GramsField(label=_("Purged, g"), required=False)
    material_type = forms.CharField(label=_("Material"), max_length=40, required=False)
    colour_hex = forms.CharField(label=_("Colour"), max_length=7, required=False, validators=[_HEX])


class ComponentRow(forms.Form):
    item = forms.ModelChoiceField(Item.objects.none(), label=_("Part or packaging"), required=False, empty_label="–")
    new_name = forms.CharField(label=_("or a new one"), max_length=200, required=False)
    new_price = forms.DecimalField(
        label=_("Its price each"), required=False, min_value=0, max_digits=18, decimal_places=6
    )
    quantity = forms.DecimalField(label=_("Pieces"), min_value=Decimal("0.001"), max_digits=14, decimal_places=3)
    stage = forms.ChoiceField(label=_("Used at"), choices=Stage.choices, initial=Stage.ASSEMBLE)

    def __init__(self, *args, items, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = items

    def clean(self):
        data = super().clean()
        if self.has_changed() and not data.get("DELETE") and not (data.get("item") or data.get("new_name", "").strip()):
            self.add_error("item", _("Choose one, or write the name of a new one."))
        return data

    def draft(self) -> ComponentDraft:
        data = self.cleaned_data
        item = data["item"] or component_named(data["new_name"].strip(), price=data["new_price"], stage=data["stage"])
        return ComponentDraft(item_id=item.pk, quantity=data["quantity"], stage=data["stage"])


class StepRow(forms.Form):
    stage = forms.ChoiceField(label=_("Stage"), choices=Stage.choices, initial=Stage.ASSEMBLE)
    name = forms.CharField(label=_("What is done"), max_length=80, required=False)
    minutes = forms.DecimalField(label=_("Minutes"), min_value=0, max_digits=9, decimal_places=2)
    is_paid = forms.BooleanField(label=_("Paid by the hour"), required=False)


class PartRow(forms.Form):
    variant = LookUpField(Variant.objects.none(), source="catalog:variant_suggestions", label=_("Part"))
    pieces = forms.IntegerField(label=_("Pieces"), min_value=1, max_value=10_000, initial=1)

    def __init__(self, *args, variants, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["variant"].queryset = variants


class Rows(BaseFormSet):
    def add_fields(self, form, index):
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = _("Remove")

    def in_order(self) -> list[forms.Form]:
        """Rows that say something and are not struck out."""
        known = self.initial_form_count()
        return [
            form
            for index, form in enumerate(self.forms)
            if (index < known or form.has_changed()) and not form.cleaned_data.get("DELETE")
        ]


_OPTIONS = {"formset": Rows, "can_delete": True, "can_delete_extra": False, "max_num": 60, "absolute_max": 80}
SlotRows = formset_factory(SlotRow, extra=1, **_OPTIONS)
ComponentRows = formset_factory(ComponentRow, extra=2, **_OPTIONS)
StepRows = formset_factory(StepRow, extra=2, **_OPTIONS)
PartRows = formset_factory(PartRow, extra=1, **_OPTIONS)


class RecipeSheet:
    """The whole screen: one form and four tables."""

    def __init__(self, draft: RecipeDraft, *, product, data=None):
        items = Item.objects.available().parts_and_packaging().order_by("name")
        variants = Variant.objects.for_choice().exclude(product=product)
        known = variants.in_bulk([row.variant_id for row in draft.parts]) if draft.parts else {}
        self.form = RecipeForm(
            data, initial={"print_time_s": draft.print_time_s, "printer_model": draft.printer_model_id}
        )
        self.slots = SlotRows(data, prefix="slots", initial=[vars(slot) for slot in draft.slots])
        self.components = ComponentRows(
            data,
            prefix="components",
            form_kwargs={"items": items},
            initial=[
                {"item": row.item_id, "quantity": _plain(row.quantity), "stage": row.stage} for row in draft.components
            ],
        )
        self.steps = StepRows(data, prefix="steps", initial=[_step_initial(step) for step in draft.steps])
        self.parts = PartRows(
            data,
            prefix="parts",
            form_kwargs={"variants": variants},
            initial=[{"variant": known.get(row.variant_id), "pieces": row.pieces} for row in draft.parts],
        )

    @property
    def tables(self):
        return (self.slots, self.components, self.steps, self.parts)

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), *(table.is_valid() for table in self.tables)])

    @property
    def has_errors(self) -> bool:
        return self.form.is_bound and not self.is_valid()

    def draft(self) -> RecipeDraft:
        printer_model = self.form.cleaned_data["printer_model"]
        return RecipeDraft(
            print_time_s=self.form.cleaned_data["print_time_s"] or 0,
            printer_model_id=printer_model.pk if printer_model else None,
            slots=tuple(_slot(row.cleaned_data) for row in self.slots.in_order()),
            components=tuple(row.draft() for row in self.components.in_order()),
            steps=tuple(_step(row.cleaned_data) for row in self.steps.in_order()),
            parts=tuple(
                PartDraft(variant_id=row.cleaned_data["variant"].pk, pieces=row.cleaned_data["pieces"])
                for row in self.parts.in_order()
            ),
        )


def _slot(data: dict) -> SlotDraft:
    return SlotDraft(
        name=data["name"].strip(),
        grams=data["grams"],
        purge_g=data["purge_g"] or Decimal(0),
        material_type=data["material_type"].strip(),
        colour_hex=data["colour_hex"].lower(),
    )


def _step_initial(step: StepDraft) -> dict:
    return vars(step) | {"minutes": _plain(step.minutes)}


def _plain(number: Decimal) -> Decimal:
    """Without idle zeros and without an exponent: 4.000 is 4, 10 stays 10."""
    return Decimal(f"{number.normalize():f}")


def _step(data: dict) -> StepDraft:
    return StepDraft(stage=data["stage"], name=data["name"].strip(), minutes=data["minutes"], is_paid=data["is_paid"])
