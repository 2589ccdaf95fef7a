"""The host decides the workspace; an unknown host is told that there is nothing."""

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import timezone, translation

from nozzly.tenancy import hosts
from nozzly.tenancy.domain import addresses
from nozzly.tenancy.models import Workspace

HEALTH_PATH = "/health/"


class WorkspaceMiddleware:
    """Stands before everything that reads rows: sessions, users, messages."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        connection.set_schema_to_public()
        if request.path_info == HEALTH_PATH:
            return _health()
        if "\x00" in request.path_info:  # neither PostgreSQL nor a file system takes it as a name
            return HttpResponseNotFound()
        try:
            hostname = hostname_of(request)
        except DisallowedHost:
            return HttpResponseNotFound()
        if hostname in public_hosts():
            return self._as_platform(request)
        workspace = hosts.find(hostname)
        if workspace is None:
            return HttpResponseNotFound(_page("unknown_host", host=hostname))
        if not workspace.is_ready:
            return HttpResponse(_page("unavailable", workspace=workspace), status=503, headers={"Retry-After": "3600"})
        return self._as_workspace(request, workspace, hostname)

    def _as_platform(self, request):
        request.tenant = None
        request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
        timezone.deactivate()
        translation.activate(settings.LANGUAGE_CODE)
        return self.get_response(request)

    def _as_workspace(self, request, workspace, hostname):
        if addresses.was_left(workspace, hostname):
            return _lead_on(request, workspace)
        workspace.domain_url = hostname
        request.tenant = workspace
        # All of it stays until the thread's next request: a streamed body is read after this method is done.
        connection.set_tenant(workspace)
        timezone.activate(workspace.zone)
        translation.activate(workspace.language)
        return self.get_response(request)


def hostname_of(request: HttpRequest) -> str:
    """The host without its port, as it stands in the table of domains. Raises DisallowedHost."""
    host = request.get_host().lower()
    name = host.rpartition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]
    return name.rstrip(".")


def public_hosts() -> set[str]:
    return {settings.BASE_DOMAIN, f"www.{settings.BASE_DOMAIN}"}


def _health() -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


def _lead_on(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Printed labels carry the old address; what was sent to it is not carried along."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotFound(_page("unknown_host", host=request.get_host()))
    return HttpResponseRedirect(addresses.url_of(workspace, request.get_full_path()))


def _page(name: str, **context) -> str:
    return render_to_string(f"tenancy/{name}.html", context)
