"""A browser without JavaScript, at the address of one workspace."""

from django.db import connection
from django.test import Client
from django.utils import timezone, translation

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


class WorkspaceClient(Client):
    """Sends the workspace's host and leaves the test in the workspace it was in before."""

    def __init__(self, host: str, **defaults):
        super().__init__(HTTP_HOST=host, **defaults)

    def request(self, **request):
        tenant, zone, language = connection.tenant, timezone.get_current_timezone(), translation.get_language()
        try:
            return super().request(**request)
        finally:
            connection.set_tenant(tenant)
            timezone.activate(zone)
            translation.activate(language)

    def sign_in(self, user) -> "WorkspaceClient":
        """Runs in the workspace of the test; the client's host must be that workspace's."""
        self.force_login(user, backend=MODEL_BACKEND)
        return self
