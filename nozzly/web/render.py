"""How a view answers: a whole page or the fragment htmx asked for, and where it sends people next."""

from collections.abc import Mapping, Sequence

from django import shortcuts
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect


def render(
    request: HttpRequest,
    template: str,
    context: Mapping | None = None,
    *,
    fragments: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    """Answer with the page, or with the one fragment of ``fragments`` that htmx targets.

    The view keeps the list: a client can never pick a part whose guard stands outside it.
    """
    fragment = wanted_fragment(request, fragments)
    name = f"{template}#{fragment}" if fragment else template
    response = shortcuts.render(request, name, context, status=status)
    if fragment and len(messages.get_messages(request)):
        response.write(render_to_string("components/toasts_swap.html", request=request))
    if fragments:
        patch_vary_headers(response, ("HX-Request", "HX-Target"))
    return response


def wanted_fragment(request: HttpRequest, fragments: Sequence[str]) -> str | None:
    if not request.htmx or request.htmx.boosted or request.htmx.history_restore_request:
        return None
    return request.htmx.target if request.htmx.target in fragments else None


def go_to(request: HttpRequest, to: object, *args: object, **kwargs: object) -> HttpResponse:
    """Send the browser on to an object's page, a URL name or a path.

    htmx follows a 302 by itself and would paste the next page into the form, so it gets HX-Redirect.
    """
    url = shortcuts.resolve_url(to, *args, **kwargs)
    return HttpResponseClientRedirect(url) if request.htmx else shortcuts.redirect(url)


def next_url(request: HttpRequest, default: object) -> str:
    """The local path in ``next`` (POST, then GET), else the default; never another host."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return wanted
    return shortcuts.resolve_url(default)
