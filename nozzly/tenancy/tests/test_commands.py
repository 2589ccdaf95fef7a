import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection
from django_otp.plugins.otp_totp.models import TOTPDevice

from catalog.models import Rate
from nozzly.accounts.domain import second_factor
from nozzly.accounts.models import User
from nozzly.accounts.permissions import Role
from nozzly.tax.models import TaxStatus
from nozzly.tenancy import migrating
from nozzly.tenancy.current import in_public, in_workspace
from nozzly.tenancy.domain import exports, workspaces
from nozzly.tenancy.models import Domain, Workspace
from nozzly.tenancy.roles import quoted, role_for
from nozzly.testing.fixtures import make_user
from nozzly.web.models import AuditEntry
from pricing.models import Channel, ShippingService

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OTTER = ("create", "Otter", "--slug", "otter", "--country", "DE", "--owner", "o@example.com")


@pytest.fixture
def password_typed(monkeypatch):
    monkeypatch.setattr("nozzly.home.management.commands.workspace.getpass", lambda _prompt: "a long password")


def command(*arguments, types=None, monkeypatch=None):
    """Run ``manage.py workspace …`` with what somebody types, and return what it says."""
    said = io.StringIO()
    if monkeypatch:
        monkeypatch.setattr("sys.stdin", io.StringIO(types))
    here = connection.tenant
    try:
        call_command("workspace", *arguments, stdout=said)
    finally:
        connection.set_tenant(here)
    return said.getvalue()


def state_of(slug):
    with in_public():
        return Workspace.objects.get(slug=slug).state


def schema_exists(name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace(%s) IS NOT NULL", [name])
        return cursor.fetchone()[0]


def role_exists(schema_name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = %s", [role_for(schema_name)])
        return cursor.fetchone() == (1,)


def test_list_names_every_workspace():
    assert command("list").splitlines() == [
        "ta\tready\tt_ta\tThistle Prints",
        "tb\tready\tt_tb\tBayou Plastics",
    ]


def test_create_makes_a_workspace_as_sign_up_does(public_client, password_typed):
    said = command("create", "Blue Otter", "--country", "DE", "--owner", "o@example.com", "--tax-registered")
    public_client.post(
        "/sign-up/",
        {
            "business_name": "Red Otter",
            "country": "DE",
            "tax_registered": "yes",
            "email": "o@example.com",
            "password": "a long password",
        },
    )

    by_command, by_page = furniture_of("blue-otter"), furniture_of("red-otter")
    assert by_command == by_page
    assert [len(by_command[name]) > 0 for name in ("channels", "services", "rates", "tax")] == [True] * 4
    assert by_command["people"] == [("o@example.com", "owner", True)]
    assert "http://blue-otter.localhost" in said


def furniture_of(slug):
    with in_public():
        made = Workspace.objects.get(slug=slug)
    with in_workspace(made):
        return {
            "workspace": (made.country, made.currency, made.time_zone, made.locale),
            "people": [(each.email, each.role, each.check_password("a long password")) for each in User.objects.all()],
            "channels": list(Channel.objects.order_by("pk").values_list("name", "schedule_id")),
            "services": list(ShippingService.objects.order_by("pk").values_list("name", "zone")),
            "rates": list(Rate.objects.order_by("kind").values_list("kind", "value")),
            "tax": list(TaxStatus.objects.values_list("registered", "scheme", "ships_from")),
        }


def test_create_takes_another_currency_than_the_country_s(password_typed):
    command(*OTTER, "--currency", "USD", "--time-zone", "Europe/Vienna", "--locale", "en_GB")

    assert furniture_of("otter")["workspace"] == ("DE", "USD", "Europe/Vienna", "en_GB")


def test_create_says_why_an_address_is_refused():
    with pytest.raises(CommandError, match="is taken"):
        command("create", "Otter", "--slug", "ta", "--country", "DE", "--owner", "o@example.com")


def test_somebody_without_phone_and_codes_gets_in_again(workspace, monkeypatch):
    ada = make_user(Role.OWNER, email="ada@example.com")
    TOTPDevice.objects.create(user=ada, name="phone", confirmed=True)
    with pytest.raises(CommandError, match="Nothing was changed"):
        command("forget-second-factor", "ta", "ada@example.com", types="yes\n", monkeypatch=monkeypatch)
    assert second_factor.device_of(ada)

    command("forget-second-factor", "ta", "ADA@example.com", types="ada@example.com\n", monkeypatch=monkeypatch)

    entry = AuditEntry.objects.get()
    assert second_factor.device_of(ada) is None
    assert (entry.by_name, entry.action, entry.subject_text) == (
        "The server’s operator",
        "took the second factor off",
        str(ada),
    )
    with pytest.raises(CommandError, match="no second factor"):
        command("forget-second-factor", "ta", "ada@example.com", "--yes")


@pytest.mark.parametrize("typed", ["no\n", ""])
def test_suspend_asks_back_and_takes_no_for_an_answer(monkeypatch, typed):
    with pytest.raises(CommandError, match="Nothing was changed"):
        command("suspend", "ta", types=typed, monkeypatch=monkeypatch)

    assert state_of("ta") == "ready"


def test_suspend_and_resume(monkeypatch):
    command("suspend", "ta", types="yes\n", monkeypatch=monkeypatch)
    suspended = state_of("ta")
    command("resume", "ta")

    assert (suspended, state_of("ta")) == ("suspended", "ready")


def test_rename_moves_the_address():
    command("rename", "ta", "thistle", "--yes")

    with in_public():
        assert list(Domain.objects.order_by("domain").values_list("domain", "is_primary")) == [
            ("ta.localhost", False),
            ("tb.localhost", True),
            ("thistle.localhost", True),
        ]


def test_add_host_adds_one():
    assert command("add-host", "ta", "192.168.1.20", "--yes") == "192.168.1.20 leads to ta.\n"


def test_an_unknown_workspace_is_said_to_be_unknown():
    with pytest.raises(CommandError, match="There is no workspace “nobody”"):
        command("suspend", "nobody", "--yes")


def test_export_holds_every_table_and_file_of_this_workspace_only(tmp_path, settings, workspace, other_workspace):
    settings.MEDIA_ROOT = str(tmp_path / "media")  # without the files of other tests
    make_user(Role.OWNER, email="ada@example.com")
    with in_workspace(other_workspace):
        make_user(Role.OWNER, email="bert@example.com")
        default_storage.save("theirs.txt", ContentFile(b"theirs"))
    default_storage.save("labels/ours.txt", ContentFile(b"ours"))

    command("export", "ta", "--to", str(tmp_path / "ta.zip"))

    with ZipFile(tmp_path / "ta.zip") as archive:
        people = list(csv.DictReader(io.TextIOWrapper(archive.open("tables/accounts_user.csv"))))
        files = [name for name in archive.namelist() if name.startswith("files/")]
        about = json.loads(archive.read("workspace.json"))
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert ([person["email"] for person in people], files) == (["ada@example.com"], ["files/labels/ours.txt"])
    assert (about["name"], about["rows"]["accounts_user"], about["files"]) == ("Thistle Prints", 1, 1)
    assert b"bert@example.com" not in everything
    default_storage.delete("labels/ours.txt")


def test_export_of_committed_rows_is_one_snapshot(committed, tmp_path, workspace):
    make_user(Role.OWNER)

    rows = exports.export(workspace, tmp_path / "ta.zip", at=NOW)

    assert rows > 1


def test_delete_wants_the_address_typed(tmp_path, monkeypatch):
    with pytest.raises(CommandError, match="Nothing was changed"):
        command("delete", "ta", "--to", str(tmp_path / "x.zip"), types="yes\n", monkeypatch=monkeypatch)

    assert (state_of("ta"), schema_exists("t_ta"), list(tmp_path.iterdir())) == ("ready", True, [])


def test_delete_exports_and_leaves_nothing_behind(committed, tmp_path, monkeypatch, password_typed):
    command(*OTTER)
    with in_public():
        otter = Workspace.objects.get(slug="otter")
    with in_workspace(otter):
        default_storage.save("photos/otter.png", ContentFile(b"x"))
        folder = Path(default_storage.path(""))

    said = command("delete", "otter", "--to", str(tmp_path / "otter.zip"), types="otter\n", monkeypatch=monkeypatch)

    with in_public():
        rows = Workspace.objects.filter(slug="otter").count(), Domain.objects.filter(domain="otter.localhost").count()
    assert (rows, schema_exists(otter.schema_name), role_exists(otter.schema_name)) == ((0, 0), False, False)
    assert (folder.exists(), (tmp_path / "otter.zip").exists()) == (False, True)
    assert said.splitlines()[-1] == "otter is gone."


def test_a_role_that_a_copy_of_the_database_names_is_left(committed, other_workspace):
    workspaces.delete(workspaces.close(other_workspace))  # the template of the tests is such a copy

    assert (schema_exists("t_tb"), role_exists("t_tb")) == (False, True)


def test_a_workspace_must_be_closing_before_it_is_deleted(workspace):
    with pytest.raises(workspaces.NotInThisState, match="Close “Thistle Prints”"):
        workspaces.delete(workspace)

    assert schema_exists("t_ta")


def forget_a_migration(schema_name, name="0001_initial"):
    with connection.as_owner(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {schema_name}.django_migrations WHERE app = 'accounts' AND name = %s", [name])


def test_pending_names_who_is_behind():
    forget_a_migration("t_tb")

    assert migrating.pending() == ["t_tb"]


def test_migrate_check_fails_when_somebody_is_behind(capsys):
    forget_a_migration("t_tb")

    with pytest.raises(SystemExit) as left:
        call_command("migrate", check=True)
    assert (left.value.code, capsys.readouterr().out) == (1, "t_tb\n")


def test_migrate_check_is_content_when_nobody_is(capsys):
    with pytest.raises(SystemExit) as left:
        call_command("migrate", check=True)
    assert (left.value.code, capsys.readouterr().out) == (0, "Every workspace is up to date.\n")


def test_a_workspace_that_cannot_be_migrated_does_not_stop_the_rest(committed, capsys):
    forget_a_migration("t_ta")  # its tables are there: creating them again fails
    with connection.as_owner(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM t_tb.django_migrations WHERE app = 'otp_static' AND name = '0003_add_timestamps'")
        cursor.execute("ALTER TABLE t_tb.otp_static_staticdevice DROP COLUMN created_at, DROP COLUMN last_used_at")

    with pytest.raises(SystemExit) as left:
        call_command("migrate", verbosity=0)

    said = capsys.readouterr()
    assert (left.value.code, "t_tb: migrated" in said.out, "t_ta" in said.err) == (1, True, True)
    assert migrating.pending() == ["t_ta"]


def test_migrate_says_when_there_is_nothing_to_do(committed, capsys):
    call_command("migrate", verbosity=0)

    assert capsys.readouterr().out == "Every schema is up to date.\n"


def test_public_pages_lose_no_rights_by_migrating_again(committed, public_client):
    migrating.prepare_public()

    assert public_client.get("/platform/login/").status_code == 200


def forget_role(schema_name):
    """What a dump without roles leaves: tables that nobody but the owner may touch."""
    schema, role = quoted(schema_name), quoted(role_for(schema_name))
    with connection.as_owner(), connection.cursor() as cursor:
        cursor.execute(
            f"""
            ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} REVOKE ALL ON TABLES FROM {role};
            ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} REVOKE ALL ON SEQUENCES FROM {role};
            REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role};
            REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schema} FROM {role};
            REVOKE ALL ON SCHEMA {schema} FROM {role};
            DROP ROLE {role};
            """
        )


def test_roles_lost_in_a_restore_are_made_again(committed, client, other_workspace, password_typed):
    command(*OTTER)
    with in_public():
        otter = Workspace.objects.get(slug="otter")
    forget_role(otter.schema_name)

    said = command("restore-roles")

    with in_workspace(otter):
        make_user(Role.OWNER)
        people = User.objects.count()
        with pytest.raises(ProgrammingError, match="permission denied"):
            User.objects.raw("SELECT * FROM t_tb.accounts_user")[0]
        with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations")
    assert (said, people) == ("3 workspaces have their roles and grants.\n", 2)
