from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from nozzly.accounts.models import User
from nozzly.core.countries import country_choices
from nozzly.core.errors import DomainError
from nozzly.tenancy.domain import addresses


class SignUpForm(forms.Form):
    """Four questions; the rest is filled in by the country and can be changed later."""

    business_name = forms.CharField(label=_("Business name"), max_length=120)
    address = forms.CharField(
        label=_("Address"),
        max_length=addresses.LONGEST,
        required=False,
        help_text=_("Where your workspace lives. Left empty, it is made from the name."),
    )
    country = forms.ChoiceField(
        label=_("Country"), choices=country_choices, help_text=_("Sets currency, time zone, tariff and wage.")
    )
    tax_registered = forms.TypedChoiceField(
        label=_("Registered for VAT or GST?"),
        choices=[("no", _("No, not registered")), ("yes", _("Yes, registered"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        initial="no",
    )
    email = forms.EmailField(label=_("Email"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=True),
        help_text=_("At least 8 characters; a short sentence is easy to keep in mind."),
    )
    code = forms.CharField(label=_("Invitation code"), required=False, max_length=80)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if settings.SIGN_UP == "invited":
            self.fields["code"].required = True
        else:
            del self.fields["code"]

    def clean_address(self):
        return self.cleaned_data["address"].lower()

    def clean_password(self):
        password = self.cleaned_data["password"]
        person = User(email=self.cleaned_data.get("email", ""), name=self.cleaned_data.get("business_name", ""))
        password_validation.validate_password(password, person)
        return password

    def clean_code(self):
        if self.cleaned_data["code"] not in settings.SIGN_UP_CODES:
            raise forms.ValidationError(_("This code is not known. Ask whoever runs this server."))
        return self.cleaned_data["code"]

    def clean(self):
        cleaned = super().clean()
        if "business_name" in cleaned and "address" in cleaned:
            cleaned["address"] = cleaned["address"] or addresses.suggest(cleaned["business_name"])
            try:
                addresses.check(cleaned["address"])
            except DomainError as error:
                self.add_error("address", str(error))
        return cleaned
