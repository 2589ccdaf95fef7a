"""The floor on a phone, and the night on a board."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.formatting import clock
from nozzly.web.guard import requires
from nozzly.web.paging import slice_list
from nozzly.web.render import go_to, render
from production.choices import LaneState
from production.domain import board as boards
from production.domain import colours, filling, runs
from production.domain.board import Board, Lane
from production.forms.boards import LookForm
from production.forms.learning import FillForm
from production.forms.runs import MoveForm

LANES_ON_A_PAGE = 8
PROPOSALS_ON_A_PAGE = 25
_ON_THE_FLOOR = (LaneState.DUE, LaneState.PRINTING, LaneState.FREE)
_TONIGHT = (LaneState.DUE, LaneState.IDLE, LaneState.SHORT)


@requires(Permission.RUN_OPERATE)
@require_safe
def floor(request: HttpRequest) -> HttpResponse:
    """One card for each printer: what is due first, then what prints, then beds that wait."""
    now = timezone.now()
    board = boards.board(at=now)
    context = _look(request, board, board.by_urgency(), states=_ON_THE_FLOOR, here=reverse("production:floor"))
    shown = [(lane.printer, lane.on_card) for lane in context["page"]]
    colours.paint(board, [*shown, (None, context["waiting"].rows)], with_pieces=True)
    context["cards"] = [(lane, uuid4()) for lane in context["page"]]
    return render(request, "production/floor.html", context, fragments=("floor-cards",))


@requires(Permission.RUN_PLAN)
@require_http_methods(["GET", "POST"])
def fill_tonight(request: HttpRequest) -> HttpResponse:
    """Plates for what people wait for, on the printers that would stand idle."""
    now = timezone.now()
    proposals = filling.propose(boards.time_axis(at=now))
    page = slice_list(proposals, number=LookForm(request.GET).page(), size=PROPOSALS_ON_A_PAGE)
    form = FillForm(request.POST if request.method == "POST" else None, proposals=page)
    if request.method == "POST" and form.is_valid():
        try:
            planned = filling.fill(form.chosen(), key=form.cleaned_data["key"], by=request.user, at=now)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            text = ngettext("{count} run is planned.", "{count} runs are planned.", len(planned))
            messages.success(request, text.format(count=len(planned)))
            return go_to(request, "production:tonight")
    context = {"form": form, "page": page}
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
    if request.htmx:
        return _night(request, at=timezone.now())
    return go_to(request, _with_query(reverse("production:tonight"), request))


@requires(Permission.RUN_VIEW)
@require_safe
def tonight(request: HttpRequest) -> HttpResponse:
    """Printers on a time axis until the morning."""
    return _night(request, at=timezone.now())


def _night(request: HttpRequest, *, at: datetime) -> HttpResponse:
    board = boards.board(at=at)
    context = _look(request, board, board.lanes, states=_TONIGHT, here=reverse("production:tonight"))
    shown = [(lane.printer, lane.shown) for lane in context["page"]]
    colours.paint(board, [*shown, (None, context["waiting"].rows)])
    context["ticks"] = [clock(tick) for tick in board.ticks]
    return render(request, "production/tonight.html", context, fragments=("tonight-board",))


def _look(request: HttpRequest, board: Board, lanes: Sequence[Lane], *, states: Sequence[LaneState], here: str) -> dict:
    """A page of printers and one of runs that wait for any; how many are in which state; the way back here."""
    form, counts = LookForm(request.GET), board.counts()
    chosen = form.chosen()
    return {
        "board": board,
        "chosen": chosen,
        "page": slice_list(boards.lanes_with(lanes, **chosen), number=form.page(), size=LANES_ON_A_PAGE),
        "waiting": slice_list(list(board.unassigned), number=form.page("waiting"), size=LANES_ON_A_PAGE),
        "states": [(state, counts[state]) for state in states],
        "is_paged": len(board.lanes) > LANES_ON_A_PAGE,
        "query": _with_query("", request),
        "back": urlencode({"next": _with_query(here, request)}),
    }


def _with_query(path: str, request: HttpRequest) -> str:
    return f"{path}?{request.GET.urlencode()}" if request.GET else path
