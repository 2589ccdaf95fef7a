from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from inventory.choices import AlertRoute
from nozzly.core.errors import DomainError
from nozzly.web import outgoing


class AlertAddressForm(forms.Form):
    route = forms.ChoiceField(label=_("By"), choices=AlertRoute.choices)
    target = forms.CharField(
        label=_("Address"), max_length=300,
        help_text=_("An email address, https://ntfy.sh/your-topic, or where a webhook goes. Public addresses only."),
    )  # fmt: skip

    def clean(self):
        chosen = super().clean()
        if self.errors:
            return chosen
        try:
            if chosen["route"] == AlertRoute.EMAIL:
                validate_email(chosen["target"])
            else:
                outgoing.check(chosen["target"])
        except ValidationError as wrong:
            self.add_error("target", wrong)
        except DomainError as wrong:
            self.add_error("target", str(wrong))
        return chosen
