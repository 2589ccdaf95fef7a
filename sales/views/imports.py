"""Orders out of files: upload, preview, answers, apply, undo."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web import auditing, jobs
from nozzly.web.guard import requires
from nozzly.web.models import Job
from nozzly.web.render import go_to, render
from nozzly.web.views import ConfirmPage, FormPage, ListPage
from sales import tasks
from sales.choices import ImportState
from sales.domain import import_plans, import_undoing, matching, order_imports
from sales.domain.import_plans import Verdict
from sales.domain.order_imports import Upload
from sales.import_forms import AnswersForm, BooksForm, UploadForm
from sales.models import ImportSettings, OrderImport

_SHOWN_ORDERS = 100
_FIRST = [Verdict.REFUSED, Verdict.WAITING, Verdict.CHANGED, Verdict.NEW, Verdict.SAME]
_OPEN = {ImportState.CHECKED, ImportState.FAILED}


class ImportList(ListPage):
    permission = Permission.IMPORT
    template = "sales/import_list.html"
    fragments = ("import-table",)
    title = gettext_lazy("Order imports")
    columns = {
        "channel": gettext_lazy("Channel"),
        "made": gettext_lazy("Uploaded"),
        "state": gettext_lazy("State"),
        "orders_made": gettext_lazy("Orders made"),
    }
    sorts = {"made": "created_at"}
    default_sort = "-made"
    create_url = "sales:upload_orders"
    create_label = gettext_lazy("Import orders")

    def get_queryset(self):
        return OrderImport.objects.for_table()


class BooksStart(FormPage):
    """From which day on imported orders move stock."""

    permission = Permission.ORDER_EDIT
    form_class = BooksForm
    title = gettext_lazy("Start of the books")
    success_message = gettext_lazy("The books start is saved.")

    def get_form(self, **data):
        known = ImportSettings.objects.filter(pk=1).first()
        return self.form_class(**data, instance=known or ImportSettings(pk=1))

    def save(self, form, *, by, at):
        return order_imports.set_books_start(form.cleaned_data["books_start_on"])

    def success_url(self, saved):
        return "sales:upload_orders"


@requires(Permission.IMPORT)
@require_http_methods(["GET", "POST"])
def upload_orders(request: HttpRequest) -> HttpResponse:
    form = UploadForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        uploads = [Upload(file.name, file.read()) for file in form.cleaned_data["files"]]
        try:
            made = order_imports.take_in(uploads, key=form.cleaned_data["key"], by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error("files", str(error))
        else:
            return go_to(request, made)
    context = {"form": form, "books_start_on": import_plans.books_start(today=timezone.localdate())}
    return render(request, "sales/upload_orders.html", context, status=422 if form.errors else 200)


@requires(Permission.IMPORT)
@require_http_methods(["GET", "POST"])
def show_import(request: HttpRequest, pk: int) -> HttpResponse:
    """The preview, with what must be answered first; afterwards what the import has made."""
    order_import = get_object_or_404(OrderImport.objects.for_table(), pk=pk)
    if order_import.state not in _OPEN:
        return _show_closed(request, order_import)
    check = order_imports.check(order_import, today=timezone.localdate())
    form = _answers_form(request, order_import, check)
    if request.method == "POST" and form.is_valid():
        try:
            order_imports.answer(
                order_import, channel=form.cleaned_data["channel"], dates=form.cleaned_data["dates"],
                columns=form.columns(), rates=form.typed_rates(), at=timezone.now(),
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return go_to(request, order_import)
    orders = sorted(check.orders, key=lambda plan: (_FIRST.index(plan.verdict), plan.order.number))
    shown = orders[:_SHOWN_ORDERS]
    likely = _likely(shown)
    context = {
        "order_import": order_import,
        "check": check,
        "form": form,
        "orders": [(plan, _with_likely(plan, likely)) for plan in shown],
        "hidden_orders": max(len(orders) - _SHOWN_ORDERS, 0),
        "counts": order_imports.summary_of(check)["counts"],
        "problems": order_imports.problems_of(check),
        "totals": import_plans.totals_of(check.orders),
    }
    return render(request, "sales/import_preview.html", context, status=422 if form.errors else 200)


def _likely(plans) -> dict:
    """By the words of lines without a product, the products whose names are most like theirs."""
    words = {import_plans.words_of(line) for plan in plans for line, match in plan.pairs if match is None}
    return matching.suggestions(words, most=1)


def _with_likely(plan, likely: dict) -> list[tuple]:
    return [(line, match, likely.get(import_plans.words_of(line), ())) for line, match in plan.pairs]


def _answers_form(request: HttpRequest, order_import: OrderImport, check) -> AnswersForm:
    own = next((file for _row, file, _error in check.files if file and file.kind == "table"), None)
    row = next((row for row, file, _error in check.files if file is own), None) if own else None
    columns = (row.answers.get("columns") if row else None) or (own.columns if own else None)
    return AnswersForm(
        request.POST if request.method == "POST" else None,
        initial={"channel": order_import.channel_id or _only(check.channels), "dates": row.answers.get("dates", "") if row else ""},
        channels=check.channels, headers=own.headers if own else (), columns=columns, asked=check.questions,
        rates=check.rates if request.user.has_permission(Permission.TAX_EDIT) else (),
    )  # fmt: skip


def _only(channels):
    return channels[0].pk if len(channels) == 1 else None


def _show_closed(request: HttpRequest, order_import: OrderImport) -> HttpResponse:
    job = Job.objects.of(request.user).filter(pk=order_import.summary.get("job")).first()
    made = order_import.orders.select_related("order__customer").order_by("pk")
    context = {
        "order_import": order_import,
        "job": job,
        "made": made[:_SHOWN_ORDERS],
        "hidden_orders": max(made.count() - _SHOWN_ORDERS, 0),
        "results": order_import.summary.get("made", {}),
        "waiting": order_import.waiting_rows.count(),
        "is_stuck": order_imports.is_stuck(order_import, at=timezone.now()),
    }
    return render(request, "sales/import_result.html", context)


@requires(Permission.IMPORT)
@require_POST
def apply_import(request: HttpRequest, pk: int) -> HttpResponse:
    order_import = get_object_or_404(OrderImport, pk=pk)
    try:
        started = order_imports.start(order_import, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
        return go_to(request, order_import)
    job = jobs.start(
        tasks.apply_import, title=_("Import of {name}").format(name=started.name), by=request.user, order_import_id=pk
    )
    order_imports.note_job(started, job.pk)
    auditing.record("applied an order import", details={"name": started.name}, by=request.user, at=timezone.now())
    return go_to(request, started)


@requires(Permission.IMPORT)
@require_POST
def drop_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget files that were never applied."""
    order_import = get_object_or_404(OrderImport, pk=pk)
    try:
        order_imports.drop(order_import)
    except DomainError as error:
        messages.error(request, str(error))
        return go_to(request, order_import)
    messages.success(request, _("The files are forgotten; nothing was changed."))
    return go_to(request, "sales:import_list")


class UndoImport(ConfirmPage):
    permission = Permission.ORDER_EDIT
    template = "sales/undo_import.html"
    title = gettext_lazy("Undo import")
    confirm_label = gettext_lazy("Take it back")
    success_message = gettext_lazy("{object} is taken back.")

    def get_queryset(self):
        return OrderImport.objects.filter(state=ImportState.APPLIED)

    def question(self):
        return _("Take back everything that {object} made?").format(object=self.object)

    def get_context(self):
        return {"plan": import_undoing.preview(self.object)}

    def perform(self, subject, *, by, at):
        import_undoing.undo(subject, by=by, at=at)
