"""What to do now, and how the month stands."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from nozzly.accounts.permissions import Permission
from nozzly.web.guard import requires
from nozzly.web.render import render


@requires(Permission.TODAY_VIEW)
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    return render(request, "home/today.html", {})
