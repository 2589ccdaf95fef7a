"""What is printed next, and when it starts."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from catalog.models import Plate
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.guard import requires
from nozzly.web.render import go_to, next_url, render
from production.domain import checks, runs
from production.forms.closing import KeyForm
from production.forms.runs import PlanForm, PlanMixForm, QueueForm, StartForm, variants_to_offer
from production.models import Printer, Run
from production.views.repeating import best_so_far


def _say_planned(request: HttpRequest, planned: list[Run]) -> None:
    numbers = planned[0].number if len(planned) == 1 else f"{planned[0].number} – {planned[-1].number}"
    text = ngettext("{count} run is planned: {numbers}.", "{count} runs are planned: {numbers}.", len(planned))
    messages.success(request, text.format(count=len(planned), numbers=numbers))


@requires(Permission.RUN_PLAN)
@require_http_methods(["GET", "POST"])
def plan_plate(request: HttpRequest, pk: int) -> HttpResponse:
    """“× 3 tonight”: one run for each copy of the plate."""
    plate = get_object_or_404(Plate.objects.for_page(), pk=pk)
    form = PlanForm(request.POST or None, initial={"copies": request.GET.get("copies", 1)})
    if request.method == "POST" and form.is_valid():
        try:
            planned = runs.plan_run(plate=plate, **form.details(), by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            _say_planned(request, planned)
            return go_to(request, next_url(request, planned[0] if len(planned) == 1 else "production:tonight"))
    context = {"plate": plate, "form": form} | best_so_far(plate)
    return render(request, "production/plan_plate.html", context, status=422 if form.errors else 200)


@requires(Permission.RUN_PLAN)
@require_http_methods(["GET", "POST"])
def plan_run(request: HttpRequest) -> HttpResponse:
    """Any products in any colours on one bed. The search is a button of the same form, so nothing typed is lost."""
    plate = request.GET.get("plate", "")
    if plate.isdecimal() and len(plate) < 18:
        return go_to(request, "production:plan_plate", int(plate))
    data = request.POST if request.method == "POST" else request.GET
    searching = request.method == "POST" and "find" in request.POST
    variants = variants_to_offer(data, first=request.method == "GET")
    initial = {f"v{number}": 1 for number in request.GET.getlist("variant")}
    form = PlanMixForm(request.POST or None, variants=variants, initial=initial)
    if request.method == "POST" and form.is_valid() and not searching:
        try:
            planned = runs.plan_run(outputs=form.outputs(), **form.details(), by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            _say_planned(request, planned)
            return go_to(request, next_url(request, planned[0] if len(planned) == 1 else "production:tonight"))
    status = 422 if form.errors and not searching else 200
    return render(request, "production/plan_run.html", {"form": form}, fragments=("plan-variants",), status=status)


def _warnings(run: Run, form: StartForm) -> list[str]:
    """Of the printer and rolls that are chosen on the page, else of those that would be taken."""
    if not run.is_open:
        return []
    if form.is_bound and form.is_valid():
        printer = form.cleaned_data["printer"] or run.printer
        return checks.before_start(run, form.lines, printer, rolls=form.rolls())
    return checks.before_start(run, form.lines, run.printer)


@requires(Permission.RUN_OPERATE)
@require_http_methods(["GET", "POST"])
def start_run(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(Run.objects.for_page(), pk=pk)
    printers = list(Printer.objects.active()[:2])
    only = printers[0].pk if len(printers) == 1 else None
    form = StartForm(request.POST or None, run=run, initial={"printer": run.printer_id or only})
    warnings = _warnings(run, form)
    if request.method == "POST" and form.is_valid():
        try:
            form.refuse_unread(checks.digest(warnings))
            runs.start_run(
                run, printer=form.cleaned_data["printer"], rolls=form.rolls(), by=request.user, at=timezone.now()
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("{run} is printing.").format(run=run.number))
            return go_to(request, next_url(request, run))
    context = {"run": run, "form": form, "warnings": warnings, "told": checks.digest(warnings)}
    return render(request, "production/start_run.html", context, status=422 if form.errors else 200)


@requires(Permission.RUN_PLAN)
@require_http_methods(["GET", "POST"])
def queue_run(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(Run.objects.for_page(), pk=pk)
    initial = {"printer": run.printer_id, "planned_for": run.planned_for, "queue_position": run.queue_position}
    form = QueueForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            runs.queue_run(
                run,
                printer=told["printer"],
                planned_for=told["planned_for"],
                queue_position=told["queue_position"],
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("{run} has its place.").format(run=run.number))
            return go_to(request, next_url(request, "production:tonight"))
    return render(request, "production/queue_run.html", {"run": run, "form": form}, status=422 if form.errors else 200)


@requires(Permission.RUN_PLAN)
@require_POST
def reprint(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(Run.objects.all(), pk=pk)
    form = KeyForm(request.POST, prefix="reprint")
    if not form.is_valid():
        return go_to(request, run)
    try:
        again = runs.reprint(run, key=form.cleaned_data["key"], by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
        return go_to(request, run)
    messages.success(request, _("{again} is planned in place of {run}.").format(again=again.number, run=run.number))
    return go_to(request, again)
