import json

import psycopg
import pytest

from nozzly import embedded
from nozzly.embedded import __main__ as commands
from nozzly.embedded import backup, postgres
from nozzly.embedded.backup import Place

# Two workspaces in miniature: a role, a schema with default grants, a table.
WORKSPACE = """
CREATE ROLE nozzly_t_{0} NOLOGIN;
GRANT nozzly_t_{0} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE;
CREATE SCHEMA t_{0};
GRANT USAGE ON SCHEMA t_{0} TO nozzly_t_{0};
ALTER DEFAULT PRIVILEGES IN SCHEMA t_{0} GRANT SELECT ON TABLES TO nozzly_t_{0};
CREATE TABLE t_{0}.spool (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, colour text CHECK (colour <> ''));
CREATE INDEX ON t_{0}.spool USING gin (colour extensions.gin_trgm_ops);
INSERT INTO t_{0}.spool (colour) VALUES ('{1}'), ('black');
"""


@pytest.fixture
def place(layout, directory):
    media = directory / "media"
    (media / "t_a").mkdir(parents=True)
    (media / "t_a" / "logo.png").write_bytes(b"picture")
    found = Place.embedded(layout, media=media)
    with psycopg.connect(found.owner) as connection:
        connection.execute("CREATE ROLE nozzly_public NOLOGIN")
        connection.execute(WORKSPACE.format("a", "crimson"))
        connection.execute(WORKSPACE.format("b", "teal"))
    return found


@pytest.fixture
def made(place, directory):
    return backup.backup(place, directory / "backups")


def drop(place):
    with psycopg.connect(place.superuser, autocommit=True) as connection:
        connection.execute("DROP DATABASE nozzly")
        connection.execute("DROP ROLE nozzly_t_a, nozzly_t_b, nozzly_public")


def test_backup_tells_roles_and_rows_and_is_private(made):
    manifest = json.loads((made / "manifest.json").read_text())

    assert manifest["roles"] == ["nozzly_public", "nozzly_t_a", "nozzly_t_b"]
    assert manifest["rows"] == {"t_a.spool": 2, "t_b.spool": 2}
    assert made.stat().st_mode & 0o077 == 0


def test_restore_brings_rows_files_roles_and_walls_back(place, made):
    drop(place)
    (place.media / "t_a" / "logo.png").unlink()
    (place.media / "t_a").rmdir()

    backup.restore(made, place)

    with psycopg.connect(place.owner, autocommit=True) as connection:
        connection.execute("SET ROLE nozzly_t_a")
        assert connection.execute("SELECT colour FROM t_a.spool ORDER BY id").fetchall() == [("crimson",), ("black",)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT colour FROM t_b.spool")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT set_config('role', 'nozzly_owner', false)")
    assert (place.media / "t_a" / "logo.png").read_bytes() == b"picture"


def test_restored_database_goes_on_counting(place, made):
    drop(place)
    (place.media / "t_a" / "logo.png").unlink()
    (place.media / "t_a").rmdir()
    backup.restore(made, place)

    with psycopg.connect(place.owner) as connection:
        inserted = connection.execute("INSERT INTO t_a.spool (colour) VALUES ('jade') RETURNING id").fetchone()

    assert inserted == (3,)


def test_restore_overwrites_neither_files_nor_a_database(place, made):
    with pytest.raises(embedded.EmbeddedServerUnavailable, match="is not empty"):
        backup.restore(made, place)

    (place.media / "t_a" / "logo.png").unlink()
    (place.media / "t_a").rmdir()
    with pytest.raises(embedded.EmbeddedServerUnavailable, match="There is a database nozzly already"):
        backup.restore(made, place)


def test_restore_takes_the_place_of_a_database_without_tables(place, made):
    drop(place)
    with psycopg.connect(place.superuser, autocommit=True) as connection:
        connection.execute("CREATE DATABASE nozzly")
    (place.media / "t_a" / "logo.png").unlink()
    (place.media / "t_a").rmdir()

    backup.restore(made, place)

    with psycopg.connect(place.owner) as connection:
        assert connection.execute("SELECT count(*) FROM t_a.spool").fetchone() == (2,)


def test_restore_that_lost_a_row_says_where(place, made):
    manifest = json.loads((made / "manifest.json").read_text())
    manifest["rows"]["t_b.spool"] += 1
    (made / "manifest.json").write_text(json.dumps(manifest))

    with pytest.raises(embedded.EmbeddedServerUnavailable, match=r"differ from the backup in: t_b\.spool"):
        backup.drill(made)


def test_drill_restores_on_a_server_of_its_own(place, made, capsys):
    backup.drill(made)

    assert "2 workspaces, 4 rows, 1 files" in capsys.readouterr().err
    assert postgres.answers(embedded.Layout.of(place.media.parent / "test")) is True


def test_drill_finds_a_hole_in_the_wall(place, directory):
    with psycopg.connect(place.owner) as connection:
        connection.execute("GRANT USAGE ON SCHEMA t_b TO nozzly_t_a")
    made = backup.backup(place, directory / "backups")

    with pytest.raises(embedded.EmbeddedServerUnavailable, match="somebody else after the restore: nozzly_t_a"):
        backup.drill(made)


def test_drill_takes_the_names_of_the_backup(place, made, directory, capsys):
    manifest = json.loads((made / "manifest.json").read_text())
    with pytest.raises(embedded.EmbeddedServerUnavailable, match="belongs to role nozzly_owner and database nozzly;"):
        backup.restore(made, Place(owner="user=other dbname=nozzly", superuser="", media=directory / "empty"))

    with backup.throw_away_place(owner="shop", database="shop") as elsewhere:
        assert (elsewhere.owner_name, elsewhere.database, manifest["owner"]) == ("shop", "shop", "nozzly_owner")


def test_dump_that_cannot_be_made_says_why(place, directory, monkeypatch):
    with psycopg.connect(place.superuser, dbname="nozzly") as connection:
        connection.execute("CREATE TABLE t_a.secret ()")

    with pytest.raises(embedded.EmbeddedServerUnavailable, match=r"pg_dump failed.*secret"):
        backup.backup(place, directory / "backups")


def test_commands_back_up_drill_and_restore(place, layout, directory, monkeypatch, capsys):
    monkeypatch.setenv("NOZZLY_VAR", str(layout.var))
    monkeypatch.setenv("MEDIA_ROOT", str(place.media))
    commands.main(["backup", str(directory / "backups")])
    made = capsys.readouterr().err.strip()
    drop(place)
    monkeypatch.setenv("MEDIA_ROOT", str(directory / "empty"))

    assert commands.main(["drill", made]) == 0
    assert commands.main(["restore", made]) == 0

    assert (directory / "empty" / "t_a" / "logo.png").exists()


def test_restore_on_a_server_of_ones_own_needs_its_superuser(place, made, monkeypatch, directory):
    monkeypatch.setenv("DATABASE_URL", place.owner)
    monkeypatch.setenv("MEDIA_ROOT", str(directory / "empty"))
    monkeypatch.delenv("NOZZLY_SUPERUSER_URL", raising=False)

    with pytest.raises(embedded.EmbeddedServerUnavailable, match="NOZZLY_SUPERUSER_URL"):
        backup.restore(made, Place.of_environment())
