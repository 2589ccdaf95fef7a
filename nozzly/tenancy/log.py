import logging

from django.db import connection


class WorkspaceFilter(logging.Filter):
    """Says in each line for whom it was written."""

    def filter(self, record):
        tenant = connection.tenant
        record.workspace = getattr(tenant, "slug", None) or getattr(tenant, "schema_name", "-")
        return True
