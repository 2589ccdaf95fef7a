"""What is printed next: filters of the list, planning, starting, queueing."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from nozzly.core.errors import DomainError
from nozzly.web.forms import FilterForm, KeyField
from production.choices import RunState
from production.domain import spools
from production.domain.beds import Pieces
from production.domain.planning import MOST_COPIES
from production.forms.closing import roll_label
from production.forms.fields import MomentField
from production.models import FailureReason, Printer, Run

FOUND_AT_MOST = 12


def printer_field(**options) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        Printer.objects.active().by_name(), label=_("Printer"), **({"required": False} | options)
    )


class RunFilter(FilterForm):
    search = forms.CharField(label=_("Search number, product, order"))
    state = forms.ChoiceField(
        label=_("State"),
        choices=[("", _("All")), ("open", _("Planned and printing")), *RunState.choices],
    )
    printer = printer_field(empty_label=_("All printers"))
    reason = forms.ModelChoiceField(
        FailureReason.objects.in_order(), label=_("Failed because"), empty_label=_("Any reason")
    )
    since = forms.DateField(label=_("Entered since"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def narrow(self, queryset):
        chosen = self.cleaned_data
        if chosen["search"]:
            queryset = queryset.matching(chosen["search"])
        if chosen["state"] == "open":
            queryset = queryset.open()
        elif chosen["state"]:
            queryset = queryset.filter(state=chosen["state"])
        if chosen["printer"]:
            queryset = queryset.filter(printer=chosen["printer"])
        if chosen["reason"]:
            queryset = queryset.filter(failure_reason=chosen["reason"])
        return queryset.filter(entry_on__gte=chosen["since"]) if chosen["since"] else queryset


class PlanForm(forms.Form):
    """Common to a plate and to an ad-hoc mix."""

    copies = forms.IntegerField(label=_("How many times"), min_value=1, max_value=MOST_COPIES, initial=1)
    printer = printer_field(empty_label=_("decide later"))
    planned_for = MomentField(label=_("Not before"), required=False)
    reference = forms.CharField(
        label=_("For"), required=False, max_length=120, help_text=_("An order, an event; empty for stock.")
    )
    even_if_short = forms.BooleanField(label=_("Plan it even if filament is short"), required=False)
    key = KeyField()

    def details(self) -> dict:
        names = ("copies", "printer", "planned_for", "reference", "even_if_short", "key")
        return {name: self.cleaned_data[name] for name in names}


class PlanMixForm(PlanForm):
    """Any products on one bed: those chosen already and those a search found, each with a number of pieces."""

    search = forms.CharField(label=_("Find a product"), required=False)

    def __init__(self, *args, variants=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.variants = list(variants)
        for variant in self.variants:
            self.fields[f"v{variant.pk}"] = forms.IntegerField(
                label=str(variant), min_value=0, max_value=10_000, required=False
            )

    def rows(self):
        for variant in self.variants:
            yield variant, self[f"v{variant.pk}"]

    def outputs(self) -> list[Pieces]:
        told = self.cleaned_data
        return [Pieces(variant, told[f"v{variant.pk}"]) for variant in self.variants if told.get(f"v{variant.pk}")]

    @staticmethod
    def chosen_ids(data) -> list[int]:
        """Variants that carry a number in the submitted form, or are named in the address (?variant=7)."""
        posted = [name[1:] for name, value in data.items() if name.startswith("v") and value.strip() not in {"", "0"}]
        return [int(text) for text in [*posted, *data.getlist("variant")] if text.isdecimal() and len(text) < 18]


def variants_to_offer(data, *, first: bool):
    """Chosen ones first; then what the search finds, or some of the newest on the first look."""
    chosen = PlanMixForm.chosen_ids(data)
    words = data.get("search", "").split()
    offered = Variant.objects.active().select_related("product", "item").order_by("-pk")
    kept = {variant.pk: variant for variant in offered.filter(pk__in=chosen)}
    for word in words:
        offered = offered.filter(
            Q(product__title__icontains=word) | Q(name__icontains=word) | Q(item__sku__icontains=word)
        )
    more = list(offered.exclude(pk__in=kept)[:FOUND_AT_MOST]) if words or first else []
    return [*(kept[pk] for pk in dict.fromkeys(chosen) if pk in kept), *more]


class NotTold(DomainError):
    pass


class StartForm(forms.Form):
    """``told`` names what the page has said against it, so that another printer or roll is checked as well."""

    printer = printer_field(empty_label=_("no printer"))
    told = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(self, *args, run, **kwargs):
        super().__init__(*args, **kwargs)
        self.lines = list(run.materials.for_page())
        rolls = spools.rolls_to_choose(self.lines)
        for line in self.lines:
            bound = line.binding
            fitting = [roll for roll in rolls if spools.fits(line, roll)] if bound else rolls
            self.fields[f"m{line.pk}"] = forms.TypedChoiceField(
                label=line.slot_name or line.material_name,
                choices=[
                    ("", _("the one loaded, else the oldest open one") if bound else _("decide at the end")),
                    *((roll.pk, roll_label(roll)) for roll in fitting),
                ],
                coerce=int,
                empty_value=None,
                required=False,
                initial=line.lot_id,
            )

    def rows(self):
        for line in self.lines:
            yield line, self[f"m{line.pk}"]

    def refuse_unread(self, digest: str) -> None:
        """Raises NotTold when what speaks against the start has not been on the page yet."""
        if digest and digest != self.cleaned_data["told"]:
            raise NotTold(gettext("Read this first; sending the form once more starts the run all the same."))

    def rolls(self) -> dict[int, int]:
        return {line.pk: lot for line in self.lines if (lot := self.cleaned_data[f"m{line.pk}"])}


class MoveForm(forms.Form):
    """A button of the board ("17:earlier", "17:later"), or a run dragged behind another ("17:behind:12:3")."""

    move = forms.RegexField(
        r"^\d{1,17}:(earlier|later|behind:\d{1,17}:\d{1,17})$",
        error_messages=dict.fromkeys(("invalid", "required"), _("The board has changed meanwhile; look again.")),
    )

    def clean_move(self):
        """(run, "earlier", "later" or "behind", other run or None, printer or None)."""
        number, verb, *where = self.cleaned_data["move"].split(":")
        other, printer = (int(text) for text in where) if where else (0, 0)
        found = Run.objects.in_bulk({int(number), other})
        machine = Printer.objects.active().filter(pk=printer).first()
        if int(number) not in found or (other and other not in found) or (printer and machine is None):
            raise forms.ValidationError(self.fields["move"].error_messages["invalid"])
        return found[int(number)], verb, found.get(other), machine


class QueueForm(forms.Form):
    printer = printer_field(empty_label=_("decide later"))
    planned_for = MomentField(label=_("Not before"), required=False)
    queue_position = forms.IntegerField(
        label=_("Place in the queue"),
        min_value=0,
        max_value=9999,
        required=False,
        help_text=_("0 is first; empty: behind all others."),
    )
