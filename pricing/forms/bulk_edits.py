from django import forms
from django.utils.translation import gettext_lazy as _

from nozzly.web.bulk_forms import AS_IT_IS, BulkEditForm
from pricing.domain.bulk_edits import ListingChanges
from pricing.forms.fields import MoneyField


class BulkListingForm(BulkEditForm):
    changes_class = ListingChanges

    price = MoneyField(label=_("Price"), required=False, help_text=_("In each channel's own currency."))
    postage_charged = MoneyField(label=_("Postage charged"), required=False)
    ended = forms.ChoiceField(
        label=_("On sale"), choices=[("", AS_IT_IS), ("yes", _("Take them off the channel"))], required=False
    )
