from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from inventory.domain import spools
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.guard import requires
from nozzly.web.render import go_to, next_url, render
from nozzly.web.views import ConfirmPage, DetailPage, FormPage, ListPage
from production.domain import care, printers
from production.forms.printers import LoadForm, MaintenanceLogForm, MaintenanceTaskForm, PrinterForm
from production.models import MaintenanceTask, Printer, PrinterSlot, Run


class PrinterList(ListPage):
    permission = Permission.RUN_VIEW
    template = "production/printer_list.html"
    fragments = ("printer-table",)
    title = gettext_lazy("Printers")
    columns = {
        "model": gettext_lazy("Model"),
        "stands_in": gettext_lazy("Stands in"),
        "now": gettext_lazy("Now"),
        "planned": gettext_lazy("Planned"),
        "printed": gettext_lazy("Printed"),
    }
    sorts = {"name": "name", "model": "model__name"}
    default_sort = "name"
    create_url = "production:add_printer"
    create_label = gettext_lazy("Add printer")

    def get_queryset(self):
        rows = Printer.objects.for_table().with_printed_s()
        return rows if self.request.GET.get("archived") else rows.active()

    def get_context(self):
        return {"shows_archived": bool(self.request.GET.get("archived"))}


class PrinterDetail(DetailPage):
    permission = Permission.RUN_VIEW
    template = "production/printer_detail.html"
    context_name = "printer"

    def get_queryset(self):
        return Printer.objects.select_related("model", "location__parent").with_printed_s()

    def get_context(self):
        printer = self.object
        rolls = printers.loaded_rolls([printer])
        slots = printer.slots.select_related("location").order_by("position")
        runs = Run.objects.filter(printer=printer).for_table()
        return {
            "slots": [(slot, rolls.get(slot.location_id)) for slot in slots],
            "open_runs": runs.open().in_queue_order(),
            "recent_runs": runs.closed().order_by("-finished_at", "-pk")[:10],
            "hours": printers.hours_printed(printer),
            "cares": care.due_tasks(printer),
            "log": printer.maintenance_logs.select_related("by").order_by("-at", "-pk")[:10],
            "own": care.own_figures(printer),
        }


class EditPrinter(FormPage):
    permission = Permission.PRINTER_EDIT
    template = "production/printer_form.html"
    form_class = PrinterForm
    title = gettext_lazy("Printer")

    def get_queryset(self):
        return Printer.objects.select_related("model", "location")

    def get_form(self, **data):
        data.pop("files", None)
        return PrinterForm(**data, instance=self.object, sees_cost=self.request.user.sees_cost)

    def save(self, form, *, by, at):
        told = form.cleaned_data
        if self.object is None:
            return printers.add_printer(
                name=told["name"], model=told["model"], room=told["room"], slots=told["slots"], **form.own()
            )
        return printers.change_printer(
            self.object,
            name=told["name"],
            model=told["model"],
            room=told["room"],
            slots=told["slots"] or told["model"].slots,
            own=form.own(),
        )


class ArchivePrinter(ConfirmPage):
    permission = Permission.PRINTER_EDIT
    title = gettext_lazy("Archive the printer")
    confirm_label = gettext_lazy("Archive")
    success_message = gettext_lazy("{object} is in the archive.")
    danger = False

    def get_queryset(self):
        return Printer.objects.active()

    def question(self):
        return _("Put {object} out of the shop? Its runs stay.").format(object=self.object)

    def perform(self, printer, *, by, at):
        printers.archive_printer(printer, at=at)


class BringBackPrinter(ConfirmPage):
    permission = Permission.PRINTER_EDIT
    title = gettext_lazy("Bring the printer back")
    confirm_label = gettext_lazy("Bring it back")
    success_message = gettext_lazy("{object} is back.")
    danger = False

    def get_queryset(self):
        return Printer.objects.filter(archived_at__isnull=False)

    def perform(self, printer, *, by, at):
        printers.bring_back(printer)


@requires(Permission.STOCK_WEIGH)
@require_http_methods(["GET", "POST"])
def load_slot(request: HttpRequest, pk: int) -> HttpResponse:
    """Loading is moving a roll to the slot; what hung there goes where the roll was."""
    slot = get_object_or_404(PrinterSlot.objects.select_related("printer", "location"), pk=pk)
    held = printers.loaded_rolls([slot.printer]).get(slot.location_id)
    form = LoadForm(request.POST or None, initial={"lot": held.pk if held else None})
    if request.method == "POST" and form.is_valid():
        lot = form.cleaned_data["lot"]
        moved, to = ([lot], slot.location) if lot else ([held] if held else [], slot.printer.location)
        try:
            spools.move(moved, location=to, by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("{slot} is loaded.").format(slot=slot.location) if lot else _("Unloaded."))
            return go_to(request, next_url(request, slot.printer))
    return render(
        request, "production/load_slot.html", {"slot": slot, "form": form}, status=422 if form.errors else 200
    )


@requires(Permission.RUN_OPERATE)
@require_http_methods(["GET", "POST"])
def log_maintenance(request: HttpRequest, pk: int) -> HttpResponse:
    printer = get_object_or_404(Printer, pk=pk)
    form = MaintenanceLogForm(
        request.POST or None,
        printer=printer,
        sees_cost=request.user.sees_cost,
        initial={"task": request.GET.get("task")},
    )
    if request.method == "POST" and form.is_valid():
        printers.log_maintenance(printer, **form.entry(), by=request.user, at=timezone.now())
        messages.success(request, _("Written down."))
        return go_to(request, printer)
    return render(
        request,
        "production/log_maintenance.html",
        {"printer": printer, "form": form},
        status=422 if form.errors else 200,
    )


class EditMaintenanceTask(FormPage):
    """What a printer wants every so many hours; the URL names the printer, and the task when there is one."""

    permission = Permission.PRINTER_EDIT
    title = gettext_lazy("Maintenance task")
    form_class = MaintenanceTaskForm

    def get(self, request, *, printer, **kwargs):
        self.printer = get_object_or_404(Printer, pk=printer)
        return super().get(request, **kwargs)

    def post(self, request, *, printer, **kwargs):
        self.printer = get_object_or_404(Printer, pk=printer)
        return super().post(request, **kwargs)

    def get_queryset(self):
        return MaintenanceTask.objects.filter(printer=self.printer)

    def get_form(self, **data):
        data.pop("files", None)
        task = self.object or MaintenanceTask(printer=self.printer)
        return MaintenanceTaskForm(**data, instance=task)

    def success_url(self, saved):
        return self.printer
