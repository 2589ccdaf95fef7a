"""Verbs of the spool pages."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from inventory.domain import spools
from inventory.forms.spools import AddSpoolsForm, BulkForm, MoveForm, OpeningForm, WeighForm
from inventory.models import Lot
from inventory.views.labels import label_url
from inventory.views.spools import spool_context
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.formatting import grams
from nozzly.web.guard import requires
from nozzly.web.render import go_to, next_url, render


@requires(Permission.STOCK_WEIGH)
@require_POST
def weigh(request: HttpRequest, code: str) -> HttpResponse:
    lot = _roll(request, code)
    form = WeighForm(request.POST)
    if form.is_valid() and not _is_to_confirm(form, lot):
        try:
            weighing = spools.weigh(lot.spool, **form.cleaned_data, by=request.user, at=timezone.now())
        except spools.TareUnknown as error:
            form = _with_proposal(form, lot)
            form.add_error("tare_g", str(error))
        except DomainError as error:
            form.add_error("gross_g", str(error))
        else:
            messages.success(request, _weighed(lot, weighing))
            return go_to(request, lot)
    elif form.is_valid():
        form = _with_proposal(form, lot)
        form.add_error("tare_g", _to_confirm(lot))
    return _again(request, lot, weigh_form=form)


@requires(Permission.STOCK_WEIGH)
@require_POST
def move(request: HttpRequest, code: str) -> HttpResponse:
    lot = _roll(request, code)
    form = MoveForm(request.POST)
    if form.is_valid():
        place = form.cleaned_data["location"]
        try:
            spools.move([lot], location=place, by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error("location", str(error))
        else:
            where = _("in {place}").format(place=place) if place else _("nowhere in particular")
            messages.success(request, _("{code} is {where} now.").format(code=lot.code, where=where))
            return go_to(request, next_url(request, lot))
    return _again(request, lot, move_form=form)


@requires(Permission.STOCK_WEIGH)
@require_POST
def open_roll(request: HttpRequest, code: str) -> HttpResponse:
    lot = _roll(request, code)
    try:
        spools.open_spool(lot.spool, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("{code} is open.").format(code=lot.code))
    return go_to(request, lot)


@requires(Permission.STOCK_WEIGH)
@require_POST
def move_many(request: HttpRequest) -> HttpResponse:
    form = BulkForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Tick what is to be moved first."))
        return go_to(request, next_url(request, "inventory:spool_list"))
    try:
        chosen, place = list(form.cleaned_data["lot"]), form.cleaned_data["location"]
        spools.move(chosen, location=place, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        text = ngettext("%(count)s lot is moved.", "%(count)s lots are moved.", len(chosen)) % {"count": len(chosen)}
        messages.success(request, text)
    return go_to(request, next_url(request, "inventory:spool_list"))


@requires(Permission.STOCK_EDIT)
@require_http_methods(["GET", "POST"])
def add_spools(request: HttpRequest) -> HttpResponse:
    initial = {"filament": request.GET.get("filament"), "received_on": timezone.localdate()}
    form = AddSpoolsForm(request.POST or None, initial=initial, sees_cost=request.user.sees_cost)
    return _add(request, form, "inventory/add_spools.html")


@requires(Permission.STOCK_EDIT)
@require_http_methods(["GET", "POST"])
def opening_stock(request: HttpRequest) -> HttpResponse:
    initial = {"filament": request.GET.get("filament")}
    form = OpeningForm(request.POST or None, initial=initial, sees_cost=request.user.sees_cost)
    return _add(request, form, "inventory/opening_stock.html")


def _add(request, form, template):
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            added = spools.add_spools(
                chosen["filament"], count=chosen["count"], rolls=form.rolls(), key=chosen["key"], by=request.user,
                at=timezone.now(),
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            codes = ", ".join(spool.lot.code for spool in added[:8])
            messages.success(request, _("Added: {codes}.").format(codes=codes))
            if "another" in request.POST:
                return go_to(request, request.get_full_path())
            return go_to(request, label_url(spool.lot for spool in added) if "label" in request.POST else added[0])
    return render(request, template, {"form": form}, status=422 if form.errors else 200)


def _is_to_confirm(form: WeighForm, lot: Lot) -> bool:
    chosen = form.cleaned_data
    return chosen["tare_g"] is None and spools.tare_to_confirm(lot.spool, gross_g=chosen["gross_g"]) is not None


def _to_confirm(lot: Lot) -> str:
    return _(
        "A sealed roll should hold {full}: then this is its bare reel, assumed was {assumed}. Keep what is right."
    ).format(full=grams(lot.spool.net_weight_g), assumed=grams(spools.tare_of(lot.spool)))


def _with_proposal(form: WeighForm, lot: Lot) -> WeighForm:
    """A sealed roll on the scale tells what its reel weighs: fill that in, for the person to confirm."""
    proposal = spools.proposed_tare(lot.spool, gross_g=form.cleaned_data["gross_g"])
    if proposal is not None:
        form = WeighForm(form.data.dict() | {"tare_g": f"{proposal.normalize():f}"})
        form.full_clean()
    return form


def _roll(request, code: str) -> Lot:
    return get_object_or_404(Lot.objects.spools().for_page().seen_by(request.user), code=code)


def _again(request, lot: Lot, **forms) -> HttpResponse:
    return render(request, "inventory/spool_detail.html", spool_context(lot, **forms), status=422)


def _weighed(lot: Lot, weighing) -> str:
    difference = weighing.net_g - weighing.expected_g
    if not difference:
        return _("{code}: {left} left, just as the books say.").format(code=lot.code, left=grams(weighing.net_g))
    sign = "+" if difference > 0 else "−"
    return _("{code}: {left} left; corrected by {difference}.").format(
        code=lot.code, left=grams(weighing.net_g), difference=f"{sign}{grams(abs(difference))}"
    )
