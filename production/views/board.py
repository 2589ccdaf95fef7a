"""The floor on a phone, and the night on a board."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.guard import requires
from nozzly.web.render import go_to, render
from production.domain import board as boards
from production.domain import filling, runs
from production.forms.closing import KeyForm
from production.forms.learning import FillForm
from production.forms.runs import MoveForm


@requires(Permission.RUN_OPERATE)
@require_safe
def floor(request: HttpRequest) -> HttpResponse:
    """One card for each printer: what is due first, then what prints, then beds that wait."""
    now = timezone.now()
    board = boards.board(at=now, with_pieces=True)
    cards = [(lane, KeyForm(auto_id=f"id_{lane.printer.pk}_%s")) for lane in board.by_urgency()]
    context = {"board": board, "cards": cards, "now": now}
    return render(request, "production/floor.html", context, fragments=("floor-cards",))


@requires(Permission.RUN_PLAN)
@require_http_methods(["GET", "POST"])
def fill_tonight(request: HttpRequest) -> HttpResponse:
    """Plates for what people wait for, on the printers that would stand idle."""
    now = timezone.now()
    board = boards.board(at=now)
    form = FillForm(request.POST if request.method == "POST" else None, proposals=filling.propose(board))
    if request.method == "POST" and form.is_valid():
        try:
            planned = filling.fill(form.chosen(), key=form.cleaned_data["key"], by=request.user, at=now)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            text = ngettext("{count} run is planned.", "{count} runs are planned.", len(planned))
            messages.success(request, text.format(count=len(planned)))
            return go_to(request, "production:tonight")
    context = {"board": board, "form": form}
    return render(request, "production/fill_tonight.html", context, status=422 if form.errors else 200)


@requires(Permission.RUN_PLAN)
@require_POST
def move_run(request: HttpRequest) -> HttpResponse:
    """Earlier, later, or dragged to where it belongs; answers with the board as it is then."""
    form = MoveForm(request.POST)
    if form.is_valid():
        run, verb, other, printer = form.cleaned_data["move"]
        try:
            match verb:
                case "earlier":
                    runs.move_earlier(run)
                case "later":
                    runs.move_later(run)
                case _:
                    runs.move_behind(run, other, printer=printer)
        except DomainError as error:
            messages.error(request, str(error))
    else:
        messages.error(request, " ".join(form.errors["move"]))
    if not request.htmx:
        return go_to(request, "production:tonight")
    context = {"board": boards.board(at=timezone.now())}
    return render(request, "production/tonight.html", context, fragments=("tonight-board",))


@requires(Permission.RUN_VIEW)
@require_safe
def tonight(request: HttpRequest) -> HttpResponse:
    """Printers on a time axis until the morning."""
    context = {"board": boards.board(at=timezone.now())}
    return render(request, "production/tonight.html", context, fragments=("tonight-board",))
