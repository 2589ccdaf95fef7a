"""Sales, coupons, bundles: what would be left. Nothing is written here."""

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.guard import requires
from nozzly.web.render import render
from pricing.domain.deals import OFF_PCT, deals_of, sale_everywhere
from pricing.domain.subjects import subject_of
from pricing.forms.deals import DealsForm, SaleForm
from pricing.models import Channel

_SHOWN = ":200"


@requires(Permission.COST_VIEW)
@require_safe
def deals_page(request: HttpRequest) -> HttpResponse:
    """With a variant its own deals, else a percentage off everything."""
    if request.GET.get("variant"):
        return _of_one(request)
    form = SaleForm(request.GET if "off_pct" in request.GET else None, initial={"off_pct": Decimal(20)})
    found = None
    if form.is_bound and form.is_valid():
        found = sale_everywhere(form.listings(), off_pct=form.cleaned_data["off_pct"], on=timezone.localdate())
    context = {"form": form, "found": found, "shown": _SHOWN}
    return render(request, "pricing/sale.html", context, status=422 if form.errors else 200)


def _of_one(request):
    channels, on = list(Channel.objects.active().in_order()), timezone.localdate()
    form, deals, subject = DealsForm(request.GET), None, None
    if form.is_valid() and form.cleaned_data["variant"]:
        subject = subject_of(form.cleaned_data["variant"], on=on)
        try:
            deals = deals_of(subject, channels, form.question(channels), on=on)
        except DomainError as error:
            form.add_error(None, str(error))
    context = {"form": form, "deals": deals, "subject": subject, "off_pcts": OFF_PCT}
    return render(request, "pricing/deals.html", context, status=422 if form.errors else 200)
