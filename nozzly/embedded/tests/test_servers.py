import os
import signal
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
import redis as redis_client

from nozzly import embedded
from nozzly.embedded import EmbeddedServerUnavailable, postgres, processes, redis
from nozzly.embedded.layout import PROJECT_DIR


def count_rows(layout):
    with psycopg.connect(embedded.database_url(layout.var)) as connection:
        return connection.execute("SELECT count(*) FROM kept").fetchone()[0]


@pytest.fixture
def running(layout):
    embedded.ensure_running(layout.var)
    with psycopg.connect(embedded.database_url(layout.var)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    return layout


def postmaster(layout):
    return postgres._postmaster(layout)


def redis_pid(layout):
    [pid] = redis._running_here(layout)
    return pid


def test_servers_start_cold_and_answer(layout):
    embedded.ensure_running(layout.var)

    with psycopg.connect(embedded.database_url(layout.var)) as connection:
        assert connection.execute("SELECT current_user, current_database()").fetchone() == ("nozzly_owner", "nozzly")
    assert redis_client.Redis.from_url(embedded.redis_url(1, layout.var)).ping() is True
    assert embedded.broker_url(2, layout.var) == f"redis+socket://{layout.socket_dir}/redis.sock?virtual_host=2"
    assert postgres.ensure_running(layout) == embedded.database(layout.var)


def test_servers_that_run_are_not_started_again(running):
    before = postmaster(running), redis_pid(running)

    embedded.ensure_running(running.var)

    assert (postmaster(running), redis_pid(running)) == before


def test_servers_listen_on_sockets_only_and_nobody_else_reaches_them(running):
    with postgres.connect(running) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    client = redis_client.Redis.from_url(embedded.redis_url(0, running.var))
    assert client.config_get("port") == {"port": "0"}
    client.close()
    assert stat.S_IMODE(running.socket_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE(running.postgres_dir.stat().st_mode) == 0o700


def test_login_role_is_no_superuser_and_its_databases_are_born_closed(running):
    with psycopg.connect(embedded.database_url(running.var), autocommit=True) as connection:
        assert connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)
        connection.execute("CREATE DATABASE second")
    with postgres.connect(running, dbname="second") as connection:
        connection.execute("CREATE ROLE stranger")
        assert connection.execute(
            "SELECT has_function_privilege('stranger', 'pg_catalog.set_config(text,text,boolean)', 'EXECUTE'),"
            " has_language_privilege('stranger', 'plpgsql', 'USAGE'),"
            " has_schema_privilege('stranger', 'public', 'USAGE')"
        ).fetchone() == (False, False, False)


def test_stop_ends_both_and_start_keeps_the_data(running):
    embedded.stop(running.var)

    assert (postgres.answers(running), redis.answers(running)) == (False, False)
    assert processes.working_in(running.postgres_dir, program="postgres") == []
    embedded.ensure_running(running.var)
    assert count_rows(running) == 1


def test_stop_of_what_does_not_run_changes_nothing(layout):
    embedded.stop(layout.var)
    embedded.stop(layout.var)

    assert not layout.postgres_dir.exists()


def test_several_processes_starting_at_once_share_one_server(layout):
    code = (
        "from nozzly import embedded, embedded as e; e.ensure_running(); print(e.postgres._postmaster(e.Layout.of()))"
    )
    environment = {**os.environ, "NOZZLY_VAR": str(layout.var)}

    def start(_):
        return subprocess.run(
            [sys.executable, "-c", code], cwd=PROJECT_DIR, env=environment, capture_output=True, text=True, check=True
        ).stdout

    with ThreadPoolExecutor(4) as pool:
        told = set(pool.map(start, range(4)))

    assert told == {f"{postmaster(layout)}\n"}


def test_postgres_keeps_what_was_committed_through_kill_9(directory):
    layout = embedded.Layout.of(directory / "var")
    postgres.ensure_running(layout)
    with psycopg.connect(embedded.database_url(layout.var)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    os.kill(postmaster(layout), signal.SIGKILL)

    postgres.ensure_running(layout)

    assert count_rows(layout) == 1
    postgres.stop(layout)


def test_redis_killed_with_9_starts_again(running):
    os.kill(redis_pid(running), signal.SIGKILL)

    embedded.ensure_running(running.var)

    assert redis.answers(running)


def test_redis_keeps_what_it_was_given_through_kill_9(directory):
    layout = embedded.Layout.of(directory / "var")
    redis.ensure_running(layout)
    client = redis_client.Redis.from_url(embedded.redis_url(0, layout.var))
    client.set("task", "waiting")
    os.kill(redis_pid(layout), signal.SIGKILL)

    redis.ensure_running(layout)

    assert client.get("task") == b"waiting"
    client.close()
    embedded.stop(layout.var)


def test_pid_recycled_by_a_stranger_does_not_count_as_postgres(running):
    embedded.stop(running.var)
    stranger = subprocess.Popen(["/bin/sleep", "60"])
    try:
        remains = f"{stranger.pid}\n{running.postgres_dir}\n0\n5432\n{running.socket_dir}\n\n0 0\nready\n"
        for path in (running.postgres_dir / "postmaster.pid", running.socket_dir / ".s.PGSQL.5432.lock"):
            path.write_text(remains)

        embedded.ensure_running(running.var)

        assert count_rows(running) == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_zombie_does_not_count_as_postgres(running):
    embedded.stop(running.var)
    zombie = subprocess.Popen(["/bin/true"])
    processes.wait_until(lambda: processes.state(zombie.pid) == "Z", patience_s=5)
    (running.postgres_dir / "postmaster.pid").write_text(
        f"{zombie.pid}\n{running.postgres_dir}\n0\n5432\n\n\n0 0\nready\n"
    )

    assert processes.is_running(zombie.pid) is False
    embedded.ensure_running(running.var)

    assert count_rows(running) == 1
    zombie.wait()


def test_redis_whose_socket_was_removed_is_replaced(running):
    deaf = redis_pid(running)
    redis.socket_path(running).unlink()

    embedded.ensure_running(running.var)

    assert redis.answers(running)
    assert redis_pid(running) != deaf


def test_postgres_whose_socket_was_removed_is_replaced(running):
    deaf = postmaster(running)
    for path in running.socket_dir.glob(".s.PGSQL*"):
        path.unlink()

    embedded.ensure_running(running.var)

    assert count_rows(running) == 1
    assert postmaster(running) != deaf


@pytest.fixture
def silent(running, monkeypatch):
    """A server that lives and does not answer, as one that recovers from a crash."""
    monkeypatch.setattr(postgres, "CONNECT_TIMEOUT_S", 2)
    pid = postmaster(running)
    os.kill(pid, signal.SIGSTOP)
    yield pid
    os.kill(pid, signal.SIGCONT)


def test_postgres_that_does_not_answer_yet_is_waited_for(running, silent):
    threading.Timer(3, os.kill, (silent, signal.SIGCONT)).start()

    embedded.ensure_running(running.var)

    assert postmaster(running) == silent


def test_postgres_that_does_not_answer_is_never_killed(running, silent, monkeypatch):
    monkeypatch.setattr(postgres, "START_TIMEOUT_S", 1)

    with pytest.raises(EmbeddedServerUnavailable, match="does not answer yet"):
        embedded.ensure_running(running.var)

    assert processes.is_running(silent)


def test_initdb_cut_short_is_done_again(layout):
    layout.create()
    layout.postgres_dir.rename(layout.home / "postgres.new")
    (layout.home / "postgres.new" / "half").touch()

    embedded.ensure_running(layout.var)

    assert postgres.answers(layout)
    assert not (layout.postgres_dir / "half").exists()


def test_files_in_the_place_of_the_data_are_not_removed(layout):
    layout.create()
    (layout.postgres_dir / "thesis").touch()

    with pytest.raises(EmbeddedServerUnavailable, match="holds files but no database"):
        embedded.ensure_running(layout.var)

    assert (layout.postgres_dir / "thesis").exists()


def test_start_that_fails_shows_the_end_of_the_log(layout):
    embedded.ensure_running(layout.var)
    embedded.stop(layout.var)
    with (layout.postgres_dir / "postgresql.auto.conf").open("a") as handle:
        handle.write("max_connections = 'plenty'\n")

    with pytest.raises(EmbeddedServerUnavailable, match="max_connections"):
        embedded.ensure_running(layout.var)


def test_redis_that_cannot_start_shows_why(layout):
    layout.create()
    socket = redis.socket_path(layout)
    socket.mkdir()

    with pytest.raises(EmbeddedServerUnavailable, match="did not start"):
        redis._start(layout)

    socket.rmdir()


def test_servers_of_ones_own_are_left_alone(layout, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/nozzly")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/0")

    embedded.ensure_running(layout.var)

    assert (embedded.needs_postgres(), embedded.needs_redis()) == (False, False)
    assert not layout.var.exists()


def test_path_too_long_for_a_socket_gets_a_short_one(directory):
    layout = embedded.Layout.of(directory / ("very" * 20) / ("long" * 10) / "test")

    embedded.ensure_running(layout.var)

    assert str(layout.socket_dir).startswith(f"/tmp/nozzly-{os.geteuid()}-")
    assert postgres.answers(layout)
    embedded.stop(layout.var)
    for path in layout.socket_dir.iterdir():
        path.unlink()
    layout.socket_dir.rmdir()


def test_path_with_blanks_and_quotes_works(directory):
    layout = embedded.Layout.of(directory / "Lisa's shop, two" / "test")

    embedded.ensure_running(layout.var)

    with psycopg.connect(embedded.database_url(layout.var)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    client = redis_client.Redis.from_url(embedded.redis_url(0, layout.var))
    assert client.ping() is True
    client.close()
    embedded.stop(layout.var)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another account to run servers as")
def test_root_runs_servers_as_somebody_else_and_opens_nothing(directory, monkeypatch):
    private = directory / "private"
    private.mkdir(mode=0o700)
    layout = embedded.Layout.of(private / "test")

    embedded.ensure_running(layout.var)

    assert layout.home != layout.var
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert layout.postgres_dir.stat().st_uid == processes.service_account().pw_uid
    assert postgres.answers(layout)
    embedded.stop(layout.var)
    embedded.layout.shutil.rmtree(layout.home)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another account to run servers as")
def test_removed_var_starts_afresh_also_when_the_data_lies_elsewhere(directory):
    private = directory / "private"
    private.mkdir(mode=0o700)
    layout = embedded.Layout.of(private / "test")
    layout.create()
    (layout.home / "of yesterday").touch()
    embedded.layout.shutil.rmtree(layout.var)

    layout.create()

    set_aside = layout.home.with_name(f"{layout.home.name}.old")
    assert (set_aside / "of yesterday").exists()
    assert not (layout.home / "of yesterday").exists()
    embedded.layout.shutil.rmtree(layout.home)
    embedded.layout.shutil.rmtree(set_aside)
