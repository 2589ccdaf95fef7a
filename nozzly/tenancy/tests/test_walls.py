"""What PostgreSQL itself refuses to a workspace, whatever SQL gets through."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, ProgrammingError, connection, transaction
from psycopg.errors import SyntaxError as TwoStatements

from nozzly.accounts.models import User
from nozzly.accounts.permissions import Role
from nozzly.tenancy.current import in_public, in_workspace
from nozzly.tenancy.enforcement import holes, refuse_unsafe_database
from nozzly.tenancy.models import Workspace
from nozzly.tenancy.roles import role_for
from nozzly.testing.fixtures import make_user


def run(sql, params=None):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else None


def who():
    return run("SELECT current_user")[0][0]


def test_work_runs_under_the_role_of_the_workspace():
    assert who() == role_for("t_ta")


def test_the_role_follows_the_workspace_and_comes_back(other_workspace):
    with in_workspace(other_workspace):
        there = who()

    assert (there, who()) == (role_for("t_tb"), role_for("t_ta"))


def test_public_pages_run_under_a_role_of_their_own():
    with in_public():
        assert who() == role_for("public")


def test_a_connection_that_the_server_has_closed_is_made_anew_under_the_same_role():
    kept = connection.copy()
    try:
        kept.set_tenant(connection.tenant)
        with kept.cursor() as cursor:
            first = cursor.execute("SELECT pg_backend_pid()").fetchone()[0]
        for pid in (first, None):  # a closed one, then one that still answers
            if pid:
                with connection.as_owner():
                    run("SELECT pg_terminate_backend(%s)", [pid])
            kept.set_tenant(connection.tenant)
            kept.health_check_enabled, kept.health_check_done = True, False
            with kept.cursor() as cursor:
                then, role = cursor.execute("SELECT pg_backend_pid(), current_user").fetchone()

            assert (then != first, role) == (True, role_for("t_ta"))
    finally:
        kept.close()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM t_tb.accounts_user",
        "INSERT INTO t_tb.accounts_user (email) VALUES ('x@example.com')",
        "UPDATE t_tb.accounts_user SET email = 'x@example.com'",
        "DELETE FROM t_tb.accounts_user",
        "SELECT * FROM (SELECT * FROM t_tb.inventory_item) AS stolen",
        "SELECT nextval('t_tb.accounts_user_id_seq')",
        "COPY t_tb.accounts_user TO STDOUT",
        "SELECT * FROM public.tenancy_workspace",
        "SELECT * FROM public.accounts_user",
        "INSERT INTO public.tenancy_domain (domain) VALUES ('x')",
    ],
)
def test_another_schema_is_refused(sql):
    with pytest.raises(ProgrammingError, match="permission denied"):
        run(sql)


def test_public_is_not_in_the_path():
    with pytest.raises(ProgrammingError, match="does not exist"):
        run("SELECT * FROM tenancy_workspace")


def test_the_platform_cannot_read_a_workspace():
    with in_public(), pytest.raises(ProgrammingError, match="permission denied"):
        run("SELECT * FROM t_ta.accounts_user")


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE stash (id int)",
        "CREATE TABLE public.stash (id int)",
        "CREATE SCHEMA stash",
        "DROP TABLE accounts_user",
        "ALTER TABLE accounts_user ADD COLUMN stash int",
        "TRUNCATE accounts_user",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'x', now())",
        "CREATE FUNCTION stash() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE ROLE stash",
        "CREATE EXTENSION dblink",
        "SELECT pg_read_file('/etc/hostname')",
        "COPY accounts_user TO PROGRAM 'cat'",
        "SELECT lo_create(0)",
        "SELECT lo_import('/etc/hostname')",
    ],
)
def test_the_structure_and_the_machine_are_out_of_reach(sql):
    with pytest.raises(DatabaseError, match=r"permission denied|must be owner"):
        run(sql)


WAYS_OUT = ["RESET ROLE", "SET ROLE NONE", "SET SESSION AUTHORIZATION DEFAULT", "SET search_path = t_tb", "DISCARD ALL"]


@pytest.mark.parametrize("way_out", WAYS_OUT)
def test_a_stacked_statement_is_refused(way_out):
    injected = f"'; {way_out}; SELECT 'x"

    with pytest.raises(ProgrammingError, match="cannot insert multiple commands"):
        run(f"SELECT * FROM accounts_user WHERE email = '{injected}'")

    assert who() == role_for("t_ta")


@pytest.mark.parametrize("way_out", WAYS_OUT)
def test_a_stacked_statement_is_refused_with_parameters(way_out):
    with pytest.raises(ProgrammingError, match="cannot insert multiple commands"):
        run(f"SELECT * FROM accounts_user WHERE id = %s; {way_out}", [1])

    assert who() == role_for("t_ta")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT set_config('role', 'none', false)",
        "SELECT * FROM accounts_user WHERE email = set_config('search_path', 't_tb', false)",
        "UPDATE pg_settings SET setting = 'none' WHERE name = 'role'",
        "DO $$ BEGIN RESET ROLE; END $$",
        "SELECT query_to_xml('SELECT 1', true, true, '')",
        "SELECT * FROM ts_stat('SELECT to_tsvector(email) FROM t_tb.accounts_user')",
    ],
)
def test_a_way_out_within_one_statement_is_refused(sql):
    with pytest.raises(ProgrammingError, match="permission denied"):
        run(sql)

    assert who() == role_for("t_ta")


def copied(cursor):
    with cursor.copy("COPY accounts_user TO STDOUT; RESET ROLE") as rows:
        return list(rows)


@pytest.mark.parametrize(
    "send",
    [
        copied,
        lambda cursor: cursor.executemany("SELECT %s; RESET ROLE", [(1,), (2,)]),
        lambda cursor: list(cursor.stream("SELECT 1; RESET ROLE")),
        lambda cursor: cursor.connection.execute("SELECT 1; RESET ROLE"),
    ],
    ids=["copy", "executemany", "stream", "connection"],
)
def test_no_way_of_sending_carries_two_statements(send):
    with pytest.raises((ProgrammingError, TwoStatements)), transaction.atomic(), connection.cursor() as cursor:
        send(cursor.cursor if send is not copied else cursor)

    assert who() == role_for("t_ta")


def test_a_named_cursor_carries_one_statement_too():
    query = User.objects.extra(where=["true; RESET ROLE"])

    with pytest.raises(DatabaseError), transaction.atomic():
        list(query.iterator())

    assert who() == role_for("t_ta")


def count_people_and_fail(workspace):
    with transaction.atomic():
        connection.set_tenant(workspace)
        User.objects.count()
        raise LookupError


def test_a_workspace_without_its_role_gets_nothing():
    with pytest.raises(DatabaseError, match=r"t_ghost.* does not exist"):
        count_people_and_fail(Workspace(schema_name="t_ghost"))


def test_a_rollback_to_a_savepoint_brings_role_and_path_back(workspace, other_workspace):
    make_user(Role.VIEWER)

    with pytest.raises(LookupError):
        count_people_and_fail(other_workspace)

    connection.set_tenant(workspace)
    assert (User.objects.count(), who()) == (1, role_for("t_ta"))


def test_an_error_inside_a_transaction_does_not_hide_behind_the_role():
    with pytest.raises(ProgrammingError, match="nowhere"):
        run("SELECT nowhere FROM accounts_user")

    assert who() == role_for("t_ta")


def test_every_schema_sees_only_its_own_people(other_workspace):
    make_user(Role.OWNER, email="ada@example.com")
    with in_workspace(other_workspace):
        make_user(Role.OWNER, email="bert@example.com")
        there = list(User.objects.values_list("email", flat=True))

    assert (list(User.objects.values_list("email", flat=True)), there) == (["ada@example.com"], ["bert@example.com"])


def test_a_database_prepared_by_bootstrap_sql_has_no_holes():
    assert holes() == []


def test_serving_is_refused_when_rights_were_not_revoked(monkeypatch):
    # The superuser has every right that should have been taken away from everybody.
    monkeypatch.setattr("nozzly.tenancy.enforcement.role_for", lambda _schema_name: superuser())

    with pytest.raises(ImproperlyConfigured) as refused:
        refuse_unsafe_database()

    for open_way in ("set_config may be executed", "plpgsql may be used", "pg_settings may be updated", "ts_stat"):
        assert open_way in str(refused.value)


def superuser():
    with connection.as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolsuper ORDER BY oid LIMIT 1")
        return cursor.fetchone()[0]


def test_serving_is_refused_when_everybody_may_use_public():
    with connection.as_owner(), connection.cursor() as cursor:
        cursor.execute(
            f'GRANT USAGE ON SCHEMA public TO PUBLIC; GRANT SELECT ON t_tb.accounts_user TO "{role_for("t_ta")}"'
        )

    with pytest.raises(ImproperlyConfigured, match="every role may use the schema public"):
        refuse_unsafe_database()


def test_serving_is_refused_before_the_first_migration(settings):
    settings.TENANT_ROLE_PREFIX = "nobody_has_made_this"

    assert holes() == ["the role nobody_has_made_this_public is missing: run `manage.py migrate`"]
