import subprocess

import psycopg
import pytest

from nozzly import embedded
from nozzly.embedded import __main__ as commands
from nozzly.embedded import bootstrap, postgres


@pytest.fixture
def here(layout, monkeypatch):
    monkeypatch.setenv("NOZZLY_VAR", str(layout.var))
    return layout


def test_start_status_and_stop(here, capsys):
    assert commands.main(["start"]) == 0
    commands.main(["status"])
    assert "PostgreSQL runs" in capsys.readouterr().err

    assert commands.main(["stop"]) == 0
    commands.main(["status"])
    assert "Redis does not run" in capsys.readouterr().err


def test_unknown_command_lists_the_known(capsys):
    assert commands.main([]) == 2
    assert "start|stop" in capsys.readouterr().err


def test_what_cannot_run_is_said_in_a_sentence(capsys, monkeypatch):
    monkeypatch.setitem(commands.COMMANDS, "start", fail)

    assert commands.main(["start"]) == 1
    assert capsys.readouterr().err == "No server here.\n"


def fail(*_):
    raise embedded.EmbeddedServerUnavailable("No server here.")


def test_psql_opens_as_the_login_role_and_on_request_as_superuser(here, monkeypatch):
    asked = []
    monkeypatch.setattr(commands.os, "execv", lambda _, arguments: asked.append(arguments))

    commands.main(["psql", "-tAc", "SELECT current_user"])
    commands.main(["psql", "--super", "-tAc", "SELECT current_user"])

    told = [subprocess.run(arguments, capture_output=True, text=True, check=True).stdout for arguments in asked]
    assert told == ["nozzly_owner\n", "postgres\n"]


def test_npm_is_called_with_its_arguments(monkeypatch):
    asked = []
    monkeypatch.setattr(commands.os, "execvpe", lambda _, arguments, __: asked.append(arguments))

    commands.main(["npm", "ci"])

    assert asked[0][-1] == "ci"


def test_server_of_ones_own_is_prepared_from_two_addresses(here, monkeypatch):
    postgres.ensure_running(here)
    socket = here.socket_dir
    monkeypatch.setenv("NOZZLY_SUPERUSER_URL", f"postgresql://postgres@/postgres?host={socket}")
    monkeypatch.setenv("DATABASE_URL", f"postgresql://shop_owner:secret@/shop?host={socket}")

    commands.main(["bootstrap"])
    commands.main(["bootstrap"])

    with psycopg.connect(f"postgresql://shop_owner:secret@/shop?host={socket}") as connection:
        rights = "SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        assert connection.execute(rights).fetchone() == (False, True, False)
        connection.execute("CREATE SCHEMA t_first")


def test_bootstrap_names_the_login_role():
    assert b'TO "o""dd"' in bootstrap.revokes('o"dd')
