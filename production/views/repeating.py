"""The best run so far, what made it so, and another one like it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalog.models import Plate
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.guard import requires
from nozzly.web.models import Attachment
from nozzly.web.render import go_to, next_url, render
from production.domain import rating, repeating
from production.forms.closing import KeyForm, RateForm
from production.models import Run


@requires(Permission.RUN_PLAN)
@require_http_methods(["GET", "POST"])
def repeat_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows what would be the same and what would not, and then plans it."""
    run = get_object_or_404(Run.objects.for_page().seen_by(request.user), pk=pk)
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            again = repeating.repeat_exactly(run, key=form.cleaned_data["key"], by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("{again} is planned exactly as {run}.").format(again=again.number, run=run))
            return go_to(request, again)
    context = {"run": run, "form": form, "again": repeating.look(run), "photos": photos_of(run)}
    return render(request, "production/repeat_run.html", context, status=422 if form.errors else 200)


@requires(Permission.RUN_OPERATE)
@require_http_methods(["GET", "POST"])
def rate_run(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(Run.objects.all(), pk=pk)
    initial = {"stars": str(run.stars or ""), "note": run.note, "settings_note": run.settings_note}
    form = RateForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            rating.rate_run(run, **form.told())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("{run} is rated.").format(run=run))
            return go_to(request, next_url(request, run))
    return render(request, "production/rate_run.html", {"run": run, "form": form}, status=422 if form.errors else 200)


def best_so_far(plate: Plate) -> dict:
    """For pages that plan a plate: its best run and how that was printed; nothing while none has stars."""
    best = repeating.best_run(plate)
    return {"best": best, "again": repeating.look(best), "photos": photos_of(best)} if best else {}


def photos_of(run: Run) -> list[Attachment]:
    return [photo for photo in Attachment.objects.about(run).order_by("pk") if photo.is_picture]
