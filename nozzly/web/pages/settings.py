"""The workspace's own page: what it is called, how it looks, how it counts."""

from uuid import uuid4
from zoneinfo import available_timezones

from babel import Locale
from django import forms
from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from nozzly.accounts.permissions import Permission
from nozzly.core.countries import country_choices, currency_choices
from nozzly.core.errors import DomainError
from nozzly.tenancy.current import current_workspace, workspace_or_none
from nozzly.tenancy.domain import settings as workspace_settings
from nozzly.web import auditing, colours, navigation
from nozzly.web.guard import public_page, requires
from nozzly.web.pictures import clean_picture
from nozzly.web.render import go_to, render

_LOGO_PX = 512
_LOCALES = (
    "en-gb",
    "en-us",
    "en-ie",
    "en-au",
    "en-ca",
    "en-nz",
    "de",
    "fr",
    "nl",
    "es",
    "it",
    "pl",
    "sv",
    "da",
    "fi",
    "cs",
    "pt",
    "ja",
)
_FIELDS = ("name", "code", "country", "currency", "time_zone", "locale", "primary_colour", "accent_colour")
# What else there is to set, by URL name; a page that does not exist or is not for this user is left out.
_ELSEWHERE = (
    (
        "catalog:rate_list",
        gettext_lazy("Rates"),
        gettext_lazy("Electricity, wages, machine hours, failures"),
        "adjustments",
    ),
    ("web:tax_settings", gettext_lazy("Tax"), gettext_lazy("Registration, rates, closed periods"), "receipt-tax"),
    (
        "pricing:channel_list",
        gettext_lazy("Channels and fees"),
        gettext_lazy("Where you sell and what it takes"),
        "building-store",
    ),
    (
        "inventory:alert_addresses",
        gettext_lazy("Low stock alerts"),
        gettext_lazy("By mail, ntfy or webhook"),
        "bell",
    ),
    ("accounts:member_list", gettext_lazy("Team"), gettext_lazy("People, roles, invitations"), "users"),
    ("web:activity", gettext_lazy("Activity"), gettext_lazy("Who changed what"), "history"),
    ("admin:index", gettext_lazy("Back office"), gettext_lazy("Every row, read-mostly"), "database"),
)


class WorkspaceForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Business name"), max_length=120)
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=8, help_text=gettext_lazy("2 to 8 letters in front of run numbers.")
    )
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        help_text=gettext_lazy("A picture; it stands in the menu and on documents."),
    )
    remove_logo = forms.BooleanField(label=gettext_lazy("Remove the logo"), required=False)
    primary_colour = forms.CharField(
        label=gettext_lazy("Main colour"),
        required=False,
        help_text=gettext_lazy("Like #12494f; empty for Nozzly's own."),
    )
    accent_colour = forms.CharField(
        label=gettext_lazy("Second colour"), required=False, help_text=gettext_lazy("For documents.")
    )
    country = forms.ChoiceField(label=gettext_lazy("Country"), choices=country_choices)
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"),
        choices=currency_choices,
        help_text=gettext_lazy("Amounts already booked are not converted."),
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=lambda: [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())],
    )
    locale = forms.ChoiceField(
        label=gettext_lazy("Numbers and dates"),
        choices=lambda: [(code, Locale.parse(code.replace("-", "_")).english_name) for code in _LOCALES],
    )

    def __init__(self, *args, workspace, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].disabled = bool(workspace.code_fixed_at)
        if workspace.code_fixed_at:
            self.fields["code"].help_text = _("Runs carry it already, so it stays.")
        if workspace.locale not in _LOCALES:
            self.fields["locale"].choices = [(workspace.locale, workspace.locale), *self.fields["locale"].choices]

    def clean_code(self):
        return self.cleaned_data["code"].upper()

    def clean_primary_colour(self):
        return self.cleaned_data["primary_colour"].lower()

    def clean_accent_colour(self):
        return self.cleaned_data["accent_colour"].lower()


@requires(Permission.SETTINGS_EDIT)
@require_http_methods(["GET", "POST"])
def change_settings(request: HttpRequest) -> HttpResponse:
    workspace = current_workspace()
    before = {name: getattr(workspace, name) for name in _FIELDS}
    form = WorkspaceForm(request.POST or None, request.FILES or None, initial=before, workspace=workspace)
    if request.method == "POST" and form.is_valid():
        try:
            _save(form, workspace, before, by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error(getattr(error, "field", None), str(error))
        else:
            messages.success(request, _("Settings are saved."))
            return go_to(request, "web:settings")
    elsewhere = [
        (url, label, text, icon)
        for name, label, text, icon in _ELSEWHERE
        if (url := navigation.visible_target(request.user, name))
    ]
    context = {"form": form, "elsewhere": elsewhere}
    return render(request, "web/settings.html", context, status=422 if form.errors else 200)


def _save(form, workspace, before, *, by, at) -> None:
    changes = {name: form.cleaned_data[name] for name in _FIELDS if form.cleaned_data[name] != before[name]}
    old_logo = workspace.logo
    if form.cleaned_data["logo"]:
        picture = clean_picture(form.cleaned_data["logo"], longest_px=_LOGO_PX, name="logo")
        changes["logo"] = default_storage.save(f"brand/{uuid4().hex}{picture.name[4:]}", picture)
    elif form.cleaned_data["remove_logo"]:
        changes["logo"] = ""
    if not changes:
        return
    workspace_settings.change_settings(**changes)
    if old_logo and "logo" in changes:
        default_storage.delete(old_logo)
    auditing.record("changed the settings", details={"changed": sorted(changes)}, by=by, at=at)


@public_page
@require_safe
def show_brand_css(request: HttpRequest) -> HttpResponse:
    """The workspace's colour as a style sheet; the address changes with the colour, so browsers may keep it."""
    primary = getattr(workspace_or_none(), "primary_colour", "")
    response = HttpResponse(colours.brand_css(primary) if primary else "", content_type="text/css")
    response["Cache-Control"] = "max-age=86400"
    return response
