"""One box for everything: what a person may open, found by name, code or number."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

import nozzly.home.searchers  # noqa: F401 - registers what can be found
from nozzly.accounts.permissions import Permission
from nozzly.web import searching
from nozzly.web.guard import requires
from nozzly.web.render import render

LONGEST = 100


@requires(Permission.TODAY_VIEW)
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    if "/s/" in text:  # a scanner that types has read a label into the box
        return redirect(f"{reverse('inventory:find')}?{urlencode({'code': text})}")
    return render(request, "home/search.html", {"q": text, "found": searching.search(request.user, text)})
