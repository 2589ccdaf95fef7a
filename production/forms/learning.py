"""What the pages that learn from runs ask for."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from nozzly.web.forms import KeyField
from production.forms.fields import NumberField

DAYS = [("30", _("30 days")), ("90", _("90 days")), ("365", _("a year"))]


class PeriodForm(forms.Form):
    days = forms.ChoiceField(label=_("Over the last"), choices=DAYS, required=False, initial="90")

    @property
    def shown_days(self) -> str:
        return str(self.chosen_days())

    def chosen_days(self) -> int:
        told = self.cleaned_data.get("days") if self.is_valid() else None
        return int(told or 90)


class FloorSettingsForm(forms.Form):
    variance_alert_pct = NumberField(
        label=_("Tell me when a run is off by more than"), at_least=Decimal("0.1"), at_most=Decimal(999)
    )
    advice_pct = NumberField(label=_("Propose new recipe grams from"), at_least=Decimal("0.1"), at_most=Decimal(999))


class AdviceForm(forms.Form):
    """One of three buttons."""

    answer = forms.ChoiceField(choices=[("accept", _("Accept")), ("ignore", _("Ignore")), ("snooze", _("In a month"))])


class FillForm(forms.Form):
    """Proposals with a tick each; all of them ticked to begin with."""

    key = KeyField()
    beds = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, required=True)

    def __init__(self, *args, proposals, **kwargs):
        super().__init__(*args, **kwargs)
        self.proposals = {proposal.slug: proposal for proposal in proposals}
        self.fields["beds"].choices = [(slug, slug) for slug in self.proposals]
        self.fields["beds"].error_messages |= {
            "required": _("Tick at least one bed."),
            "invalid_choice": _("The board has changed meanwhile; look again."),
        }

    def rows(self):
        ticked = set(self["beds"].value() or ()) if self.is_bound else set(self.proposals)
        return [(slug, proposal, slug in ticked) for slug, proposal in self.proposals.items()]

    def chosen(self):
        return [self.proposals[slug] for slug in self.cleaned_data["beds"]]


class PhotoForm(forms.Form):
    photo = forms.ImageField(
        label=_("Photo"), widget=forms.ClearableFileInput(attrs={"accept": "image/*", "capture": "environment"})
    )
