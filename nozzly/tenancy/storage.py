from django.conf import settings
from django_tenants.files.storage import TenantFileSystemStorage


class WorkspaceStorage(TenantFileSystemStorage):
    """Uploaded files under a folder of the workspace's own; no name leads out of it.

    No web server may hand out this folder: files are served by a view, which knows who asks.
    """

    @property
    def relative_media_root(self):
        """The parent keeps the first answer for good, whatever MEDIA_ROOT becomes."""
        return settings.MEDIA_ROOT
