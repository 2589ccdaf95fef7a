from django import forms
from django.utils.translation import gettext_lazy as _

from nozzly.web.bulk_forms import AS_IT_IS, BulkEditForm
from sales.domain.bulk_edits import OrderChanges
from sales.forms import DayInput


class BulkOrderForm(BulkEditForm):
    clearable = ("due_on", "note")
    changes_class = OrderChanges

    due_on = forms.DateField(label=_("Due on"), required=False, widget=DayInput())
    is_rush = forms.TypedChoiceField(
        label=_("Rush"),
        choices=[("", AS_IT_IS), ("yes", _("yes")), ("no", _("no"))],
        coerce=lambda text: text == "yes",
        empty_value=None,
        required=False,
    )
    note = forms.CharField(
        label=_("Note to ourselves"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
