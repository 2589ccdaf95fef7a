"""From a label, or a scanner that types, to the page of what it is stuck on."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from inventory.domain import places
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.guard import requires


@requires(Permission.STOCK_VIEW)
@require_GET
def scan(request: HttpRequest, code: str) -> HttpResponse:
    return _show(request, code)


@requires(Permission.STOCK_VIEW)
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    return _show(request, request.GET.get("code", ""))


def _show(request: HttpRequest, scanned: str) -> HttpResponse:
    try:
        return redirect(places.by_code(scanned))
    except DomainError as error:
        messages.error(request, _("{error} Is the label from another workspace?").format(error=error))
        return redirect("inventory:spool_list")
