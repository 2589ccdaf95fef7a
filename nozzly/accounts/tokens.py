"""Links that prove an email address, good in one workspace only."""

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import connection


class WorkspaceTokenGenerator(PasswordResetTokenGenerator):
    """Two workspaces may hold the same person with the same password: the schema keeps their links apart."""

    def _make_hash_value(self, user, timestamp):
        return f"{connection.schema_name}:{super()._make_hash_value(user, timestamp)}"


password_reset_token = WorkspaceTokenGenerator()
