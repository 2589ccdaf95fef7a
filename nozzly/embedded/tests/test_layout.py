import os
from pathlib import Path

import pytest

from nozzly.embedded import EmbeddedServerUnavailable, layout, postgres, processes, redis
from nozzly.embedded.layout import PROJECT_DIR, Layout

ROOT = os.geteuid() == 0


def test_layout_follows_the_environment(monkeypatch, directory):
    monkeypatch.setenv("NOZZLY_VAR", str(directory / "here"))

    assert Layout.of().var == directory / "here"
    assert Layout.of(directory / "there").var == directory / "there"


def test_layout_is_var_of_the_project_without_environment(monkeypatch):
    monkeypatch.delenv("NOZZLY_VAR", raising=False)

    assert Layout.of().var == PROJECT_DIR / "var"


def test_only_the_directory_called_test_is_thrown_away(directory):
    assert (Layout.of(directory / "test").durable, Layout.of(directory / "var").durable) == (False, True)


def test_log_that_has_grown_is_put_aside(directory, monkeypatch):
    here = Layout.of(directory / "var")
    here.create()
    monkeypatch.setattr(layout, "LOG_KEPT_BYTES", 3)
    here.log_file("postgres").write_text("long")

    assert here.open_log("postgres").read_text() == ""
    assert here.var.joinpath("log", "postgres.log.1").read_text() == "long"


def test_directory_that_is_a_link_is_refused(directory):
    (directory / "link").symlink_to(directory)

    with pytest.raises(EmbeddedServerUnavailable, match="is a link"):
        layout.private_dir(directory / "link")


@pytest.mark.skipif(not ROOT, reason="only root can give a directory away")
def test_directory_of_somebody_else_is_refused(directory):
    (directory / "run").mkdir()
    os.chown(directory / "run", 12345, 12345)

    with pytest.raises(EmbeddedServerUnavailable, match="another account"):
        layout.private_dir(directory / "run")


@pytest.mark.skipif(not ROOT, reason="others run servers as themselves")
def test_program_out_of_reach_is_copied_with_its_libraries(directory, monkeypatch):
    monkeypatch.setattr(layout, "SYSTEM_DIR", directory / "system")
    tree = directory / "private" / "server"
    (tree / "bin").mkdir(parents=True)
    (tree / "lib").mkdir()
    (tree / "lib" / "part").write_text("part")
    program = tree / "bin" / "server"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    (directory / "private").chmod(0o700)

    copy = layout.runnable(program, tree=tree)

    assert layout.others_can_run(copy)
    assert copy.parents[1].joinpath("lib", "part").read_text() == "part"
    assert layout.runnable(program, tree=tree) == copy


def test_wheel_is_asked_first_and_the_path_second(monkeypatch, directory):
    monkeypatch.setattr(postgres.importlib.util, "find_spec", lambda _: None)
    for name in ("pg_ctl", "redis-server"):
        (directory / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(directory))

    assert postgres.program("pg_ctl") == directory / "pg_ctl"
    assert redis.program() == directory / "redis-server"


def test_machine_without_servers_is_told_what_to_do(monkeypatch, directory):
    monkeypatch.setattr(postgres.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(directory))

    with pytest.raises(EmbeddedServerUnavailable, match="Set DATABASE_URL"):
        postgres.program("pg_ctl")
    with pytest.raises(EmbeddedServerUnavailable, match="set REDIS_URL"):
        redis.program()


def test_process_is_described_also_where_there_is_no_proc(monkeypatch):
    here = os.getpid()
    expected = processes.command_line(here).split()[0]
    monkeypatch.setattr(processes, "PROC", Path("/nowhere"))

    assert processes.is_running(here)
    assert processes.command_line(here).split()[0] == expected
    assert processes.working_in(Path("/"), program="python") == []


def test_process_that_is_gone_does_not_run():
    gone = 2**22 + 1

    assert (processes.is_running(gone), processes.state(gone), processes.command_line(gone)) == (False, "Z", "")


@pytest.mark.skipif(not ROOT, reason="needs root")
def test_root_without_means_to_create_an_account_is_told(monkeypatch, directory):
    monkeypatch.setattr(processes.shutil, "which", lambda *_, **__: None)

    with pytest.raises(EmbeddedServerUnavailable, match="nozzly-db"):
        processes._create_service_account()


def test_somebody_else_than_root_runs_servers_as_himself(monkeypatch):
    monkeypatch.setattr(processes.os, "geteuid", lambda: 1000)
    processes.service_account.cache_clear()

    assert (processes.service_account(), processes.run_as()) == (None, {})

    processes.service_account.cache_clear()
