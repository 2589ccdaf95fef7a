"""The floor on a phone, and the night on a board."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from nozzly.accounts.permissions import Permission
from nozzly.web.guard import requires
from nozzly.web.render import render
from production.domain import board as boards
from production.forms.closing import KeyForm
from production.models import Printer


@requires(Permission.RUN_OPERATE)
@require_safe
def floor(request: HttpRequest) -> HttpResponse:
    """One card for each printer: what is due first, then what prints, then beds that wait."""
    now = timezone.now()
    board = boards.board(at=now)
    cards = [(lane, KeyForm(auto_id=f"id_{lane.printer.pk}_%s")) for lane in board.by_urgency()]
    context = {"board": board, "cards": cards, "now": now}
    return render(request, "production/floor.html", context, fragments=("floor-cards",))


@requires(Permission.RUN_VIEW)
@require_safe
def tonight(request: HttpRequest) -> HttpResponse:
    """Printers on a time axis until the morning."""
    context = {"board": boards.board(at=timezone.now()), "has_printers": Printer.objects.active().exists()}
    return render(request, "production/tonight.html", context, fragments=("tonight-board",))
