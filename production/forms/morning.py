"""The morning's list: what ran overnight, with a tick and an end for each."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from nozzly.web.forms import KeyField
from production.domain import checks
from production.forms.fields import MomentField
from production.models import Run

MOST_AT_ONCE = 100
_FORMAT = "%Y-%m-%dT%H:%M"
_NAME = re.compile(r"^r(\d{1,17})(_end|_key)?$")


@dataclass(frozen=True)
class Row:
    """A run of the list as the page draws it: plain values, for there may be many."""

    run: Run
    name: str
    is_ticked: bool
    end: str
    key: str
    unnamed: list[str]
    errors: list[str]
    end_errors: list[str]


class MorningForm(forms.Form):
    """``rows()`` gives each run with its tick, its end and what is wrong with them to the template."""

    def __init__(self, *args, runs: Iterable[Run], at: datetime, **kwargs):
        super().__init__(*args, **kwargs)
        self.runs, self.at = list(runs), at
        self.unnamed = {run.pk: checks.unnamed(run.materials.all()) for run in self.runs}
        for run in self.runs if self.is_bound else ():
            self.fields[f"r{run.pk}"] = forms.BooleanField(label=run.number, required=False)
            self.fields[f"r{run.pk}_end"] = MomentField(label=_("Finished"), required=False)
            self.fields[f"r{run.pk}_key"] = KeyField(required=False)

    @staticmethod
    def posted_ids(data) -> list[int]:
        """Runs that the submitted list held."""
        found = (_NAME.match(name) for name in data)
        return list(dict.fromkeys(int(match[1]) for match in found if match))[:MOST_AT_ONCE]

    @staticmethod
    def ticked_ids(data) -> list[int]:
        return [pk for pk in MorningForm.posted_ids(data) if data.get(f"r{pk}")]

    def rows(self):
        return [self._told(run) if self.is_bound else self._usual(run) for run in self.runs]

    def _usual(self, run: Run) -> Row:
        """Ticked when it should be done by now; its end is the expected one, or now."""
        expected, unnamed = run.expected_end_at, self.unnamed[run.pk]
        is_done = expected is not None and expected <= self.at and not unnamed
        end = localtime(min(expected, self.at) if expected else self.at)
        return Row(run, f"r{run.pk}", is_done, end.strftime(_FORMAT), str(uuid4()), unnamed, [], [])

    def _told(self, run: Run) -> Row:
        name = f"r{run.pk}"
        return Row(
            run=run,
            name=name,
            is_ticked=bool(self.data.get(name)),
            end=self.data.get(f"{name}_end", ""),
            key=self.data.get(f"{name}_key", ""),
            unnamed=self.unnamed[run.pk],
            errors=[*self.errors.get(name, ()), *self.errors.get(f"{name}_key", ())],
            end_errors=list(self.errors.get(f"{name}_end", ())),
        )

    def clean(self):
        told = super().clean()
        if not self.errors and not any(told.get(f"r{run.pk}") for run in self.runs):
            raise forms.ValidationError(_("Tick at least one run that is done."))
        return told

    def ticked(self) -> list[tuple[Run, datetime, UUID]]:
        """(run, end, key) of every run that somebody ticked."""
        told = self.cleaned_data
        return [
            (run, told[f"r{run.pk}_end"] or self.at, told[f"r{run.pk}_key"] or uuid4())
            for run in self.runs
            if told[f"r{run.pk}"]
        ]
