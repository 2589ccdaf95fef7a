"""Whether the database itself keeps workspaces apart; without that nothing may be served."""

from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from nozzly.tenancy.roles import PUBLIC_SCHEMA, role_for

# They run a query they are given as text, or keep what belongs to no schema.
_CLOSED_FUNCTIONS = (
    "set_config(text,text,boolean)",
    "query_to_xml(text,boolean,boolean,text)",
    "query_to_xmlschema(text,boolean,boolean,text)",
    "query_to_xml_and_xmlschema(text,boolean,boolean,text)",
    "ts_stat(text)",
    "ts_stat(text,text)",
    "ts_rewrite(tsquery,text)",
    "lo_creat(integer)",
    "lo_create(oid)",
    "lo_from_bytea(oid,bytea)",
)
# What must be false of the role that public pages run under; a workspace's role has no more rights than that.
_HOLES = {
    "the login role of DATABASE_URL is a superuser": "SELECT rolsuper FROM pg_roles WHERE rolname = session_user",
    "plpgsql may be used": "SELECT has_language_privilege(%s, 'plpgsql', 'USAGE')",
    "pg_settings may be updated": "SELECT has_table_privilege(%s, 'pg_catalog.pg_settings', 'UPDATE')",
    **{
        f"{function.partition('(')[0]} may be executed": (
            f"SELECT has_function_privilege(%s, 'pg_catalog.{function}', 'EXECUTE')"
        )
        for function in _CLOSED_FUNCTIONS
    },
    "every role may use the schema public": (
        "SELECT EXISTS (SELECT FROM pg_namespace n, aclexplode(n.nspacl) a WHERE n.nspname = 'public' AND a.grantee = 0)"
    ),
    "dblink is installed": "SELECT EXISTS (SELECT FROM pg_extension WHERE extname IN ('dblink', 'postgres_fdw'))",
}


def holes() -> list[str]:
    """What would let a workspace out of its schema, in words."""
    role = role_for(PUBLIC_SCHEMA)
    with connection.as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [role])
        if not cursor.fetchone()[0]:
            return [f"the role {role} is missing: run `manage.py migrate`"]
        found = []
        for words, query in _HOLES.items():
            cursor.execute(query, [role] if "%s" in query else None)
            if cursor.fetchone()[0]:
                found.append(words)
    return found


def refuse_unsafe_database() -> None:
    """Raises ImproperlyConfigured when one statement could reach another workspace."""
    if found := holes():
        raise ImproperlyConfigured(
            "Nozzly does not serve on this database: "
            + "; ".join(found)
            + ". Run nozzly/tenancy/bootstrap.sql in it as a superuser (docs/operations.md)."
        )
