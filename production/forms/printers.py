"""Printers, their slots, the care they want, and why prints fail."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models import PrinterModel
from inventory.models import Location, Lot
from production.domain.printers import MOST_SLOTS
from production.forms.closing import roll_label
from production.forms.fields import NumberField
from production.models import FailureReason, MaintenanceTask, Printer

OWN_FIELDS = ("nozzle_mm", "power_w", "price", "resale_price", "life_h", "upkeep_per_h", "hours_before_h", "note")


class PrinterForm(forms.Form):
    """A printer and what of it differs from its model. People who see no cost get no field with money in it."""

    money = ("price", "resale_price", "upkeep_per_h")

    name = forms.CharField(label=_("Name"), max_length=80)
    model = forms.ModelChoiceField(PrinterModel.objects.active().order_by("maker", "name"), label=_("Model"))
    room = forms.ModelChoiceField(
        Location.objects.exclude(kind="slot").in_tree_order(), label=_("Stands in"), required=False
    )
    slots = forms.IntegerField(
        label=_("Slots for filament"), min_value=1, max_value=MOST_SLOTS, required=False,
        help_text=_("Empty: as many as its model has."),
    )  # fmt: skip
    nozzle_mm = NumberField(
        label=_("Nozzle fitted"), required=False, at_least=Decimal("0.1"), at_most=Decimal(3),
        help_text=_("Empty: the one its model comes with."),
    )  # fmt: skip
    power_w = NumberField(label=_("Power while printing"), required=False, at_most=Decimal(20_000))
    price = NumberField(label=_("Price paid"), required=False)
    resale_price = NumberField(label=_("Worth at the end"), required=False)
    life_h = NumberField(label=_("Hours in its life"), required=False, at_least=Decimal(1))
    upkeep_per_h = NumberField(label=_("Upkeep per hour"), required=False)
    hours_before_h = NumberField(label=_("Hours printed before Nozzly"), required=False, initial=Decimal(0))
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args, instance: Printer | None = None, sees_cost: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if instance is not None:
            self.initial |= {name: getattr(instance, name) for name in OWN_FIELDS}
            self.initial |= {
                "name": instance.name,
                "model": instance.model_id,
                "room": instance.location.parent_id,
                "slots": instance.slots.count(),
            }
            self.fields["slots"].help_text = ""
        if not sees_cost:
            for name in self.money:
                del self.fields[name]

    def own(self) -> dict:
        told = {name: self.cleaned_data[name] for name in OWN_FIELDS if name in self.fields}
        return told | {"hours_before_h": told["hours_before_h"] or Decimal(0)}


class LoadForm(forms.Form):
    """Which roll hangs in a slot from now on."""

    lot = forms.ModelChoiceField(
        Lot.objects.none(), label=_("Roll"), required=False, empty_label=_("nothing: unload it")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lot"].queryset = Lot.objects.available().spools().filter(on_hand__gt=0).order_by("title", "code")
        self.fields["lot"].label_from_instance = roll_label


class FailureReasonForm(forms.ModelForm):
    class Meta:
        model = FailureReason
        fields = ("name", "position")
        labels = {"name": _("What went wrong"), "position": _("Place in the list")}


class MaintenanceTaskForm(forms.ModelForm):
    class Meta:
        model = MaintenanceTask
        fields = ("name", "every_h")
        labels = {"name": _("What to do"), "every_h": _("Every so many print hours")}


class MaintenanceLogForm(forms.Form):
    """What was done; the money only for people who see costs."""

    task = forms.ModelChoiceField(MaintenanceTask.objects.none(), label=_("Task"), required=False)
    text = forms.CharField(label=_("What was done"), max_length=200, required=False)
    minutes = NumberField(label=_("Minutes"), required=False, at_most=Decimal(10_000))
    cost = NumberField(label=_("Parts bought"), required=False)

    def __init__(self, *args, printer: Printer, sees_cost: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["task"].queryset = printer.maintenance_tasks.active().order_by("name")
        if not sees_cost:
            del self.fields["cost"]

    def clean(self):
        told = super().clean()
        if not told.get("task") and not told.get("text"):
            self.add_error("text", _("Choose a task or say what was done."))
        return told

    def entry(self) -> dict:
        told = self.cleaned_data
        return {
            "task": told["task"],
            "text": told["text"],
            "minutes": told["minutes"] or Decimal(0),
            "cost": told.get("cost") or Decimal(0),
        }
