"""One box for everything: what a person may open, found by name, code or number."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from nozzly.accounts.permissions import Permission
from nozzly.web.guard import requires
from nozzly.web.render import render


@requires(Permission.TODAY_VIEW)
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    return render(request, "home/search.html", {"q": request.GET.get("q", "").strip()})
