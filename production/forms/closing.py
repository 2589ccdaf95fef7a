"""How a run ended: the full form and the failed one."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from nozzly.web.forms import KeyField
from production.choices import Method
from production.domain import spools
from production.domain.reports import FailureReport, PieceCount, RunReport, SpoolUse
from production.forms.fields import DurationField, GramsField, MomentField, NumberField
from production.models import FailureReason, Run

_STARS = [("", _("not rated")), *((str(stars), "★" * stars) for stars in range(1, 6))]


def settings_field() -> forms.CharField:
    return forms.CharField(
        label=_("Settings"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What to set to get this result again: temperatures, plate, glue."),
    )


class SpoolsMixin:
    """A block of fields for each material line: ``rows_of_spools()`` gives them to the template."""

    def add_spool_fields(self, run: Run) -> None:
        self.lines = list(run.materials.for_page())
        rolls = spools.rolls_to_choose(self.lines)
        for line in self.lines:
            prefix = f"m{line.pk}_"
            self.fields |= {
                f"{prefix}lot": _roll_field(line, rolls),
                f"{prefix}method": forms.ChoiceField(
                    label=_("Grams from"), choices=Method.choices, initial=Method.SLICED, required=False
                ),
                f"{prefix}grams": GramsField(label=_("In the part"), required=False),
                f"{prefix}purge": GramsField(label=_("Purged"), required=False),
                f"{prefix}before": GramsField(label=_("Scale before"), required=False),
                f"{prefix}after": GramsField(label=_("Scale after"), required=False),
                f"{prefix}second_lot": _roll_field(line, rolls, empty=_("no second roll")),
                f"{prefix}second_grams": GramsField(label=_("Grams from it, in the part"), required=False),
                f"{prefix}second_purge": GramsField(label=_("Purged from it"), required=False),
                f"{prefix}second_before": GramsField(label=_("Its scale before"), required=False),
                f"{prefix}second_after": GramsField(label=_("Its scale after"), required=False),
            }

    def rows_of_spools(self):
        """(material line, {field name without prefix: bound field})."""
        for line in self.lines:
            prefix = f"m{line.pk}_"
            names = [name for name in self.fields if name.startswith(prefix)]
            yield line, {name.removeprefix(prefix): self[name] for name in names}

    def spool_uses(self) -> tuple[SpoolUse, ...]:
        return tuple(use for line in self.lines for use in self._uses(line))

    def _uses(self, line):
        told = {
            name.removeprefix(f"m{line.pk}_"): value
            for name, value in self.cleaned_data.items()
            if name.startswith(f"m{line.pk}_")
        }
        yield SpoolUse(
            line.pk,
            lot_id=told["lot"],
            method=_method(told),
            grams=told["grams"],
            purge_g=told["purge"],
            before_g=told["before"],
            after_g=told["after"],
        )
        if told["second_lot"]:
            weighed = told["second_before"] is not None or told["second_after"] is not None
            yield SpoolUse(
                line.pk,
                lot_id=told["second_lot"],
                method=Method.SCALE if weighed else Method.TYPED,
                grams=told["second_grams"],
                purge_g=told["second_purge"] or Decimal(0),
                before_g=told["second_before"],
                after_g=told["second_after"],
            )


def _method(told: dict) -> Method:
    """Numbers say more than the choice above them: somebody who weighed has weighed."""
    chosen = Method(told["method"] or Method.SLICED)
    if chosen != Method.SLICED:
        return chosen
    if told["before"] is not None or told["after"] is not None:
        return Method.SCALE
    return Method.TYPED if told["grams"] is not None else Method.SLICED


def _roll_field(line, rolls, *, empty="") -> forms.TypedChoiceField:
    known = line.binding
    fitting = [roll for roll in rolls if spools.fits(line, roll)] if known else rolls
    choices = {roll.pk: roll_label(roll) for roll in fitting}
    if line.lot_id and not empty:
        choices.setdefault(line.lot_id, roll_label(line.lot))
    usual = _("the one loaded, else the oldest open one") if known else _("choose the roll")
    first = empty or (usual if not line.lot_id else "")
    return forms.TypedChoiceField(
        label=_("Roll") if not empty else _("Second roll"),
        choices=[("", first), *choices.items()] if first else list(choices.items()),
        help_text="" if choices or known or empty else _("No roll is in the stock room yet: add what is on the shelf."),
        coerce=int,
        empty_value=None,
        required=False,
        initial=None if empty else line.lot_id,
    )


def roll_label(roll) -> str:
    return f"{roll.code} · {roll.title} · {roll.on_hand.normalize():f} g"


class CompleteRunForm(SpoolsMixin, forms.Form):
    stars = forms.ChoiceField(label=_("How did it come out?"), choices=_STARS, required=False)
    minutes = NumberField(label=_("Hands-on minutes"), required=False, at_most=Decimal(10_000))
    time_s = DurationField(label=_("Print time"), required=False)
    energy_kwh = NumberField(label=_("Energy measured"), required=False, at_most=Decimal(10_000))
    finished_at = MomentField(label=_("Finished"), required=False)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    settings_note = settings_field()
    key = KeyField()

    def __init__(self, *args, run: Run, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["settings_note"].initial = run.settings_note
        self.outputs = list(run.outputs.for_page())
        for output in self.outputs:
            for name, label, initial in (
                ("good", _("Good"), output.planned),
                ("b_grade", _("B-grade"), 0),
                ("scrapped", _("Scrapped"), 0),
            ):
                self.fields[f"o{output.pk}_{name}"] = forms.IntegerField(
                    label=label, min_value=0, max_value=100_000, initial=initial
                )
        self.add_spool_fields(run)
        self.fields["minutes"].widget.attrs["placeholder"] = f"{run.estimated_minutes.normalize():f}"
        self.fields["time_s"].widget.attrs["placeholder"] = (
            f"{run.print_time_s // 3600}:{run.print_time_s % 3600 // 60:02d}"
        )

    def rows_of_outputs(self):
        for output in self.outputs:
            yield output, [self[f"o{output.pk}_{name}"] for name in ("good", "b_grade", "scrapped")]

    def report(self) -> RunReport:
        told = self.cleaned_data
        return RunReport(
            spools=self.spool_uses(),
            pieces=tuple(
                PieceCount(
                    output.pk,
                    good=told[f"o{output.pk}_good"],
                    b_grade=told[f"o{output.pk}_b_grade"],
                    scrapped=told[f"o{output.pk}_scrapped"],
                )
                for output in self.outputs
            ),
            stars=int(told["stars"]) if told["stars"] else None,
            note=told["note"],
            settings_note=told["settings_note"],
            minutes=told["minutes"],
            time_s=told["time_s"],
            energy_kwh=told["energy_kwh"],
            finished_at=told["finished_at"],
        )


class FailRunForm(SpoolsMixin, forms.Form):
    reason = forms.ModelChoiceField(
        FailureReason.objects.active().in_order(),
        label=_("What went wrong?"),
        widget=forms.RadioSelect,
        empty_label=None,
    )
    failed_pct = NumberField(
        label=_("How far was it?"), at_most=Decimal(100), initial=Decimal(50), help_text=_("As the printer showed it.")
    )
    minutes = NumberField(label=_("Hands-on minutes"), required=False, at_most=Decimal(10_000))
    finished_at = MomentField(label=_("Stopped"), required=False)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    reprint = forms.BooleanField(label=_("Plan it again right away"), required=False, initial=True)
    key = KeyField()

    def __init__(self, *args, run: Run, **kwargs):
        super().__init__(*args, **kwargs)
        self.add_spool_fields(run)

    def report(self) -> FailureReport:
        told = self.cleaned_data
        details = RunReport(
            spools=self.spool_uses(), note=told["note"], minutes=told["minutes"], finished_at=told["finished_at"]
        )
        return FailureReport(told["failed_pct"], told["reason"], details)


class RateForm(forms.Form):
    stars = forms.ChoiceField(label=_("Stars"), choices=_STARS, required=False)
    settings_note = settings_field()
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def told(self) -> dict:
        stars = self.cleaned_data["stars"]
        return self.cleaned_data | {"stars": int(stars) if stars else None}


class KeyForm(forms.Form):
    """A button: nothing to fill in, and pressing it twice is pressing it once."""

    key = KeyField()
