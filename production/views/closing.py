"""A run has ended: all good, some bad, failed, or many at once in the morning."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web import formatting
from nozzly.web.guard import requires
from nozzly.web.paging import positive_int, take_slice
from nozzly.web.render import go_to, next_url, render
from production.domain import advice, runs, variance
from production.domain.spools import NoRollKnown
from production.forms.closing import CompleteRunForm, FailRunForm, KeyForm
from production.forms.morning import MorningForm
from production.models import Run

RUNS_ON_A_PAGE = 25


def say_done(request: HttpRequest, run: Run, text: str) -> None:
    """A toast that stays, with the way back for those who may take it, and another when much was off."""
    for sentence in alarms(run):
        messages.warning(request, sentence)
    if not request.user.has_permission(Permission.RUN_UNDO):
        messages.success(request, text)
        return
    url = reverse("production:undo_run", args=[run.pk])
    messages.success(request, format_html('{} <a href="{}">{}</a>', text, url, _("Undo")))


def alarms(run: Run) -> list[str]:
    """Where a finished run is further off the estimate than the shop's threshold."""
    threshold_pct = advice.floor_settings().variance_alert_pct
    wording = {
        "filament": _("{run} took {off} of the filament as sliced."),
        "time": _("{run} took {off} of the time as sliced."),
    }
    return [
        wording[what].format(run=run.number, off=formatting.percent(100 + compared.off_pct))
        for what, compared in variance.alarm(run, run.materials.all(), threshold_pct=threshold_pct)
    ]


@requires(Permission.RUN_OPERATE)
@require_http_methods(["GET", "POST"])
def complete_run(request: HttpRequest, pk: int) -> HttpResponse:
    """The full form: grams per roll, pieces per product, stars, minutes."""
    run = get_object_or_404(Run.objects.for_page(), pk=pk)
    form = CompleteRunForm(request.POST or None, run=run)
    if request.method == "POST" and form.is_valid():
        try:
            done = runs.complete_run(
                run, report=form.report(), key=form.cleaned_data["key"], by=request.user, at=timezone.now()
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            say_done(request, done, _("{run} is done.").format(run=run.number))
            return go_to(request, next_url(request, run))
    return render(
        request, "production/complete_run.html", {"run": run, "form": form}, status=422 if form.errors else 200
    )


@requires(Permission.RUN_OPERATE)
@require_http_methods(["GET", "POST"])
def all_good(request: HttpRequest, pk: int) -> HttpResponse:
    """One tap: everything came out, and it took what the slicer said."""
    run = get_object_or_404(Run.objects.for_page(), pk=pk)
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            done = runs.complete_run(run, key=form.cleaned_data["key"], by=request.user, at=timezone.now())
        except NoRollKnown as error:
            messages.error(request, str(error))  # the long form is where a roll can be named
            return go_to(request, "production:complete_run", run.pk)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            say_done(request, done, _("{run} is done, all good.").format(run=run.number))
            return go_to(request, next_url(request, run))
    return render(request, "production/all_good.html", {"run": run, "form": form}, status=422 if form.errors else 200)


@requires(Permission.RUN_OPERATE)
@require_http_methods(["GET", "POST"])
def fail_run(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(Run.objects.for_page(), pk=pk)
    form = FailRunForm(request.POST or None, run=run)
    if request.method == "POST" and form.is_valid():
        try:
            failed = runs.fail_run(
                run,
                report=form.report(),
                reprint=form.cleaned_data["reprint"],
                key=form.cleaned_data["key"],
                by=request.user,
                at=timezone.now(),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            say_done(request, failed, _("{run} is booked as failed.").format(run=run.number))
            return go_to(request, next_url(request, run))
    return render(request, "production/fail_run.html", {"run": run, "form": form}, status=422 if form.errors else 200)


@requires(Permission.RUN_OPERATE)
@require_http_methods(["GET", "POST"])
def morning_round(request: HttpRequest) -> HttpResponse:
    """Everything that ran overnight, ticked off in one go, each with its own end; what is due first."""
    now, listed, page = timezone.now(), MorningForm.posted_ids(request.POST), None
    rows = Run.objects.for_floor().with_expected_end().in_morning_order()
    if listed:
        found = rows.seen_in_the_morning(listed, ticked=MorningForm.ticked_ids(request.POST))
    else:
        page = found = take_slice(
            rows.on_beds(), number=positive_int(request.GET.get("page", ""), 1), size=RUNS_ON_A_PAGE
        )
    form = MorningForm(request.POST if request.method == "POST" else None, runs=found, at=now)
    refused = []
    if request.method == "POST" and form.is_valid():
        done, refused = runs.finish_many(form.ticked(), by=request.user, at=now)
        if done:
            text = ngettext("{count} run is done.", "{count} runs are done.", len(done)).format(count=len(done))
            messages.success(request, text)
        if not refused:
            is_more = Run.objects.due(now).exclude(pk__in=listed).exists()
            return go_to(request, "production:morning_round" if is_more else "production:floor")
        for run, reason in refused:
            form.add_error(f"r{run.pk}", f"{run.number}: {reason}")
    context = {"form": form, "refused": refused, "page": page}
    return render(request, "production/morning_round.html", context, status=422 if form.errors else 200)
