"""The database roles behind the wall: one for public, one for each workspace's schema."""

from django.conf import settings

PUBLIC_SCHEMA = "public"
SCHEMA_PREFIX = "t_"


def quoted(name: str) -> str:
    """An SQL identifier; names are ours, the quoting is for the day one is not."""
    return '"' + name.replace('"', '""') + '"'


def role_for(schema_name: str) -> str:
    """The role that may work in one schema; the prefix keeps apart databases of one server, which share roles."""
    return f"{settings.TENANT_ROLE_PREFIX}_{schema_name}"


def make_role_sql(schema_name: str) -> str:
    role = quoted(role_for(schema_name))
    return f"CREATE ROLE {role} NOLOGIN; GRANT {role} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE;"


def grants_sql(schema_name: str) -> str:
    """Let the role work in its schema; before the schema's tables, so that each is born with the grants.

    Granting on all tables at once would read the whole catalogue: 0.1 s with a thousand workspaces.
    """
    schema, role = quoted(schema_name), quoted(role_for(schema_name))
    return f"""
GRANT USAGE ON SCHEMA {schema} TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO {role};
"""


def regrant_sql(schema_name: str) -> str:
    """The same for tables that exist already, as after a restore: a dump holds no roles."""
    schema, role = quoted(schema_name), quoted(role_for(schema_name))
    return f"""
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role};
GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA {schema} TO {role};
"""


def keep_history_sql(schema_name: str) -> str:
    """A workspace may read which migrations it has, and no more."""
    return f"REVOKE INSERT, UPDATE, DELETE ON {quoted(schema_name)}.django_migrations FROM {quoted(role_for(schema_name))};"
