"""Labels that a phone's own camera opens. What prints an address nobody can reach is refused."""

from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from inventory.documents import LAYOUTS, address, labels_pdf
from inventory.forms.labels import MOST_LABELS, LabelForm
from inventory.forms.spools import SpoolFilter
from inventory.models import Lot
from inventory.tasks import print_labels
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.tenancy.current import current_workspace, in_public
from nozzly.tenancy.models import Domain
from nozzly.web import jobs
from nozzly.web.downloads import file_response
from nozzly.web.guard import requires
from nozzly.web.render import go_to, render

_USUAL_PORTS = {"80", "443"}
_AT_ONCE = 60


class NoAddressForPhones(DomainError):
    """Nothing but localhost is known of this installation."""


@requires(Permission.STOCK_VIEW)
@require_http_methods(["GET", "POST"])
def labels(request: HttpRequest) -> HttpResponse:
    """Choose the paper, then print. More than a handful are made in the background."""
    chosen = list(_chosen(request))
    form = LabelForm(request.POST or None, initial={"lot": chosen})
    base, refusal = _base_or_refusal(request)
    if request.method == "POST" and form.is_valid():
        try:
            return _print(request, form.cleaned_data, base_address(request))
        except DomainError as error:
            form.add_error(None, str(error))
    context = {
        "form": form,
        "count": len(chosen),
        "example": address(base, chosen[0].code) if base and chosen else "",
        "refusal": refusal,
    }
    return render(request, "inventory/labels.html", context, status=422 if form.errors else 200)


def label_url(lots: Iterable[Lot]) -> str:
    """The page that prints labels for these lots."""
    return f"{reverse('inventory:labels')}?{urlencode([('lot', lot.pk) for lot in lots])}"


def base_address(request: HttpRequest) -> str:
    """Where a phone finds this workspace, without a slash at the end. Raises NoAddressForPhones."""
    configured = getattr(settings, "PUBLIC_URL", "").replace("{slug}", current_workspace().slug).rstrip("/")
    if configured:
        return configured
    port = request.get_port()
    tail = "" if port in _USUAL_PORTS else f":{port}"
    for host in (request.get_host().partition(":")[0], *_other_hosts()):
        if not _is_local(host):
            return f"{request.scheme}://{host}{tail}"
    raise NoAddressForPhones(
        _("A label with “localhost” opens on this machine alone. Start with make dev LAN=1, or set PUBLIC_URL.")
    )


def _base_or_refusal(request) -> tuple[str, str]:
    try:
        return base_address(request), ""
    except NoAddressForPhones as refusal:
        return "", str(refusal)


def _other_hosts() -> list[str]:
    workspace = current_workspace()
    with in_public():
        return list(
            Domain.objects.filter(tenant=workspace).order_by("-is_primary", "pk").values_list("domain", flat=True)
        )


def _is_local(host: str) -> bool:
    try:
        number = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost") or "." not in host
    return number.is_loopback or number.is_unspecified


def _chosen(request):
    rows = Lot.objects.for_label()
    if "filtered" in request.GET:
        form = SpoolFilter(request.GET)
        return form.narrow(rows.spools()).order_by("title", "pk")[:MOST_LABELS] if form.is_valid() else rows.none()
    wanted = [int(pk) for pk in request.GET.getlist("lot") if pk.isascii() and pk.isdigit() and len(pk) < 18]
    return rows.filter(pk__in=wanted[:MOST_LABELS]).order_by("title", "pk")


def _print(request, chosen, base: str) -> HttpResponse:
    ids = [lot.pk for lot in chosen["lot"].order_by("title", "pk")]
    what = {"layout": chosen["layout"], "base": base, "start": chosen["start"], "parts": chosen["parts"]}
    if len(ids) > _AT_ONCE:
        title = _("{count} labels, {paper}").format(count=len(ids), paper=LAYOUTS[chosen["layout"]].name)
        return go_to(request, jobs.start(print_labels, title=title, by=request.user, lot_ids=ids, **what))
    pdf = labels_pdf(list(chosen["lot"].for_label().order_by("title", "pk")), **what)
    return file_response(pdf, name="labels", kind="pdf", inline=True)
