"""Many orders at once: confirm, pack, send, fetch from the shelf, hand to a carrier's program."""

from decimal import Decimal

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nozzly.accounts.permissions import Permission
from nozzly.web import jobs
from nozzly.web.downloads import file_response
from nozzly.web.guard import requires
from nozzly.web.paging import positive_int, slice_list
from nozzly.web.pdf import PdfUnavailable
from nozzly.web.render import go_to, next_url, render
from pricing.domain.subjects import subjects_of
from sales import documents, tasks
from sales.choices import OrderState
from sales.domain import batches, orders, picklists
from sales.domain.addresses import address_of
from sales.domain.packing import in_next_parcel
from sales.label_files import CARRIERS, Label, label_csv
from sales.models import Order
from sales.order_forms import KeyOnlyForm

_SLIPS_AT_MOST = 50
_PICKED_TOGETHER = 25
_VERBS = {
    "confirm": (Permission.ORDER_EDIT, orders.confirm_order),
    "pack": (Permission.ORDER_PACK, orders.pack_order),
    "print": (Permission.RUN_PLAN, orders.plan_missing),
}
_PAGES = {
    "ship": "sales:ship_orders",
    "pick": "sales:pick_list",
    "labels": "sales:label_file",
    "slips": "sales:packing_slips",
}


@requires(Permission.ORDER_PACK)
@require_POST
def bulk_orders(request: HttpRequest) -> HttpResponse:
    """What the buttons under the list do with the orders that are ticked."""
    back = next_url(request, "sales:order_list")
    wanted, found = request.POST.get("do", ""), _chosen(request.POST)
    if not found:
        messages.info(request, _("Tick the orders first."))
        return go_to(request, back)
    name, _colon, carrier = wanted.partition(":")
    if name in _PAGES:
        query = [("order", order.pk) for order in found] + ([("carrier", carrier)] if carrier else [])
        return go_to(request, f"{reverse(_PAGES[name])}?{urlencode(query)}")
    permission, verb = _VERBS.get(name, (None, None))
    if verb is None or not request.user.has_permission(permission):
        messages.error(request, _("That is not for you to do."))
        return go_to(request, back)
    outcome = batches.each(found, lambda order: verb(order, by=request.user, at=timezone.now()))
    _tell(request, outcome, ngettext("{count} order is done.", "{count} orders are done.", len(outcome.done)))
    return go_to(request, back)


@requires(Permission.ORDER_PACK)
@require_http_methods(["GET", "POST"])
def ship_orders(request: HttpRequest) -> HttpResponse:
    """Every parcel with its usual service and what of it is missing, before any of it leaves."""
    found = [order for order in _chosen(request.POST or request.GET) if order.is_open and order.state != OrderState.NEW]
    form = KeyOnlyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        sent = _chosen(request.POST)
        outcome = batches.ship_all(sent, key=form.cleaned_data["key"], by=request.user, at=timezone.now())
        text = ngettext("{count} order is on its way.", "{count} orders are on their way.", len(outcome.done))
        _tell(request, outcome, text)
        return go_to(request, reverse("sales:order_list") + "?tab=sent")
    context = {"departures": batches.departures(found), "form": form}
    return render(request, "sales/ship_orders.html", context, status=422 if form.errors else 200)


@requires(Permission.ORDER_PACK)
@require_GET
def pick_list(request: HttpRequest) -> HttpResponse:
    """For the orders in the address, else for those that can be packed, some at a time."""
    page, found = None, _chosen(request.GET)
    if not found:
        number = positive_int(request.GET.get("page", ""), 1)
        page = slice_list(Order.objects.to_pack_keys(), number=number, size=_PICKED_TOGETHER)
        found = list(Order.objects.filter(pk__in=page.rows).with_lines().by_urgency())
    context = {"found": found, "page": page, "list": picklists.pick_list(found)}
    return render(request, "sales/pick_list.html", context)


@requires(Permission.ORDER_PACK)
@require_POST
def print_pick_list(request: HttpRequest) -> HttpResponse:
    """One walk for the orders that are named, else for all that can be packed, on paper."""
    keys = [order.pk for order in _chosen(request.POST)]
    job = jobs.start(tasks.print_pick_list, title=_("Pick list"), by=request.user, order_ids=keys)
    return go_to(request, job)


@requires(Permission.ORDER_PACK)
@require_GET
def label_file(request: HttpRequest) -> HttpResponse:
    found = _chosen(request.GET) or list(Order.objects.to_pack().for_table().by_urgency()[: batches.MOST_AT_ONCE])
    carrier = request.GET.get("carrier", "")
    carrier = carrier if carrier in CARRIERS else "generic"
    name = f"labels-{carrier}-{timezone.localdate():%Y%m%d}"
    return file_response(label_csv(carrier, _labels(found)), name=name, kind="csv")


@requires(Permission.ORDER_PACK)
@require_GET
def packing_slips(request: HttpRequest) -> HttpResponse:
    """For the orders in the address, a page each."""
    found = _chosen(request.GET)[:_SLIPS_AT_MOST]
    try:
        content = documents.packing_slips(found) if found else None
    except PdfUnavailable as error:
        messages.error(request, str(error))
        content = None
    if content is None:
        return go_to(request, "sales:order_list")
    return file_response(content, name=f"packing-slips-{timezone.localdate():%Y%m%d}", kind="pdf", inline=True)


def _labels(found: list[Order]) -> list[Label]:
    prefetch_related_objects(found, "customer__addresses")
    variants = {line.variant for order in found for line in order.lines.all() if line.variant}
    subjects = subjects_of(variants, on=timezone.localdate()) if variants else {}
    return [Label(order, address_of(order), _weight_g(order, subjects)) for order in found]


def _weight_g(order: Order, subjects: dict) -> Decimal | None:
    weights = [
        (subjects[line.variant_id].weight_g if line.variant_id else None, pieces)
        for line, pieces in in_next_parcel(order)
    ]
    if not weights or any(weight_g is None for weight_g, _pieces in weights):
        return None
    return sum((weight_g * pieces for weight_g, pieces in weights), Decimal(0))


def _chosen(data) -> list[Order]:
    """Orders named by ``order``; what is no number names none."""
    keys = [int(text) for text in data.getlist("order")[: batches.MOST_AT_ONCE] if text.isdecimal() and len(text) < 18]
    return list(Order.objects.filter(pk__in=keys).for_table(among=keys).by_urgency()) if keys else []


def _tell(request: HttpRequest, outcome: batches.Outcome, text: str) -> None:
    if outcome.done:
        messages.success(request, text.format(count=len(outcome.done)))
    for sentence in outcome.refused[:5]:
        messages.error(request, sentence)
    if len(outcome.refused) > 5:
        messages.error(request, _("… and {count} more.").format(count=len(outcome.refused) - 5))
