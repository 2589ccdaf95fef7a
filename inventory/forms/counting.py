from datetime import timedelta
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inventory.choices import WriteDownReason
from inventory.domain import places, spools
from inventory.forms.fields import NumberField, a_day_that_was
from inventory.models import Location, Lot, StockPolicy
from nozzly.core.errors import DomainError
from nozzly.web.forms import FilterForm, KeyField


class StocktakeForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    locations = forms.ModelMultipleChoiceField(
        Location.objects.in_tree_order(), label=_("Places"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("With all that is in them. None: everywhere."),
    )  # fmt: skip

    def __init__(self, *args, instance=None, **kwargs):
        super().__init__(*args, **kwargs)


class CountLineForm(forms.Form):
    """A code that is scanned or typed, and what is there: a number, or a roll's weight on the scale."""

    code = forms.CharField(
        label=_("Code"), max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "autofocus": True}),
    )  # fmt: skip
    counted = NumberField(label=_("There is"), places=3, required=False)
    gross_g = NumberField(label=_("or on the scale (g)"), places=1, required=False)

    def clean_code(self):
        try:
            found = places.by_code(self.cleaned_data["code"])
        except DomainError as error:
            raise ValidationError(str(error)) from error
        if not isinstance(found, Lot):
            raise ValidationError(_("That is a place; scan what is in it."))
        return found

    def clean(self):
        chosen = super().clean()
        lot = chosen.get("code")
        if lot is None or self.errors:
            return chosen
        if chosen.get("gross_g") is not None:
            chosen["counted"] = self._net(lot, chosen["gross_g"])
        if chosen.get("counted") is None and not self.errors:
            self.add_error("counted", _("How much is there?"))
        return chosen

    def _net(self, lot: Lot, gross_g: Decimal) -> Decimal | None:
        tare_g = spools.tare_of(lot.spool) if lot.is_spool else None
        if tare_g is None:
            self.add_error("gross_g", _("Nobody knows what its empty reel weighs: type what is left."))
        elif gross_g < tare_g:
            self.add_error("gross_g", _("That is less than the empty reel weighs."))
        else:
            return gross_g - tare_g
        return None


class RevalueForm(forms.Form):
    bought_value = NumberField(label=_("Bought value"), help_text=_("Material and what was paid for."))
    full_value = NumberField(label=_("Full value"), help_text=_("With machine time and own labour."))
    reason = forms.ChoiceField(label=_("Why"), choices=WriteDownReason.choices)
    note = forms.CharField(label=_("In words"), max_length=150, required=False)
    key = KeyField()

    def clean(self):
        chosen = super().clean()
        if chosen.get("reason") == WriteDownReason.OTHER and not chosen.get("note"):
            self.add_error("note", _("Say why: somebody will ask."))
        return chosen

    def figures(self) -> dict:
        """What the domain is told; the kind of the write-down stands first in the ledger's text."""
        chosen = dict(self.cleaned_data)
        kind = WriteDownReason(chosen.pop("reason")).label
        return chosen | {"note": f"{kind}: {chosen['note']}" if chosen["note"] else str(kind)}

    def __init__(self, *args, instance: Lot, initial=None, **kwargs):
        known = {"bought_value": instance.bought_value, "full_value": instance.full_value}
        super().__init__(*args, initial=known | (initial or {}), **kwargs)


class PolicyForm(forms.Form):
    minimum = NumberField(
        label=_("Warn below"), places=3, at_least=Decimal("0.001"), required=False, help_text=_("Empty: no warning.")
    )
    on_order = NumberField(label=_("On order"), places=3, required=False)

    def __init__(self, *args, policy: StockPolicy | None = None, **kwargs):
        initial = {"minimum": policy.minimum, "on_order": policy.on_order or None} if policy else {}
        super().__init__(*args, initial=initial, **kwargs)


class UntouchedFilter(FilterForm):
    days = forms.TypedChoiceField(
        label=_("Untouched for"), coerce=int, empty_value=90,
        choices=[(90, _("90 days")), (30, _("30 days")), (180, _("half a year")), (365, _("a year"))],
    )  # fmt: skip

    def __init__(self, *args, now=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.now = now

    def narrow(self, queryset):
        return queryset.untouched_since(self.now - timedelta(days=self.cleaned_data["days"] or 90))


class ValueForm(forms.Form):
    on = forms.DateField(
        label=_("At the close of"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[a_day_that_was],
    )
