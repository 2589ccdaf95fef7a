import re

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from inventory.domain import lots
from inventory.domain.history import Page, history
from inventory.domain.slots import OnlyRolls, SlotHoldsOne
from inventory.forms.items import CountForm, TransferForm, UseForm
from inventory.models import Lot
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.auditing import record
from nozzly.web.guard import requires
from nozzly.web.render import go_to, render
from nozzly.web.views import ConfirmPage, DetailPage

_LINE_NUMBER = re.compile(r"[0-9]{1,18}")


class LotDetail(DetailPage):
    permission = Permission.STOCK_VIEW
    template = "inventory/lot_detail.html"
    context_name = "lot"

    def get_queryset(self):
        return _lots(self.request)

    def get_context(self):
        return lot_context(self.object, history=history_of(self.request, self.object))


def history_of(request: HttpRequest, lot: Lot) -> Page:
    """The page of the ledger that the address asks for: ?below=… the line above it."""
    text = request.GET.get("below", "")
    return history(lot, below=int(text) if _LINE_NUMBER.fullmatch(text) else None)


def lot_context(lot: Lot, **more) -> dict:
    return {
        "lot": lot,
        "history": more.pop("history", None) or history(lot),
        "count_form": CountForm(),
        "use_form": UseForm(),
        "transfer_form": TransferForm(),
    } | more


@requires(Permission.STOCK_EDIT)
@require_POST
def grade(request: HttpRequest, code: str) -> HttpResponse:
    """Pieces that came out less than perfect, or that are as good as any after all."""
    lot = get_object_or_404(_lots(request), code=code)
    is_b_grade = request.POST.get("b_grade") == "yes"
    try:
        lots.grade(lot, is_b_grade=is_b_grade)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        text = _("{lot} is b-grade: orders leave it alone.") if is_b_grade else _("{lot} is as good as any.")
        messages.success(request, text.format(lot=lot))
        record("graded", subject=lot, by=request.user, at=timezone.now())
    return go_to(request, lot)


class BringBackLot(ConfirmPage):
    permission = Permission.STOCK_EDIT
    title = gettext_lazy("Bring it back")
    confirm_label = gettext_lazy("Bring it back")
    success_message = gettext_lazy("{object} is back.")
    danger = False

    def get_queryset(self):
        return Lot.objects.select_related("spool")

    def question(self):
        return _("Show {object} in the stock room again?").format(object=self.object)

    def perform(self, lot, *, by, at):
        lots.bring_back(lot)


@requires(Permission.STOCK_COUNT)
@require_POST
def count(request: HttpRequest, code: str) -> HttpResponse:
    lot, form = get_object_or_404(_lots(request), code=code), CountForm(request.POST)
    if form.is_valid():
        try:
            lots.count(lot, **form.cleaned_data, by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error("counted", str(error))
        else:
            messages.success(request, _("{lot} is counted.").format(lot=lot))
            return go_to(request, lot)
    return render(request, "inventory/lot_detail.html", lot_context(lot, count_form=form), status=422)


@requires(Permission.STOCK_EDIT)
@require_POST
def use(request: HttpRequest, code: str) -> HttpResponse:
    lot, form = get_object_or_404(_lots(request), code=code), UseForm(request.POST)
    if form.is_valid():
        chosen = form.cleaned_data
        try:
            lots.adjust(
                lot, quantity=form.signed(), kind=chosen["kind"], note=chosen["note"], key=chosen["key"],
                by=request.user, at=timezone.now(),
            )  # fmt: skip
        except DomainError as error:
            form.add_error("quantity", str(error))
        else:
            messages.success(request, _("{lot} is booked.").format(lot=lot))
            return go_to(request, lot)
    return render(request, "inventory/lot_detail.html", lot_context(lot, use_form=form), status=422)


@requires(Permission.STOCK_EDIT)
@require_POST
def transfer(request: HttpRequest, code: str) -> HttpResponse:
    lot, form = get_object_or_404(_lots(request), code=code), TransferForm(request.POST)
    if form.is_valid():
        try:
            part = lots.transfer(lot, **form.cleaned_data, by=request.user, at=timezone.now())
        except (SlotHoldsOne, OnlyRolls) as error:
            form.add_error("location", str(error))
        except DomainError as error:
            form.add_error("quantity", str(error))
        else:
            messages.success(request, _("{part} is in {place}.").format(part=part, place=part.location))
            return go_to(request, part)
    return render(request, "inventory/lot_detail.html", lot_context(lot, transfer_form=form), status=422)


def _lots(request):
    """Lots of parts and goods; a roll has a page of its own."""
    return Lot.objects.filter(spool=None).for_page().seen_by(request.user)
