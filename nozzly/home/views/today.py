"""What to do now, and how the month stands."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from nozzly.accounts.permissions import Permission
from nozzly.home.domain import today as day
from nozzly.web.guard import requires
from nozzly.web.render import render


@requires(Permission.TODAY_VIEW)
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    on = timezone.localdate(now)
    context = {
        "on": on,
        "tasks": day.tasks(request.user, at=now),
        "printers": day.printers_now(now),
        "late_orders": day.late_orders(on),
        "checklist": day.checklist(request.user),
    }
    if request.user.sees_cost:
        context["month"] = day.month_so_far(on)
    return render(request, "home/today.html", context)
