"""From a label, a barcode, or a scanner that types, to the page of what it is stuck on; and moving by two scans."""

from urllib.parse import urlencode

from csp.constants import SELF, WASM_UNSAFE_EVAL
from csp.decorators import csp_replace
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inventory.domain import barcodes, scanning
from inventory.forms.scanning import MOST_HELD, BarcodeForm, LinkBarcodeForm, ScanForm
from inventory.models import Barcode, Item, Location, Lot
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.guard import requires
from nozzly.web.render import go_to, next_url, render

# The decoder is WebAssembly; this page alone may compile it, and still no script that is not ours.
_decoder_allowed = csp_replace({"script-src": [SELF, WASM_UNSAFE_EVAL]})


@requires(Permission.STOCK_VIEW)
@require_GET
def scan(request: HttpRequest, code: str) -> HttpResponse:
    return _show(request, code)


@requires(Permission.STOCK_VIEW)
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    return _show(request, request.GET.get("code", ""))


@requires(Permission.STOCK_VIEW)
@_decoder_allowed
@require_GET
def scanner(request: HttpRequest) -> HttpResponse:
    """The camera; a scan opens the page of what was scanned."""
    return render(request, "inventory/scanner.html", {"form": ScanForm(), "title": _("Scan")})


@requires(Permission.STOCK_WEIGH)
@_decoder_allowed
@require_http_methods(["GET", "POST"])
def move_by_scan(request: HttpRequest) -> HttpResponse:
    """Scan one roll or several, then the place they go to."""
    form = ScanForm(request.POST or None)
    held = list(_held(request))
    if request.method == "POST" and form.is_valid():
        try:
            found = scanning.put_scanned(held, scanned=form.cleaned_data["code"], by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error("code", str(error))
        else:
            return go_to(request, _next_scan(request, held, found))
    context = {"form": form, "held": held, "title": _("Move by scanning")}
    return render(request, "inventory/scanner.html", context, status=422 if form.errors else 200)


@requires(Permission.STOCK_EDIT)
@require_http_methods(["GET", "POST"])
def link_barcode(request: HttpRequest, digits: str) -> HttpResponse:
    """A maker's barcode that nobody knows yet: say once what it is on."""
    form = LinkBarcodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            barcodes.link_barcode(form.cleaned_data["item"], digits=digits)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("From now on that barcode opens this page."))
            return go_to(request, form.cleaned_data["item"])
    context = {"form": form, "digits": digits}
    return render(request, "inventory/link_barcode.html", context, status=422 if form.errors else 200)


@requires(Permission.STOCK_EDIT)
@require_POST
def add_barcode(request: HttpRequest, pk: int) -> HttpResponse:
    item, form = get_object_or_404(Item, pk=pk), BarcodeForm(request.POST)
    try:
        if form.is_valid():
            barcodes.link_barcode(item, digits=form.cleaned_data["digits"])
        else:
            messages.error(request, _("Scan or type the digits below the bars."))
    except DomainError as error:
        messages.error(request, str(error))
    return go_to(request, item)


@requires(Permission.STOCK_EDIT)
@require_POST
def remove_barcode(request: HttpRequest, pk: int) -> HttpResponse:
    barcode = get_object_or_404(Barcode.objects.select_related("item"), pk=pk)
    barcodes.unlink_barcode(barcode)
    return go_to(request, barcode.item)


def _held(request):
    asked = request.POST if request.method == "POST" else request.GET
    wanted = [int(pk) for pk in asked.getlist("lot") if pk.isascii() and pk.isdigit() and len(pk) < 18]
    return Lot.objects.filter(pk__in=wanted[:MOST_HELD]).select_related("spool").order_by("title", "pk")


def _next_scan(request, held: list[Lot], found: Lot | Location) -> str:
    url = reverse("inventory:move_by_scan")
    if isinstance(found, Location):
        what = ", ".join(lot.code for lot in held)
        messages.success(request, _("{what}: {place}.").format(what=what, place=found))
        return url
    return f"{url}?{urlencode([('lot', pk) for pk in sorted({*(lot.pk for lot in held), found.pk})])}"


def _show(request: HttpRequest, scanned: str) -> HttpResponse:
    scanned = scanned.replace("\x00", "").strip()[:300]
    try:
        return redirect(scanning.what_is(scanned))
    except scanning.UnknownBarcode as unknown:
        if request.user.has_permission(Permission.STOCK_EDIT):
            return redirect("inventory:link_barcode", unknown.digits)
        messages.error(request, str(unknown))
    except DomainError as error:
        messages.error(request, _("{error} Is the label from another workspace?").format(error=error))
    return redirect(next_url(request, "inventory:spool_list"))
