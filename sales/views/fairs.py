"""The stall: opened, sold from by phone with or without a network, counted in the evening."""

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from catalog.models import Variant
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.core.money import minor_digits
from nozzly.web.guard import requires
from nozzly.web.render import go_to, render
from nozzly.web.views import ConfirmPage, DetailPage
from pricing.models import Event
from sales.domain import fair_report, fairs
from sales.domain.fairs import Sold
from sales.fair_forms import BasketForm, CountForm, DealForm, OpenStallForm, PhoneLineForm, PhoneSaleForm, zero_or
from sales.models import FairDeal, FairSale, FairStall

_BODY_AT_MOST = 64 * 1024  # bytes: a basket, not a book
_LINES_AT_MOST = 200


def _stalls():
    return FairStall.objects.select_related("event__channel", "location").prefetch_related("deals")


@requires(Permission.ORDER_PACK)
@require_GET
def fair_list(request: HttpRequest) -> HttpResponse:
    open_ones = _stalls().order_by("closed_at", "-opened_at", "pk")[:50]
    waiting = Event.objects.for_table().filter(fair_stall=None).order_by("starts_on", "pk")[:20]
    return render(request, "sales/fair_list.html", {"stalls": open_ones, "waiting": waiting})


@requires(Permission.ORDER_EDIT)
@require_http_methods(["GET", "POST"])
def open_stall(request: HttpRequest) -> HttpResponse:
    event = request.GET.get("event", "")
    form = OpenStallForm(request.POST or None, initial={"event": event if event.isdecimal() else None})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        place = data["location"] or data["event"].location
        try:
            stall = fairs.open_stall(
                data["event"], location=place, float_cash=zero_or(data["float_cash"]), at=timezone.now()
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The stall is open."))
            return go_to(request, stall)
    return render(request, "sales/open_stall.html", {"form": form}, status=422 if form.errors else 200)


class FairDetail(DetailPage):
    permission = Permission.ORDER_PACK
    template = "sales/fair_detail.html"
    context_name = "stall"

    def get_queryset(self):
        return _stalls()

    def get_context(self):
        stall = self.object
        return {
            "outcome": fair_report.outcome_of(stall),
            "sales": fair_report.sales_of(stall)[:50],
            "next_time": fair_report.next_time(stall, now=timezone.now()),
            "counts": stall.counts.select_related("by").order_by("-pk"),
            "unpriced": fairs.unpriced_there(stall),
            "deal_form": DealForm(),
        }


@requires(Permission.ORDER_PACK)
@require_http_methods(["GET", "POST"])
def fair_sell(request: HttpRequest, pk: int) -> HttpResponse:
    """The phone's page. Without its script the form does the same, one sale at a time."""
    stall = get_object_or_404(_stalls(), pk=pk)
    tiles = fairs.tiles(stall)
    form = BasketForm(request.POST or None, tiles=tiles)
    if request.method == "POST" and form.is_valid():
        basket, now = form.basket(), timezone.now()
        total = fairs.price_of(stall, [(variant.pk, pieces, price) for variant, pieces, price in basket], tiles)
        paid = form.cleaned_data["paid"]
        sold = Sold(basket, total if paid is None else paid, form.cleaned_data["method"], now)
        try:
            sale = fairs.sell(stall, sold, key=form.cleaned_data["key"], by=request.user, at=now)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Sold for {total}.").format(total=sale.total))
            return go_to(request, "sales:fair_sell", pk=stall.pk)
    context = {"stall": stall, "tiles": tiles, "form": form, "deals": _deals(stall)}
    context["digits"] = minor_digits(stall.event.channel.currency)
    return render(request, "sales/fair_sell.html", context, status=422 if form.errors else 200)


@requires(Permission.ORDER_PACK)
@require_POST
def book_fair_sale(request: HttpRequest, pk: int) -> HttpResponse:
    """A sale from a phone's queue: 200 when it is booked (now or before), 422 with a sentence when it cannot be."""
    stall = get_object_or_404(_stalls(), pk=pk)
    try:
        key, sold = _read_sale(request)
        sale = fairs.sell(stall, sold, key=key, by=request.user, at=timezone.now())
    except DomainError as error:
        return JsonResponse({"error": str(error)}, status=422)
    return JsonResponse({"booked": str(sale.key), "short": sale.short_pieces, "stock": _stock(stall)})


@requires(Permission.ORDER_PACK)
@require_GET
def fair_state(request: HttpRequest, pk: int) -> HttpResponse:
    """What is left by the books, for phones that look now and then what the other one sold."""
    return JsonResponse({"stock": _stock(get_object_or_404(_stalls(), pk=pk))})


@requires(Permission.ORDER_PACK)
@require_http_methods(["GET", "POST"])
def count_stall(request: HttpRequest, pk: int) -> HttpResponse:
    stall = get_object_or_404(_stalls(), pk=pk)
    form = CountForm(request.POST or None, tiles=fairs.tiles(stall))
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data["key"]
        try:
            fairs.count_stall(stall, form.counted(), key=key, by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The count is booked."))
            return go_to(request, stall)
    context = {"stall": stall, "form": form, "outcome": fair_report.outcome_of(stall)}
    return render(request, "sales/count_stall.html", context, status=422 if form.errors else 200)


@requires(Permission.ORDER_EDIT)
@require_POST
def add_deal(request: HttpRequest, pk: int) -> HttpResponse:
    stall, form = get_object_or_404(_stalls(), pk=pk), DealForm(request.POST)
    try:
        if form.is_valid():
            fairs.add_deal(stall, **form.cleaned_data)
        else:
            messages.error(request, _("Say how many pieces, what one costs and what they cost together."))
    except DomainError as error:
        messages.error(request, str(error))
    return go_to(request, stall)


@requires(Permission.ORDER_EDIT)
@require_POST
def drop_deal(request: HttpRequest, pk: int) -> HttpResponse:
    deal = get_object_or_404(FairDeal.objects.select_related("stall__event"), pk=pk)
    deal.delete()
    return go_to(request, deal.stall)


@requires(Permission.ORDER_EDIT)
@require_POST
def close_stall(request: HttpRequest, pk: int) -> HttpResponse:
    stall = get_object_or_404(_stalls(), pk=pk)
    fairs.close_stall(stall, by=request.user, at=timezone.now())
    messages.success(request, _("The fair is over; phones can still hand in what they sold."))
    return go_to(request, stall)


class UndoFairSale(ConfirmPage):
    permission = Permission.ORDER_PACK
    title = gettext_lazy("Undo sale")
    confirm_label = gettext_lazy("It was a wrong tap")
    success_message = gettext_lazy("The sale is undone; its pieces are on the stall again.")

    def get_queryset(self):
        return FairSale.objects.select_related("stall__event", "order")

    def question(self):
        return _("Undo the sale over {total}?").format(total=self.object.total)

    def perform(self, sale, *, by, at):
        fairs.undo_sale(sale, by=by, at=at)

    def success_url(self):
        return self.object.stall


def _read_sale(request: HttpRequest) -> tuple:
    """Key and sale out of the phone's words. Raises NotASale."""
    try:
        data = json.loads(request.body) if len(request.body) <= _BODY_AT_MOST else None
    except (ValueError, RecursionError):
        data = None
    rows = data.get("lines") if isinstance(data, dict) else None
    if not isinstance(rows, list) or not 0 < len(rows) <= _LINES_AT_MOST:
        raise fairs.NotASale(_("This is not a sale."))
    head = PhoneSaleForm(data)
    lines = [PhoneLineForm(row if isinstance(row, dict) else {}) for row in rows]
    if not head.is_valid() or not all(line.is_valid() for line in lines):
        raise fairs.NotASale(_("The phone sent a sale with parts missing."))
    known = Variant.objects.select_related("product", "item").in_bulk([line.cleaned_data["variant"] for line in lines])
    try:
        basket = [
            (known[line.cleaned_data["variant"]], line.cleaned_data["quantity"], line.cleaned_data["price"])
            for line in lines
        ]
    except KeyError as missing:
        raise fairs.NotASale(_("Something in this sale is not in the catalogue.")) from missing
    sale = head.cleaned_data
    return sale["key"], Sold(basket, sale["total"], sale["method"], sale["sold_at"], sale["device"])


def _stock(stall: FairStall, tiles=None) -> dict[str, int]:
    return {str(tile.variant.pk): tile.left for tile in (fairs.tiles(stall) if tiles is None else tiles)}


def _deals(stall: FairStall) -> list[dict]:
    """For the phone's own arithmetic."""
    return [
        {"each": str(deal.unit_price), "pieces": deal.pieces, "price": str(deal.price)} for deal in stall.deals.all()
    ]
