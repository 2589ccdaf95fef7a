"""Orders: the tabs, one order, and what can be done with it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.downloads import file_response
from nozzly.web.guard import requires
from nozzly.web.pdf import PdfUnavailable
from nozzly.web.render import go_to, next_url, render
from nozzly.web.views import DetailPage, FormPage, ListPage
from sales import documents
from sales.choices import OrderState, Readiness
from sales.domain import changing, invoices, orders, payments, picking, run_words, shipping, trail, unshipping
from sales.domain.states import lines_of
from sales.forms import LineFormSet, MatchForm, OrderFilter, OrderForm
from sales.label_files import CARRIERS
from sales.models import Order, OrderLine, Parcel
from sales.order_forms import NoteForm, OrderEditForm, ParcelForm
from sales.querysets import load_history
from sales.resources import OrderResource

TABS = {
    "inbox": (gettext_lazy("Inbox"), "inbox"),
    "print": (gettext_lazy("To print"), "to_print_now"),
    "pack": (gettext_lazy("To pack"), "to_pack_now"),
    "sent": (gettext_lazy("Sent"), "sent"),
    "all": (gettext_lazy("All"), "all"),
}


class OrderList(ListPage):
    permission = Permission.ORDER_VIEW
    template = "sales/order_list.html"
    fragments = ("order-table",)
    title = gettext_lazy("Orders")
    columns = {
        "picture": gettext_lazy("Picture"),
        "what": gettext_lazy("What"),
        "placed": gettext_lazy("Placed"),
        "due": gettext_lazy("Due"),
        "ready": gettext_lazy("Ready?"),
        "total": gettext_lazy("Total"),
        "profit": gettext_lazy("Profit"),
    }
    cost_columns = ("profit",)
    filter_form = OrderFilter
    sorts = {"number": "pk", "due": "due_on", "placed": "placed_on"}
    default_sort = "-placed"
    resource = OrderResource
    import_url = "sales:correct_orders"
    create_url = "sales:create_order"
    create_label = gettext_lazy("New order")

    @property
    def tab(self) -> str:
        wanted = self.request.GET.get("tab", "")
        return wanted if wanted in TABS else "inbox"

    def get_queryset(self):
        rows = getattr(Order.objects, TABS[self.tab][1])().select_related("channel", "customer")
        return rows.with_lines().with_pictures()

    def complete(self, rows):
        readiness = Order.objects.readiness_of(rows)
        for order in rows:
            order.readiness = readiness.get(order.pk, "")

    def get_context(self):
        return {
            "tab": self.tab,
            "tabs": [(name, label) for name, (label, _method) in TABS.items()],
            "carriers": [(name, label) for name, (label, _columns) in CARRIERS.items()],
        }


class OrderDetail(DetailPage):
    permission = Permission.ORDER_VIEW
    template = "sales/order_detail.html"
    context_name = "order"

    def get_queryset(self):
        return Order.objects.for_page_by_need(self.kwargs["pk"])

    @property
    def _sees_costs(self) -> bool:
        return self.request.user.has_permission(Permission.COST_VIEW)

    def get_context(self):
        order = self.object
        load_history(order)
        standing = invoices.standing_of(order.invoices.all())
        return {
            "match_form": MatchForm() if order.readiness == Readiness.UNMATCHED else None,
            "note_form": NoteForm(),
            "account": payments.account_of(order),
            "standing": standing,
            "untold": invoices.without_credit_note(order, standing),
            "can_undo": unshipping.can_undo(order),
            "can_be_paid": order.state != OrderState.CANCELLED or bool(order.payments.all()),
            "outlook": trail.outlook(order, on=timezone.localdate()) if self._sees_costs else None,
            "afterwards": trail.afterwards(order),
            "runs": trail.runs_for(order),
            "runs_in_vain": run_words.in_vain(order),
            "movements": trail.movements_of(order),
            "diary": [
                {"at": event.at, "text": event.get_kind_display(), "detail": event.text, "by": event.by}
                for event in sorted(order.events.all(), key=lambda event: (event.at, event.pk))
            ],
        }


@requires(Permission.ORDER_EDIT)
@require_http_methods(["GET", "POST"])
def create_order(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    form = OrderForm(request.POST or None, initial={"placed_on": today})
    lines = LineFormSet(request.POST or None, prefix="lines")
    if request.method == "POST" and form.is_valid() and lines.is_valid():
        wanted = [line for line in (each.line() for each in lines) if line]
        try:
            order = orders.create_order(form.facts(), wanted, by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Order {number} is taken in.").format(number=order.number))
            return go_to(request, order)
    status = 422 if request.method == "POST" else 200
    return render(request, "sales/create_order.html", {"form": form, "lines": lines}, status=status)


class OrderEdit(FormPage):
    permission = Permission.ORDER_EDIT
    form_class = OrderEditForm

    @property
    def title(self):
        return _("Edit order {number}").format(number=self.object.number)

    def get_queryset(self):
        return Order.objects.open().with_lines()

    def save(self, form, *, by, at):
        return changing.change_order(self.object, form.changed(), by=by, at=at)


@requires(Permission.ORDER_EDIT)
@require_POST
def confirm_order(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, orders.confirm_order, _("Order {number} is confirmed; its pieces are kept back."))


@requires(Permission.ORDER_PACK)
@require_POST
def pack_order(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, orders.pack_order, _("Order {number} is packed."))


@requires(Permission.ORDER_EDIT)
@require_POST
def cancel_order(request: HttpRequest, pk: int) -> HttpResponse:
    answer = _act(request, pk, orders.cancel_order, _("Order {number} is cancelled; its pieces are free again."))
    for sentence in trail.left_to_do(Order.objects.get(pk=pk)):
        messages.warning(request, sentence)
    return answer


@requires(Permission.RUN_PLAN)
@require_POST
def cancel_runs(request: HttpRequest, pk: int) -> HttpResponse:
    order = get_object_or_404(Order, pk=pk)
    try:
        runs = run_words.cancel_runs(order, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        text = ngettext("{count} run is cancelled.", "{count} runs are cancelled.", len(runs)).format(count=len(runs))
        messages.success(request, text if runs else _("No run is planned for it alone any more."))
    return go_to(request, order)


@requires(Permission.RUN_PLAN)
@require_POST
def print_missing(request: HttpRequest, pk: int) -> HttpResponse:
    order = get_object_or_404(Order, pk=pk)
    try:
        runs = orders.plan_missing(order, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        text = ngettext("{count} run is planned.", "{count} runs are planned.", len(runs)).format(count=len(runs))
        messages.success(request, text if runs else _("Everything is on the shelf or planned already."))
    return go_to(request, next_url(request, order))


def _usual_parcel(order):
    """How orders like this one leave; boxes are taken once, with the first parcel."""
    first = not order.parcels.filter(undone_at=None).exists()
    return {
        "service": shipping.usual_service(order, on=timezone.localdate()),
        "packaging": shipping.usual_packaging(order) if first else None,
    }


@requires(Permission.ORDER_PACK)
@require_http_methods(["GET", "POST"])
def ship_order(request: HttpRequest, pk: int) -> HttpResponse:
    order = get_object_or_404(Order.objects.for_page(), pk=pk)
    lines = lines_of(order)
    form = ParcelForm(
        request.POST or None, lines=lines, initial=_usual_parcel(order) if request.method == "GET" else {}
    )
    if request.method == "POST" and form.is_valid():
        key, sending = form.cleaned_data["key"], form.sending()
        try:
            orders.ship_order(order, sending=sending, key=key, by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Order {number} is on its way.").format(number=order.number))
            return go_to(request, order)
    shortages = picking.shortages(picking.needs_of(lines))
    context = {"order": order, "form": form, "shortages": shortages}
    return render(request, "sales/ship_order.html", context, status=422 if form.errors else 200)


@requires(Permission.ORDER_EDIT)
@require_POST
def match_line(request: HttpRequest, pk: int) -> HttpResponse:
    line = get_object_or_404(OrderLine.objects.select_related("order"), pk=pk)
    form = MatchForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose the product that this line is."))
        return go_to(request, line.order)
    try:
        orders.match_line(line, variant=form.cleaned_data["variant"], by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, format_lazy("{} = {}", line.title, form.cleaned_data["variant"]))
    return go_to(request, line.order)


@requires(Permission.ORDER_VIEW)
@require_GET
def packing_slip(request: HttpRequest, pk: int) -> HttpResponse:
    order = get_object_or_404(Order.objects.for_page(), pk=pk)
    try:
        content = documents.packing_slip(order, parcel=_parcel_asked_for(request, order))
    except PdfUnavailable as error:
        messages.error(request, str(error))
        return go_to(request, order)
    return file_response(content, name=f"packing-slip-{order.number}", kind="pdf", inline=True)


def _parcel_asked_for(request: HttpRequest, order: Order) -> Parcel | None:
    """The parcel that the address names: ?parcel=…; one of another order is none."""
    wanted = request.GET.get("parcel", "")
    return next((parcel for parcel in order.parcels.all() if str(parcel.pk) == wanted), None)


@requires(Permission.ORDER_PACK)
@require_GET
def pack_next(request: HttpRequest) -> HttpResponse:
    """Straight to the most urgent order that can be packed."""
    waiting = Order.objects.to_pack_now().by_urgency().first()
    if waiting is None:
        messages.info(request, _("Nothing waits to be packed."))
        return go_to(request, "sales:order_list")
    return go_to(request, "sales:ship_order" if waiting.state == OrderState.PACKED else waiting, pk=waiting.pk)


def _act(request: HttpRequest, pk: int, verb, text: str) -> HttpResponse:
    """Do one thing with an order and say so on the page it was asked from."""
    order = get_object_or_404(Order, pk=pk)
    try:
        order = verb(order, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, text.format(number=order.number))
    return go_to(request, next_url(request, order))
