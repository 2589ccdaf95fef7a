"""What happens to a roll beside printing: some is used by hand, it is dried, it is empty."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from inventory.domain import drying, lots, spools
from inventory.forms.scanning import DryForm, EmptyForm, UseSpoolForm
from inventory.models import Lot
from inventory.views.spools import spool_context
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.formatting import grams
from nozzly.web.guard import requires
from nozzly.web.render import go_to, next_url, render


@requires(Permission.STOCK_WEIGH)
@require_POST
def use(request: HttpRequest, code: str) -> HttpResponse:
    lot, form = _roll(request, code), UseSpoolForm(request.POST)
    if form.is_valid():
        chosen = form.cleaned_data
        try:
            lots.adjust(
                lot, quantity=-chosen["grams"], kind=chosen["kind"], note=chosen["note"], key=chosen["key"],
                by=request.user, at=timezone.now(),
            )  # fmt: skip
        except DomainError as error:
            form.add_error("grams", str(error))
        else:
            messages.success(request, _("{used} less on {code}.").format(used=grams(chosen["grams"]), code=lot.code))
            return go_to(request, lot)
    return _again(request, lot, use_form=form)


@requires(Permission.STOCK_WEIGH)
@require_POST
def dry(request: HttpRequest, code: str) -> HttpResponse:
    """Into the dryer, or into the log when it has been there."""
    lot, form = _roll(request, code), DryForm(request.POST)
    if form.is_valid():
        chosen = form.cleaned_data
        act = drying.note_drying if chosen["done"] else drying.start_drying
        try:
            log = act(
                lot.spool, hours=chosen["hours"], temperature_c=chosen["temperature_c"], by=request.user,
                at=timezone.now(),
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("{code}: {drying}.").format(code=lot.code, drying=log))
            return go_to(request, lot)
    return _again(request, lot, dry_form=form)


@requires(Permission.STOCK_WEIGH)
@require_POST
def undry(request: HttpRequest, code: str) -> HttpResponse:
    """Out of the dryer."""
    lot = _roll(request, code)
    try:
        drying.finish_drying(lot.spool, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("{code} is dry.").format(code=lot.code))
    return go_to(request, next_url(request, lot))


@requires(Permission.STOCK_WEIGH)
@require_http_methods(["GET", "POST"])
def empty(request: HttpRequest, code: str) -> HttpResponse:
    lot = _roll(request, code)
    form = EmptyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            spools.empty_spool(lot.spool, **form.cleaned_data, by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("{code} is empty.").format(code=lot.code))
            return go_to(request, next_url(request, lot))
    return render(request, "inventory/empty_spool.html", {"lot": lot, "form": form}, status=422 if form.errors else 200)


def _roll(request, code: str) -> Lot:
    return get_object_or_404(Lot.objects.spools().for_page().seen_by(request.user), code=code)


def _again(request, lot: Lot, **forms) -> HttpResponse:
    return render(request, "inventory/spool_detail.html", spool_context(lot, **forms), status=422)
