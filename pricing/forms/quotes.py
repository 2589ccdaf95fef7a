"""Forms of quotes: the drop that starts one, all its facts, and the answer of the customer."""

from decimal import Decimal
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalog.domain import bindings
from catalog.domain.variants import Binding
from catalog.models import PrinterModel
from nozzly.core.countries import country_choices
from nozzly.tenancy.current import current_workspace
from nozzly.web.forms import FilterForm
from nozzly.web.widgets import LongSelect
from pricing.choices import QuoteState
from pricing.domain.quotes import Drop
from pricing.forms.fields import GramsField, MoneyField, NumberField, PercentField
from pricing.models import Channel, JobQuote

_FILES = ".gcode,.bgcode,.3mf,.ufp,.gx,.g,.gco"
_MOST_BREAKS = 8
_MOST_PIECES = 100_000
_HOUR_S = 3600
_DATE = {"type": "date"}


class QuantitiesField(forms.CharField):
    """10, 25, 50: the numbers to price as well."""

    def prepare_value(self, value):
        return ", ".join(str(number) for number in value) if isinstance(value, list) else value

    def clean(self, value):
        words = super().clean(value).replace(";", ",").replace(" ", ",").split(",")
        words = [word for word in words if word]
        if any(not word.isdecimal() or not 0 < int(word[:9]) <= _MOST_PIECES or len(word) > 6 for word in words):
            raise ValidationError(_("Numbers of pieces with commas between them: 10, 25, 50."))
        if len(words) > _MOST_BREAKS:
            raise ValidationError(_("At most %(most)s numbers.") % {"most": _MOST_BREAKS})
        return sorted({int(word) for word in words})


class HoursField(NumberField):
    """Hours as typed, 2.5; kept as seconds."""

    def prepare_value(self, value):
        return (
            f"{(Decimal(value) / _HOUR_S).quantize(Decimal('0.01')).normalize():f}" if isinstance(value, int) else value
        )

    def clean(self, value):
        hours = super().clean(value)
        return None if hours is None else int(hours * _HOUR_S)


def material_choices(first):
    groups = [
        (heading, [(option.value, option.text) for option in options])
        for heading, options in bindings.options(with_library=False)
    ]
    return [("", first), *groups]


class QuoteFacts(forms.ModelForm):
    """What both forms ask."""

    country = forms.ChoiceField(label=_("Goes to"), choices=country_choices, widget=LongSelect)
    quantity = forms.IntegerField(label=_("Pieces wanted"), min_value=1, max_value=_MOST_PIECES)
    break_quantities = QuantitiesField(
        label=_("Also priced for"), required=False, help_text=_("Numbers with commas: 10, 25, 50.")
    )
    target_margin_pct = PercentField(label=_("Margin"), at_least=-99, at_most="99.9")

    def clean_break_quantities(self):
        return self.cleaned_data["break_quantities"] or []


class NewQuoteForm(QuoteFacts):
    file = forms.FileField(
        label=_("Sliced file"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": _FILES, "class": "drop-input"}),
        help_text=_("G-code, binary G-code, sliced 3MF, UFP or GX."),
    )
    title = forms.CharField(
        label=_("What it is"), max_length=160, required=False, help_text=_("Left empty, the name of the file.")
    )
    material = forms.ChoiceField(label=_("Material"), required=False, widget=LongSelect)
    grams = GramsField(label=_("Grams of the bed"), required=False, help_text=_("Without a file only."))
    bed_time_s = HoursField(label=_("Print hours of the bed"), required=False, help_text=_("Without a file only."))
    pieces_per_bed = forms.IntegerField(
        label=_("Pieces on the bed"), min_value=1, max_value=1000, required=False,
        help_text=_("Left empty, as the file's name says (x6), else one."),
    )  # fmt: skip
    key = forms.UUIDField(widget=forms.HiddenInput)

    class Meta:
        model = JobQuote
        fields = ("customer", "contact", "for_business", "country", "quantity", "break_quantities", "target_margin_pct")

    def __init__(self, *args, initial=None, **kwargs):
        start = {
            "key": uuid4(),
            "country": current_workspace().country,
            "quantity": 1,
            "target_margin_pct": Decimal(50),
        }
        super().__init__(*args, initial=start | (initial or {}), **kwargs)
        self.fields["material"].choices = material_choices(_("As the file says"))

    def drop(self) -> Drop:
        data = self.cleaned_data
        facts = {name: data[name] for name in self.Meta.fields}
        facts |= {"title": data["title"], "pieces_per_bed": data["pieces_per_bed"] or 1}
        if not data["file"]:
            facts["bed_time_s"] = data["bed_time_s"] or 0
        return Drop(file=data["file"], grams=data["grams"], material=data["material"], facts=facts)


class JobQuoteForm(QuoteFacts):
    """All facts of a draft; each colour has a box of its own."""

    bed_time_s = HoursField(label=_("Print hours of the bed"), required=False)
    pieces_per_bed = forms.IntegerField(label=_("Pieces on the bed"), min_value=1, max_value=1000)
    price_each = MoneyField(
        label=_("Price of a piece"), required=False, help_text=_("Left empty, what the margin asks for.")
    )
    setup_minutes = NumberField(label=_("Minutes once"), help_text=_("Talking, drawing, a test print."), required=False)
    bed_minutes = NumberField(label=_("Minutes for each bed"), help_text=_("Load, start, take off."), required=False)
    piece_minutes = NumberField(label=_("Minutes for each piece"), help_text=_("Clean, glue, pack."), required=False)
    extra_once = MoneyField(label=_("Bought for the job"), required=False)
    extra_per_piece = MoneyField(
        label=_("Bought for each piece"), help_text=_("Magnets, inserts, a box."), required=False
    )
    postage_charged = MoneyField(label=_("Delivery charged"), required=False)
    postage_paid = MoneyField(label=_("Delivery costs us"), required=False)
    lead_days = forms.IntegerField(
        label=_("Ready in days"), min_value=0, max_value=3650, required=False,
        help_text=_("Left empty, what the queue says."),
    )  # fmt: skip

    class Meta:
        model = JobQuote
        fields = (
            "title", "customer", "contact", "for_business", "country", "tax_class", "channel", "printer_model", "pieces_per_bed",
            "bed_time_s", "quantity", "break_quantities", "setup_minutes", "bed_minutes", "piece_minutes",
            "extra_once", "extra_per_piece", "postage_charged", "postage_paid", "target_margin_pct", "price_each",
            "lead_days", "valid_until", "note",
        )  # fmt: skip
        widgets = {
            "valid_until": forms.DateInput(attrs=_DATE, format="%Y-%m-%d"),
            "note": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        own = Channel.objects.active().in_order().filter(currency=current_workspace().currency)
        self.fields["channel"].queryset = own
        self.fields["channel"].empty_label = _("A bank transfer")
        self.fields["printer_model"].queryset = PrinterModel.objects.active().order_by("maker", "name")
        self.fields["printer_model"].empty_label = _("The usual one")
        choices = material_choices(_("At list price"))
        self.slot_names = {}
        for slot in self.instance.slots.order_by("position", "pk"):
            name = f"slot_{slot.pk}"
            chosen = bindings.choice_of(Binding(slot.filament_id, slot.group_id))
            label = _("{colour}, {grams} g").format(colour=slot.name, grams=f"{slot.grams + slot.purge_g:.1f}")
            self.fields[name] = forms.ChoiceField(
                label=label, choices=choices, required=False, initial=chosen, widget=LongSelect
            )
            self.slot_names[slot.pk] = name
        self.plate_names = self._plate_fields()

    def _plate_fields(self):
        """How many parts each plate holds; grams and hours are the file's."""
        names = {}
        for plate in self.instance.plates.order_by("number"):
            name = names[plate.pk] = f"plate_{plate.pk}"
            label = _("Parts on plate {number}").format(number=plate.number)
            self.fields[name] = forms.IntegerField(label=label, min_value=1, max_value=1000, initial=plate.pieces)
        if names:
            del self.fields["pieces_per_bed"], self.fields["bed_time_s"]
        return names

    @property
    def slot_fields(self):
        return [self[name] for name in self.slot_names.values()]

    @property
    def plate_fields(self):
        return [self[name] for name in self.plate_names.values()]

    def clean(self):
        data = super().clean()
        for name in ("setup_minutes", "bed_minutes", "piece_minutes", "extra_once", "extra_per_piece"):
            data[name] = data.get(name) or Decimal(0)
        for name in ("postage_charged", "postage_paid"):
            data[name] = data.get(name) or Decimal(0)
        if "bed_time_s" in self.fields:
            data["bed_time_s"] = data.get("bed_time_s") or 0
        return data

    def facts(self):
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.fields}

    def parts(self):
        return {pk: self.cleaned_data[name] for pk, name in self.plate_names.items()}

    def materials(self):
        return {pk: self.cleaned_data[name] for pk, name in self.slot_names.items()}


class AcceptForm(forms.Form):
    quantity = forms.IntegerField(label=_("Pieces ordered"), min_value=1, max_value=_MOST_PIECES)


class MarginForm(forms.Form):
    margin_pct = PercentField(label=_("Margin"), at_least=-99, at_most="99.9")


class QuoteFilter(FilterForm):
    search = forms.CharField(label=_("Search quotes"))
    state = forms.ChoiceField(label=_("State"), choices=[("", _("All")), *QuoteState.choices])

    def narrow(self, queryset):
        data = self.cleaned_data
        if data["search"]:
            queryset = queryset.matching(data["search"])
        return queryset.filter(state=data["state"]) if data["state"] else queryset
