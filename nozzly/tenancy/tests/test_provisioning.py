import os
from time import perf_counter

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.utils import timezone

from nozzly.accounts.models import User
from nozzly.accounts.permissions import Role
from nozzly.tenancy import recording
from nozzly.tenancy.current import in_public, in_workspace
from nozzly.tenancy.domain import provisioning
from nozzly.tenancy.domain.addresses import AddressNotPossible, AddressTaken
from nozzly.tenancy.models import Domain, SchemaScript, Workspace
from nozzly.tenancy.roles import quoted, role_for
from nozzly.tenancy.tests import catalogue
from nozzly.testing.fixtures import make_user


def facts(**changes):
    known = {"name": "Blue Otter Prints", "slug": "blue-otter", "country": "DE", "currency": "EUR"}
    return provisioning.WorkspaceFacts(**known | {"time_zone": "Europe/Berlin", "locale": "de"} | changes)


def everything_made():
    """Schemas, roles of this template, and rows."""
    with in_public(), connection.as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 't\\_%' ORDER BY 1")
        schemas = [name for (name,) in cursor.fetchall()]
        return schemas, sorted(Workspace.objects.values_list("slug", flat=True)), Domain.objects.count()


def role_exists(name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = %s", [name])
        return cursor.fetchone() == (1,)


def seconds(work):
    started = perf_counter()
    work()
    return perf_counter() - started


def migrate(schema_name):
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {quoted(schema_name)}")
    call_command("migrate_schemas", schema_name=schema_name, verbosity=0)


def test_a_replayed_workspace_equals_a_migrated_one_and_is_made_far_sooner():
    with in_public(), connection.as_owner():
        sql = recording.script(at=timezone.now())
        replaying_s = seconds(lambda: provisioning.build_schema("t_replayed", sql=sql))
        migrating_s = seconds(lambda: migrate("t_migrated"))
        replayed, migrated = catalogue.of("t_replayed"), catalogue.of("t_migrated")

    assert replayed["columns"] != []
    for what, rows in migrated.items():
        assert replayed[what] == rows, what
    # bench/tenancy.py has the real ratio; other work on the machine weighs on both.
    assert replaying_s * 4 < migrating_s


def test_django_sees_nothing_left_to_migrate_in_a_replayed_workspace():
    workspace = provisioning.provision(facts(), at=timezone.now())

    with connection.as_owner():
        call_command("migrate_schemas", schema_name=workspace.schema_name, check_unapplied=True, verbosity=0)


def test_provision_makes_a_workspace_that_works():
    workspace = provisioning.provision(facts(), at=timezone.now())

    with in_workspace(workspace):
        make_user(Role.OWNER, email="otto@example.com")
        people = list(User.objects.values_list("pk", "email"))
    assert (people, workspace.state, workspace.code) == ([(1, "otto@example.com")], "ready", "BOP")


def test_provision_opens_the_address(client, public_client):
    provisioning.provision(facts(), at=timezone.now())

    response = client.get("/account/sign-in/", HTTP_HOST="blue-otter.localhost")

    assert response.status_code == 200


def test_provision_says_who_it_is_for_while_filling(workspace):
    seen = []

    made = provisioning.provision(facts(), at=timezone.now(), fill=lambda _made: seen.append(connection.schema_name))

    assert (seen, connection.tenant) == ([made.schema_name], workspace)


@pytest.mark.parametrize("failure", [RuntimeError, IntegrityError])
def test_a_failure_half_way_leaves_nothing_behind(committed, failure):
    before = everything_made()
    roles = []

    def fail(made):
        make_user(Role.OWNER)
        roles.append(role_for(made.schema_name))
        raise failure

    with pytest.raises(failure):
        provisioning.provision(facts(), at=timezone.now(), fill=fail)

    assert (everything_made(), role_exists(roles[0])) == (before, False)


def test_a_failing_statement_half_way_leaves_nothing_behind(committed):
    before = everything_made()

    def break_a_rule(_made):
        make_user(Role.OWNER, email="twice@example.com")
        make_user(Role.OWNER, email="twice@example.com")

    with pytest.raises(IntegrityError):
        provisioning.provision(facts(), at=timezone.now(), fill=break_a_rule)

    assert everything_made() == before


@pytest.mark.parametrize("slug", ["ta", "www", "admin"])
def test_an_address_that_is_taken_or_reserved_is_refused(slug):
    before = everything_made()

    with pytest.raises(AddressTaken):
        provisioning.provision(facts(slug=slug), at=timezone.now())

    assert everything_made() == before


@pytest.mark.parametrize(
    "slug", ["x", "Blue", "blue_otter", "-blue", "blue-", "a.b", "x" * 41, "xn--80ak6aa92e", "bl ue"]
)
def test_an_address_that_no_host_can_have_is_refused(slug):
    with pytest.raises(AddressNotPossible):
        provisioning.provision(facts(slug=slug), at=timezone.now())


def test_ids_of_content_types_are_the_same_everywhere(other_workspace):
    here = dict(ContentType.objects.values_list("model", "pk"))
    with in_workspace(other_workspace):
        there = dict(ContentType.objects.values_list("model", "pk"))

    assert here == there


def test_recording_has_left_nothing_behind_but_the_text():
    schemas, _slugs, _domains = everything_made()
    with in_public():
        kept = list(SchemaScript.objects.values_list("fingerprint", flat=True))

    assert (schemas, kept) == (["t_ta", "t_tb"], [recording.fingerprint()])


def test_the_text_is_recorded_once(django_assert_num_queries):
    with in_public(), django_assert_num_queries(1):
        assert "CREATE TABLE" in recording.script(at=timezone.now())


def test_public_is_never_replayed_into():
    with pytest.raises(ValueError, match="public"):
        recording.replay("SELECT 1", "public")


def test_schema_names_tell_nothing():
    made = provisioning.provision(facts(), at=timezone.now())

    assert (made.schema_name[:2], "otter" in made.schema_name, len(made.schema_name)) == ("t_", False, 14)


def test_the_test_session_has_a_database_of_its_own():
    assert str(os.getpid()) in connection.settings_dict["NAME"]
