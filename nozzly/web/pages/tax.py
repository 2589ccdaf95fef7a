"""How the business stands with the tax office: registration from a day on, rates in force, closed months."""

from django import forms
from django.contrib import messages
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from nozzly.accounts.permissions import Permission
from nozzly.core.countries import country_choices, currency_choices
from nozzly.tax.choices import Scheme, TaxClass
from nozzly.tax.domain import imports, periods, rates, status
from nozzly.tax.models import ImportRule, TaxRate, TaxStatus
from nozzly.tenancy.current import current_workspace
from nozzly.web import auditing
from nozzly.web.guard import requires
from nozzly.web.render import go_to, render

_MOST_PCT = 100


def _date_widget() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class StatusForm(forms.Form):
    registered = forms.BooleanField(label=gettext_lazy("We are registered for VAT, GST or sales tax"), required=False)
    valid_from = forms.DateField(
        label=gettext_lazy("From"),
        widget=_date_widget(),
        help_text=gettext_lazy("Sales before this day keep what was true then."),
    )
    scheme = forms.ChoiceField(label=gettext_lazy("Scheme"), choices=Scheme.choices)
    number = forms.CharField(label=gettext_lazy("Registration number"), max_length=40, required=False)
    ships_from = forms.RegexField(
        label=gettext_lazy("Ships from"), regex=r"^[A-Za-z]{2}$", help_text=gettext_lazy("Two letters, such as GB.")
    )
    one_stop_shop = forms.BooleanField(label=gettext_lazy("We take part in the EU one-stop shop"), required=False)
    import_one_stop_shop = forms.BooleanField(
        label=gettext_lazy("We have a number of the import one-stop shop (IOSS)"),
        required=False,
        help_text=gettext_lazy("For goods up to 150 EUR sent into the EU from outside, not through a marketplace."),
    )
    flat_rate_pct = forms.DecimalField(
        label=gettext_lazy("Flat rate"), required=False, min_value=0, max_value=100, max_digits=7, decimal_places=4
    )

    def clean_ships_from(self):
        return self.cleaned_data["ships_from"].upper()

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("registered") and cleaned.get("scheme") == Scheme.SMALL_BUSINESS:
            self.add_error("scheme", _("A registered business is not under the small-business rule."))
        return cleaned


@requires(Permission.TAX_EDIT)
@require_http_methods(["GET", "POST"])
def tax_settings(request: HttpRequest) -> HttpResponse:
    today, country = timezone.localdate(), current_workspace().country
    now = status.status_on(today, country=country)
    kept = {name: getattr(now, name) for name in StatusForm.base_fields} | {"valid_from": today}
    form = StatusForm(request.POST or None, initial=kept)
    if request.method == "POST" and form.is_valid():
        status.set_status(**form.cleaned_data)
        auditing.record(
            "changed the tax status",
            details={"from": form.cleaned_data["valid_from"]},
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, _("The tax status is saved."))
        return go_to(request, "web:tax_settings")
    context = {
        "form": form,
        "now": now,
        "history": TaxStatus.objects.order_by("-valid_from"),
        "rates": [
            (TaxClass(name).label, rates.rate_for(country=now.ships_from, tax_class=name, on=today))
            for name in TaxClass.values
        ],
        "typed_rates": TaxRate.objects.order_by("country", "tax_class", "-valid_from"),
        "closed_through": periods.closed_through(),
    }
    return render(request, "web/tax_settings.html", context, status=422 if form.errors else 200)


class RateForm(forms.ModelForm):
    class Meta:
        model = TaxRate
        fields = ("country", "tax_class", "valid_from", "pct", "source")
        widgets = {"valid_from": _date_widget()}


@requires(Permission.TAX_EDIT)
@require_http_methods(["GET", "POST"])
def add_rate(request: HttpRequest) -> HttpResponse:
    """A rate typed here goes before the one that ships with Nozzly."""
    form = RateForm(
        request.POST or None, initial={"country": current_workspace().country, "valid_from": timezone.localdate()}
    )
    if request.method == "POST" and form.is_valid():
        rate = form.save()
        auditing.record("typed a tax rate", subject=rate, by=request.user, at=timezone.now())
        messages.success(request, _("The rate is saved."))
        return go_to(request, "web:tax_settings")
    return render(request, "web/tax_rate.html", {"form": form}, status=422 if form.errors else 200)


class BorderForm(forms.ModelForm):
    country = forms.ChoiceField(label=gettext_lazy("Goes to"))
    ships_from = forms.ChoiceField(label=gettext_lazy("Comes from"), required=False)
    currency = forms.ChoiceField(label=gettext_lazy("Currency of the limits"), choices=currency_choices)
    valid_from = forms.DateField(label=gettext_lazy("From"), widget=_date_widget())

    class Meta:
        model = ImportRule
        fields = (
            "country", "ships_from", "valid_from", "currency", "tax_at_sale_up_to", "marketplaces_collect",
            "small_parcel_up_to", "small_parcel_duty", "duty_pct", "source", "note",
        )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        places = [(imports.EU, _("European Union")), *country_choices()]
        self.fields["country"].choices = places
        self.fields["ships_from"].choices = [("", _("Anywhere")), *places]
        for name in ("tax_at_sale_up_to", "small_parcel_up_to", "small_parcel_duty", "duty_pct"):
            most = [MaxValueValidator(_MOST_PCT)] if name == "duty_pct" else []
            self.fields[name].validators = [*self.fields[name].validators, MinValueValidator(0), *most]


@requires(Permission.TAX_EDIT)
@require_safe
def borders(request: HttpRequest) -> HttpResponse:
    """What parcels meet at borders today, shipped or typed."""
    rows = imports.borders_on(timezone.localdate())
    return render(request, "web/borders.html", {"borders": rows, "typed": any(row.typed for row in rows)})


@requires(Permission.TAX_EDIT)
@require_http_methods(["GET", "POST"])
def add_border(request: HttpRequest) -> HttpResponse:
    """A rule typed here goes before those that ship with Nozzly."""
    form = BorderForm(request.POST or None, initial={"valid_from": timezone.localdate()} | _as_now(request))
    if request.method == "POST" and form.is_valid():
        rule = form.save()
        auditing.record("typed an import rule", subject=rule, by=request.user, at=timezone.now())
        messages.success(request, _("The rule is saved."))
        return go_to(request, "web:borders")
    return render(request, "web/border_form.html", {"form": form}, status=422 if form.errors else 200)


def _as_now(request: HttpRequest) -> dict:
    """The rule that is to be replaced, by ``?country=&ships_from=``, so that only what changed is typed."""
    asked = (request.GET.get("country", ""), request.GET.get("ships_from", ""))
    rows = imports.borders_on(timezone.localdate())
    found = next((row for row in rows if (row.country, row.ships_from) == asked), None)
    names = set(BorderForm.Meta.fields) - {"valid_from", "source", "note"}
    return {name: getattr(found, name) for name in names} if found else {}
