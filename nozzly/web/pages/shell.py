"""Pages of the shell itself: colours, keys."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from nozzly.web.guard import login_only, public_page
from nozzly.web.render import next_url, render
from nozzly.web.themes import THEMES, remember_theme


@public_page
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    response = redirect(next_url(request, "/"))
    if request.POST.get("theme") in THEMES:
        remember_theme(response, request.POST["theme"], secure=request.is_secure())
    return response


@login_only
@require_safe
def show_keys(request: HttpRequest) -> HttpResponse:
    return render(request, "web/keys.html")
