from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from inventory.choices import StocktakeState
from inventory.domain import stocktakes
from inventory.forms.counting import CountLineForm, StocktakeForm
from inventory.models import Lot, Stocktake
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.downloads import file_response
from nozzly.web.guard import requires
from nozzly.web.pdf import render_pdf
from nozzly.web.render import go_to, render
from nozzly.web.views import ConfirmPage, DetailPage, FormPage, ListPage

_SHOWN = 60
_ON_PAPER = 2000


class StocktakeList(ListPage):
    permission = Permission.STOCK_COUNT
    template = "inventory/stocktake_list.html"
    fragments = ("stocktake-table",)
    title = gettext_lazy("Stocktakes")
    columns = {
        "state": gettext_lazy("State"),
        "counted": gettext_lazy("Counted"),
        "started": gettext_lazy("Started"),
    }
    sorts = {"started": "started_at"}
    default_sort = "-started"
    create_url = "inventory:start_stocktake"
    create_label = gettext_lazy("Start a stocktake")

    def get_queryset(self):
        return Stocktake.objects.for_table()


class StartStocktake(FormPage):
    permission = Permission.STOCK_COUNT
    title = gettext_lazy("Stocktake")
    submit_label = gettext_lazy("Start")
    success_message = gettext_lazy("{object}: scan the first one.")
    form_class = StocktakeForm

    def get_initial(self):
        return {"name": _("Stocktake {on}").format(on=timezone.localdate().isoformat())}

    def get_form(self, **data):
        return self.form_class(data=data.get("data"), initial=self.get_initial())

    def save(self, form, *, by, at):
        return stocktakes.start_stocktake(**form.cleaned_data, by=by, at=at)


class StocktakeDetail(DetailPage):
    permission = Permission.STOCK_COUNT
    template = "inventory/stocktake_detail.html"
    context_name = "stocktake"

    def get_queryset(self):
        return Stocktake.objects.for_table()

    def get_context(self):
        return stocktake_context(self.request, self.object)


def stocktake_context(request: HttpRequest, stocktake: Stocktake, form: CountLineForm | None = None) -> dict:
    lines = list(
        stocktake.lines.select_related("lot__item__filament", "lot__spool", "counted_by").order_by("-counted_at")
    )
    to_count, left = [], 0
    if stocktake.state == StocktakeState.COUNTING:
        waiting = Lot.objects.to_count(stocktake)
        to_count = list(waiting.for_table().seen_by(request.user)[:_SHOWN])
        left = len(to_count) if len(to_count) < _SHOWN else waiting.count()
    return {
        "stocktake": stocktake,
        "lines": lines,
        "different": [line for line in lines if line.difference],
        "difference_value": sum(line.difference_value for line in lines),
        "to_count": to_count,
        "left": left,
        "form": form or CountLineForm(initial={"code": request.GET.get("code", "")}),
    }


@requires(Permission.STOCK_COUNT)
@require_GET
def count_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """What is left to count, on paper: with room for a number and without the books' own."""
    stocktake = get_object_or_404(Stocktake.objects.for_table(), pk=pk)
    lots = Lot.objects.to_count(stocktake).for_table().without_cost()[:_ON_PAPER]
    pdf = render_pdf("inventory/print/count_sheet.html", {"stocktake": stocktake, "lots": lots})
    return file_response(pdf, name="count-sheet", kind="pdf", inline=True)


@requires(Permission.STOCK_COUNT)
@require_POST
def count_line(request: HttpRequest, pk: int) -> HttpResponse:
    stocktake = get_object_or_404(Stocktake.objects.for_table(), pk=pk)
    form = CountLineForm(request.POST)
    if form.is_valid():
        lot, counted = form.cleaned_data["code"], form.cleaned_data["counted"]
        try:
            stocktakes.count_lot(stocktake, lot, counted=counted, by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("{lot} is counted.").format(lot=lot))
            return go_to(request, stocktake)
    context = stocktake_context(request, stocktake, form)
    return render(request, "inventory/stocktake_detail.html", context, status=422)


class ApproveStocktake(ConfirmPage):
    permission = Permission.STOCK_EDIT
    template = "inventory/approve_stocktake.html"
    title = gettext_lazy("Approve the count")
    confirm_label = gettext_lazy("Book the differences")
    danger = False

    def get_queryset(self):
        return Stocktake.objects.for_table()

    def get_context(self):
        return stocktake_context(self.request, self.object)

    def question(self):
        return _("Book what was counted in {object}?").format(object=self.object)

    def perform(self, stocktake, *, by, at):
        stocktakes.approve(stocktake, by=by, at=at)


class CancelStocktake(ConfirmPage):
    permission = Permission.STOCK_EDIT
    title = gettext_lazy("Drop the count")
    confirm_label = gettext_lazy("Drop it")

    def get_queryset(self):
        return Stocktake.objects.for_table()

    def question(self):
        return _("Drop {object}? Nothing of it will be booked.").format(object=self.object)

    def perform(self, stocktake, *, by, at):
        stocktakes.cancel(stocktake, by=by, at=at)
