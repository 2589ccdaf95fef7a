"""Stock and value on a day, as a page, a table file and a PDF."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from inventory.domain import lots, values
from inventory.forms.counting import RevalueForm, UntouchedFilter, ValueForm
from inventory.models import Lot
from inventory.resources import StockValueResource
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web import charts, formatting
from nozzly.web.downloads import download, file_response
from nozzly.web.guard import requires
from nozzly.web.pdf import render_pdf
from nozzly.web.render import render
from nozzly.web.views import FormPage, ListPage

_SHOWN = 40


@requires(Permission.COST_VIEW)
@require_GET
def stock_value(request: HttpRequest) -> HttpResponse:
    form = ValueForm(request.GET if "on" in request.GET else None, initial={"on": timezone.localdate()})
    if form.is_bound and not form.is_valid():
        return render(request, "inventory/stock_value.html", {"title": _("Stock value"), "form": form}, status=422)
    on = form.cleaned_data["on"] if form.is_bound else timezone.localdate()
    value = values.stock_value(on)
    kind = request.GET.get("format")
    if kind in {"csv", "xlsx"}:
        return download(StockValueResource(user=request.user), value.rows, kind)
    context = {
        "title": _("Stock value"),
        "form": form,
        "value": value,
        "rows": value.rows[:_SHOWN],
        "hidden": max(len(value.rows) - _SHOWN, 0),
        "pace_days": values.PACE_DAYS,
        "picture": _picture(value),
    }
    if kind == "pdf":
        try:
            pdf = render_pdf("inventory/print/stock_value.html", {"value": value})
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return file_response(pdf, name=f"stock-{on.isoformat()}", kind="pdf")
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "inventory/stock_value.html", context, status=status)


def _picture(value: values.StockValue) -> charts.Chart | None:
    """By kind: hundreds of items make no picture."""
    parts = {str(kind): bought for kind, bought, _full in value.by_kind() if bought}
    if not parts:
        return None
    parts = dict(sorted(parts.items(), key=lambda pair: pair[1]))
    return charts.shares(title=_("Bought value by kind"), parts=parts, show=formatting.money)


class UntouchedList(ListPage):
    """Money that stands on a shelf."""

    permission = Permission.STOCK_VIEW
    template = "inventory/untouched_list.html"
    fragments = ("untouched-table",)
    title = gettext_lazy("Untouched stock")
    columns = {
        "left": gettext_lazy("Left"),
        "place": gettext_lazy("Place"),
        "moved": gettext_lazy("Last moved"),
        "value": gettext_lazy("Value"),
    }
    cost_columns = ("value",)
    filter_form = UntouchedFilter
    sorts = {"moved": "moved_at", "left": "on_hand"}
    default_sort = "moved"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        now = timezone.now()
        self.filter_form = lambda data: UntouchedFilter(data or {"days": "90"}, now=now)
        if request.user.is_authenticated and request.user.sees_cost:
            self.sorts = self.sorts | {"value": "bought_value"}
            self.default_sort = "-value"

    def get_queryset(self):
        return Lot.objects.available().holding().for_table().seen_by(self.request.user)


class Revalue(FormPage):
    permission = Permission.STOCK_RECEIVE
    title = gettext_lazy("Write down")
    success_message = gettext_lazy("{object} is worth what you said.")
    form_class = RevalueForm

    def get_queryset(self):
        return Lot.objects.for_page()

    def save(self, form, *, by, at):
        lots.revalue(self.object, **form.figures(), by=by, at=at)
        return self.object
