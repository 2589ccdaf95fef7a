"""Files of the workspace, to those who may see them. No web server hands out the media folder."""

import mimetypes

from django.core.exceptions import PermissionDenied, SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from nozzly.accounts.permissions import Permission
from nozzly.tenancy.current import workspace_or_none
from nozzly.web.downloads import file_of_storage
from nozzly.web.guard import login_only, public_page
from nozzly.web.models import Attachment

# Folders that fields of the apps upload to, and who may open a file there; any other folder answers 404.
FOLDERS = {
    "catalog/photos/": Permission.CATALOG_VIEW,
    "catalog/thumbnails/": Permission.CATALOG_VIEW,
    "catalog/slices/": Permission.CATALOG_VIEW,
    "catalog/licences/": Permission.CATALOG_EDIT,
    "production/": Permission.RUN_VIEW,
    "pricing/quotes/": Permission.COST_VIEW,
}
# What a browser may show in place; the rest is downloaded. SVG can carry scripts and is not among them.
_SHOWN = {"image/jpeg", "image/png", "image/webp", "image/gif", "application/pdf"}


@login_only
@require_safe
def show_file(request: HttpRequest, schema: str, name: str) -> HttpResponse:
    """What ``field.url`` of an upload leads to."""
    permission = next((needed for folder, needed in FOLDERS.items() if name.startswith(folder)), None)
    climbs = ".." in name.split("/")
    if permission is None or climbs or schema != connection.schema_name:
        raise Http404
    if not request.user.has_permission(permission):
        raise PermissionDenied
    return _file(name, shown_as=name.rpartition("/")[2])


@login_only
@require_safe
def show_attachment(request: HttpRequest, pk: int) -> HttpResponse:
    attachment = get_object_or_404(Attachment, pk=pk)
    if not request.user.has_permission(Permission(attachment.permission)):
        raise PermissionDenied
    return _file(attachment.file.name, shown_as=attachment.name)


@public_page
@require_safe
def show_logo(request: HttpRequest) -> HttpResponse:
    """The sign-in page shows it too."""
    logo = getattr(workspace_or_none(), "logo", "")
    if not logo:
        raise Http404
    return _file(logo, shown_as="logo")


def _file(name: str, *, shown_as: str) -> HttpResponse:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    try:
        file = default_storage.open(name)
    except (FileNotFoundError, IsADirectoryError, SuspiciousFileOperation) as missing:
        raise Http404 from missing
    return file_of_storage(file, shown_as=shown_as, kind=kind, inline=kind in _SHOWN)
