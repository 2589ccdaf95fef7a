from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from inventory.domain import stock_room
from inventory.models import Filament
from nozzly.accounts.permissions import Permission
from nozzly.web.guard import requires
from nozzly.web.render import render


@requires(Permission.STOCK_VIEW)
@require_GET
def stock_room_page(request: HttpRequest) -> HttpResponse:
    room = stock_room.stock_room(today=timezone.localdate())
    context = {
        "title": _("Stock room"),
        "room": room,
        "materials": [(name, [(row, row.bar(room.full_g)) for row in rows]) for name, rows in room.by_material()],
        "has_filaments": bool(room.rows) or Filament.objects.exists(),
        "usage_days": stock_room.USAGE_DAYS,
    }
    return render(request, "inventory/stock_room.html", context)
