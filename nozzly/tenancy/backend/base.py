"""PostgreSQL under the role of the current workspace.

django-tenants only sets the search path: any SQL could still name another schema. Here SET ROLE travels in the same
round trip, so that PostgreSQL itself refuses. Statements go by the extended protocol, which carries one statement at a
time: an injected "…; RESET ROLE; …" is a syntax error. bootstrap.sql closes the ways within one statement.
"""

from contextlib import contextmanager

import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db import Error
from django.db.backends.postgresql.base import Cursor
from django_tenants.postgresql_backend import base as django_tenants
from psycopg import pq

from nozzly.tenancy import content_types
from nozzly.tenancy.roles import quoted, role_for


class OneStatementCursor(Cursor):
    """Refuses stacked statements, by the server's own rule."""

    def _execute_send(self, query, *, force_extended=False, binary=None):
        super()._execute_send(query, force_extended=True, binary=binary)


class DatabaseWrapper(django_tenants.DatabaseWrapper):
    _owner_depth = 0

    def get_new_connection(self, conn_params):
        connection = super().get_new_connection(conn_params)
        self._pick_cursor(connection)
        return connection

    def set_tenant(self, tenant, include_public=True):  # noqa: FBT002 - django-tenants' signature
        """Work for this workspace from the next cursor on; nothing is sent yet."""
        self.tenant = tenant
        self.schema_name = tenant.schema_name
        self.include_public_schema = include_public
        self.set_settings_schema(self.schema_name)
        self.search_path_set_schemas = None
        content_types.enter(self.schema_name)

    def is_usable(self):
        """Whether the server still answers, asked by what the next statement needs anyway: the role, in the same trip."""
        if self.connection is None or self.search_path_set_schemas or not self.schema_name:
            return super().is_usable()
        try:
            self._handle_search_path()
        except Error:
            return False
        return True

    @contextmanager
    def as_owner(self):
        """Work as the role that owns all schemas: provisioning, migrations, commands. Never around a request's own work."""
        self._owner_depth += 1
        self._role_changed()
        try:
            yield self
        finally:
            self._owner_depth -= 1
            self._role_changed()

    def _role_changed(self):
        self.search_path_set_schemas = None
        if self.connection is not None:
            self._pick_cursor(self.connection)

    def _pick_cursor(self, connection):
        # Migrations send several statements at once; only the owner may.
        connection.cursor_factory = Cursor if self._owner_depth else OneStatementCursor

    def _handle_search_path(self, cursor=None):
        if self.search_path_set_schemas:
            return
        if not self.schema_name:
            raise ImproperlyConfigured("No schema is selected.")
        if self.connection.info.transaction_status == pq.TransactionStatus.INERROR:
            return  # only a rollback can follow, and that forgets the path
        paths = self._get_cursor_search_paths()
        role = "RESET ROLE" if self._owner_depth else f"SET ROLE {quoted(role_for(self.schema_name))}"
        # A plain cursor speaks the simple protocol: both in one round trip. Errors are not swallowed: without
        # the role nothing may run.
        with psycopg.Cursor(self.connection) as plain, self.wrap_database_errors:
            plain.execute(f"{role}; SET search_path = {', '.join(map(quoted, paths))}".encode())
        self.search_path_set_schemas = paths

    def _get_cursor_search_paths(self):
        """Public is in no workspace's path: a missing table must fail rather than be found there."""
        return [self.schema_name, *django_tenants.EXTRA_SEARCH_PATHS]
