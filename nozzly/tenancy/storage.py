import os

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django_tenants.files.storage import TenantFileSystemStorage


class WorkspaceStorage(TenantFileSystemStorage):
    """Uploaded files under a folder of the workspace's own; no name leads out of it, nor a link that lies in it.

    No web server may hand out this folder: files are served by a view, which knows who asks.
    """

    @property
    def relative_media_root(self):
        """The parent keeps the first answer for good, whatever MEDIA_ROOT becomes."""
        return settings.MEDIA_ROOT

    def path(self, name):
        """Raises SuspiciousFileOperation."""
        path = super().path(name)
        folder = os.path.realpath(self.location)
        if os.path.commonpath([folder, os.path.realpath(path)]) != folder:
            raise SuspiciousFileOperation(f"{name} leads out of the workspace's folder.")
        return path
