"""What runs teach: estimate and reality, recipe advice, why prints fail, how printers do."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.models import RecipeSlot
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web import charts, formatting
from nozzly.web.attaching import attach
from nozzly.web.guard import requires
from nozzly.web.render import go_to, render
from production.documents import pictures
from production.domain import advice, course
from production.domain.lessons import KEPT_FOR, lessons
from production.forms.learning import AdviceForm, FloorSettingsForm, PeriodForm, PhotoForm
from production.models import Run

ROWS_SHOWN = 12


@requires(Permission.RUN_VIEW)
@require_safe
def variance_page(request: HttpRequest) -> HttpResponse:
    form = PeriodForm(request.GET or None)
    end = timezone.now()
    midnight = timezone.localtime(end).replace(hour=0, minute=0, second=0, microsecond=0)
    taught = lessons(midnight - timedelta(days=form.chosen_days()), end)
    effects = advice.effect_on_cost(taught.advice) if request.user.sees_cost else {}
    tables = {
        "products": taught.products,
        "printers": sorted(taught.printers, key=lambda row: -(row["failed_pct"] or 0)),
        "takes": sorted(taught.takes, key=lambda each: (not each.off_pct.is_sure, -abs(each.off_pct.mean))),
    }
    wanted = request.GET.get("all", "")
    cut = {name: rows if name == wanted else rows[:ROWS_SHOWN] for name, rows in tables.items()}
    drawn = _kept(f"{taught.key}:charts:{get_language()}", lambda: _charts(taught.reasons, taught.months))
    context = {
        "form": form,
        "totals": taught.totals,
        "reasons": taught.reasons,
        "materials": taught.materials,
        "batches": taught.batches,
        "advice": [(each, effects.get(each.slot.pk)) for each in taught.advice],
        "more_advice": taught.advice_count - len(taught.advice),
        "more": {name: len(rows) - len(cut[name]) for name, rows in tables.items()},
        "charts": drawn,
        **cut,
    }
    return render(request, "production/variance.html", context)


@requires(Permission.RUN_VIEW)
@require_safe
def variance_pictures(request: HttpRequest) -> HttpResponse:
    """The same period drawn; kept until another run ends, for each language and for those who see costs."""
    form = PeriodForm(request.GET or None)
    end = timezone.now()
    midnight = timezone.localtime(end).replace(hour=0, minute=0, second=0, microsecond=0)
    start = midnight - timedelta(days=form.chosen_days())
    taught = lessons(start, end)
    key = f"{taught.key}:drawn:{get_language()}:{request.user.sees_cost}"
    drawn = _kept(
        key,
        lambda: pictures(
            taught, course.course(start, end), course.latest_runs(start, end), with_cost=request.user.sees_cost
        ),
    )
    context = {"form": form, "totals": taught.totals, "charts": drawn}
    return render(request, "production/variance_pictures.html", context)


def _kept(key: str, draw: Callable[[], list]) -> list:
    """Pictures take a while: drawn once, until another run ends."""
    drawn = cache.get(key)
    if drawn is None:
        drawn = draw()
        cache.set(key, drawn, KEPT_FOR.total_seconds())
    return drawn


def _charts(reasons: list[dict], months: list[dict]) -> list[charts.Chart]:
    pictures = []
    if reasons:
        pictures.append(
            charts.bars(
                title=_("Lost runs by reason"),
                labels=[row["name"] for row in reasons],
                series={_("Runs"): [row["runs"] for row in reasons]},
                show=formatting.number,
            )
        )
    if months:
        pictures.append(
            charts.bars(
                title=_("Pieces by month"),
                labels=[date_format(row["month"], "M Y") for row in months],
                series={
                    _("Good"): [row["good_pieces"] for row in months],
                    _("B-grade and scrapped"): [row["lost_pieces"] for row in months],
                },
                show=formatting.number,
                stacked=True,
            )
        )
    return pictures


@requires(Permission.CATALOG_EDIT)
@require_POST
def answer_advice(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept makes a new version of the recipe; ignore and snooze only remember the answer."""
    slot = get_object_or_404(RecipeSlot.objects.select_related("recipe__product"), pk=pk)
    form = AdviceForm(request.POST)
    if form.is_valid():
        verb = {"accept": advice.accept, "ignore": advice.ignore, "snooze": advice.snooze}[form.cleaned_data["answer"]]
        said = {
            "accept": _("{product} has a new recipe."),
            "ignore": _("Ignored for this recipe of {product}."),
            "snooze": _("{product} comes up again in a month."),
        }[form.cleaned_data["answer"]]
        try:
            verb(slot, by=request.user, at=timezone.now())
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, said.format(product=slot.recipe.product))
    return go_to(request, "production:variance")


@requires(Permission.PRINTER_EDIT)
@require_http_methods(["GET", "POST"])
def floor_settings(request: HttpRequest) -> HttpResponse:
    row = advice.floor_settings()
    initial = {"variance_alert_pct": row.variance_alert_pct, "advice_pct": row.advice_pct}
    form = FloorSettingsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        advice.save_settings(**form.cleaned_data)
        messages.success(request, _("Saved."))
        return go_to(request, "production:variance")
    return render(request, "production/floor_settings.html", {"form": form}, status=422 if form.errors else 200)


@requires(Permission.RUN_OPERATE)
@require_POST
def add_photo(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(Run.objects.all(), pk=pk)
    form = PhotoForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
        return go_to(request, run)
    try:
        attach(run, form.cleaned_data["photo"], permission=Permission.RUN_VIEW, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The photo is kept."))
    return go_to(request, run)
