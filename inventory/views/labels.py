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
from inventory.models import Location, Lot
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
    chosen, places = list(_chosen(request)), list(_places(request))
    form = LabelForm(request.POST or None, initial={"lot": chosen, "place": places})
    base, refusal = _base_or_refusal(request)
    if request.method == "POST" and form.is_valid():
        try:
            return _print(request, form.cleaned_data, base_address(request))
        except DomainError as error:
            form.add_error(None, str(error))
    context = {
        "form": form,
        "count": len(chosen) + len(places),
        "example": address(base, (chosen or places)[0].code) if base and (chosen or places) else "",
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
    return rows.filter(pk__in=_numbers(request, "lot")).order_by("title", "pk")


def _places(request):
    rows = Location.objects.select_related("parent").in_tree_order()
    if request.GET.get("places") == "all":
        return rows[:MOST_LABELS]
    return rows.filter(pk__in=_numbers(request, "place"))


def _numbers(request, name: str) -> list[int]:
    given = [pk for pk in request.GET.getlist(name) if pk.isascii() and pk.isdigit() and len(pk) < 18]
    return [int(pk) for pk in given[:MOST_LABELS]]


def _print(request, chosen, base: str) -> HttpResponse:
    lots = list(chosen["lot"].for_label().order_by("title", "pk"))
    places = list(chosen["place"].select_related("parent").in_tree_order())
    what = {"layout": chosen["layout"], "base": base, "start": chosen["start"], "parts": chosen["parts"]}
    if len(lots) + len(places) > _AT_ONCE:
        title = _("{count} labels, {paper}").format(count=len(lots) + len(places), paper=LAYOUTS[chosen["layout"]].name)
        ids = {"lot_ids": [lot.pk for lot in lots], "place_ids": [place.pk for place in places]}
        return go_to(request, jobs.start(print_labels, title=title, by=request.user, **ids, **what))
    return file_response(labels_pdf([*lots, *places], **what), name="labels", kind="pdf", inline=True)
