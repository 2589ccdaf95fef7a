import os
import signal
import socket
import sys
import threading
import time

import pytest

from nozzly import embedded
from nozzly.embedded import children, dev
from nozzly.embedded.children import Child
from nozzly.embedded.processes import is_running, wait_until


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def child(directory):
    made = []

    def make(code, **more):
        found = Child(
            name="web",
            command=[sys.executable, "-c", code],
            log=directory / "child.log",
            environment=os.environ | more,
        )
        made.append(found)
        return found

    yield make
    children.end_all(made)


@pytest.fixture
def session(layout, monkeypatch):
    monkeypatch.setenv("NOZZLY_VAR", str(layout.var))
    layout.create()
    return dev.Session(layout=layout, port=free_port(), lan_address=None)


def shop(port):
    """Stands in for the web process: answers 200 to everything."""
    return (
        "import http.server\n"
        "class Page(http.server.BaseHTTPRequestHandler):\n"
        "    def do_GET(self): self.send_response(200); self.end_headers()\n"
        f"http.server.HTTPServer(('127.0.0.1', {port}), Page).serve_forever()"
    )


@pytest.fixture
def small(session, child, monkeypatch):
    """A session whose only child is a small web server, and whose database needs no preparation."""
    monkeypatch.setattr(dev.Session, "children", lambda self: [child(shop(self.port))])
    monkeypatch.setattr(dev, "_prepare", lambda _: True)
    monkeypatch.setattr(dev, "CHECK_EVERY_S", 0.05)
    monkeypatch.setenv("PORT", str(session.port))
    return session


@pytest.fixture
def greeted(monkeypatch):
    """Set once the session watches over its children: what dies before that ends it."""
    told, greet = threading.Event(), dev._greet
    monkeypatch.setattr(dev, "_greet", lambda session: (greet(session), told.set()))
    return told


def stop_when_it_answers(session, before=lambda: None):
    def wait():
        wait_until(lambda: dev._answers(session), patience_s=20)
        before()
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=wait, daemon=True).start()


def test_session_says_one_line_and_ctrl_c_stops_everything(small, capsys):
    stop_when_it_answers(small, before=lambda: time.sleep(0.3))

    assert dev.main() == 0

    told = capsys.readouterr().err.splitlines()
    assert [line.split(" - ")[0] for line in told] == [f"Nozzly runs: http://demo.localhost:{small.port}"]
    assert dev._answers(small) is False
    assert embedded.postgres.answers(small.layout) is False
    assert embedded.redis.answers(small.layout) is False


def test_session_leaves_servers_that_ran_before_it(small):
    embedded.ensure_running(small.layout.var)
    stop_when_it_answers(small)

    dev.main()

    assert embedded.postgres.answers(small.layout) is True


def test_session_stops_servers_that_a_killed_session_had_started(small):
    embedded.ensure_running(small.layout.var)
    dev._ownership(small.layout).touch()
    stop_when_it_answers(small)

    dev.main()

    assert embedded.postgres.answers(small.layout) is False


def test_session_brings_killed_servers_and_children_back(small, greeted):
    def kill():
        greeted.wait(timeout=20)
        os.kill(embedded.postgres._postmaster(small.layout), signal.SIGKILL)
        [os.kill(pid, signal.SIGKILL) for pid in embedded.redis._running_here(small.layout)]
        wait_until(lambda: embedded.postgres.answers(small.layout), patience_s=10)
        wait_until(lambda: embedded.redis.answers(small.layout), patience_s=10)
        came_back.extend([embedded.postgres.answers(small.layout), embedded.redis.answers(small.layout)])

    came_back = []
    stop_when_it_answers(small, before=kill)

    dev.main()

    assert came_back == [True, True]


def test_web_process_that_started_without_its_database_starts_anew(small, greeted, child, monkeypatch):
    """It lives and does not listen: that is how Django's reloader waits for a mended file."""
    mark = small.layout.var / "deaf"
    deaf = f"import os, time\nif os.path.exists('{mark}'): os.remove('{mark}'); time.sleep(60)\n"
    made, answers = child(deaf + shop(small.port)), []
    monkeypatch.setattr(dev.Session, "children", lambda _: [made])

    def kill():
        greeted.wait(timeout=20)
        mark.touch()
        os.killpg(made.process.pid, signal.SIGKILL)
        wait_until(lambda: not mark.exists(), patience_s=20)
        os.kill(embedded.postgres._postmaster(small.layout), signal.SIGKILL)
        answers.append(wait_until(lambda: dev._answers(small), patience_s=20))

    stop_when_it_answers(small, before=kill)

    dev.main()

    assert answers == [True]


def test_second_session_is_refused_and_told_where_the_first_is(small, capsys):
    with dev.only_session(small.layout):
        assert dev.main() == 1

    assert f"process {os.getpid()}" in capsys.readouterr().err


def test_session_ends_when_the_database_cannot_be_prepared(small, monkeypatch):
    monkeypatch.setattr(dev, "_prepare", lambda _: False)

    assert dev.main() == 1
    assert embedded.postgres.answers(small.layout) is False


def test_session_tells_when_another_program_holds_the_port(session, child, monkeypatch, capsys):
    web = child("import sys; sys.exit('Error: That port is already in use.')")
    web.start()

    assert dev._wait_for_web(session, web) is False
    assert f"PORT={session.port + 1}" in capsys.readouterr().err


def test_session_in_the_lan_shows_a_code(session, capsys):
    dev._greet(dev.Session(layout=session.layout, port=8000, lan_address="192.0.2.7"))

    assert "In your network: http://192.0.2.7:8000\n" in capsys.readouterr().err


def test_lan_address_is_asked_for_only_on_request(monkeypatch):
    monkeypatch.delenv("LAN", raising=False)
    assert dev._lan_address() is None

    monkeypatch.setenv("LAN", "1")
    monkeypatch.setattr(dev.lan, "address", lambda: "192.0.2.7")
    assert dev._lan_address() == "192.0.2.7"

    monkeypatch.setattr(dev.lan, "address", lambda: None)
    with pytest.raises(embedded.EmbeddedServerUnavailable, match="no address"):
        dev._lan_address()


def test_session_runs_web_worker_and_scheduler_on_loopback(session):
    found = {child.name: child.command for child in session.children()}

    assert list(found) == ["web", "worker", "scheduler"]
    assert found["web"][-1] == f"127.0.0.1:{session.port}"


def test_session_in_the_lan_has_a_second_web_process(session):
    in_lan = dev.Session(layout=session.layout, port=8000, lan_address="192.0.2.7")

    assert [child.command[-1] for child in in_lan.children()[:2]] == ["127.0.0.1:8000", "192.0.2.7:8000"]


def test_child_that_died_is_started_again(child, capsys):
    one = child("import time; time.sleep(60)")
    one.start()
    before = one.process.pid
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: one.is_dead, patience_s=5)

    assert children.restart_dead([one]) is True

    assert one.process.pid != before
    assert "status -9" in capsys.readouterr().err


def test_child_that_dies_again_and_again_is_given_up(child, capsys):
    one = child("print('no such table', flush=True)")
    one.start()

    assert wait_until(lambda: not children.restart_dead([one]), patience_s=30)

    assert "web does not stay up" in capsys.readouterr().err


def test_children_that_do_not_listen_are_ended_with_theirs(child, monkeypatch):
    monkeypatch.setattr(children, "PATIENCE_S", 0.2)
    stubborn = (
        "import os, signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "os.fork()\n"
        "print('up', flush=True)\n"
        "time.sleep(60)"
    )
    one = child(stubborn)
    one.start()
    wait_until(lambda: one.last_lines().count("up") == 2, patience_s=10)
    pids = children.group(one.process.pid)

    children.end_all([one])

    assert len(pids) == 2
    assert [pid for pid in pids if is_running(pid)] == []


def test_processes_of_a_killed_session_are_found_by_their_marker(child, layout):
    left = child("import time; time.sleep(60)", **{children.MARKER: str(layout.var)})
    other = child("import time; time.sleep(60)", **{children.MARKER: "elsewhere"})
    left.start()
    other.start()

    assert wait_until(lambda: children.end_leftovers(str(layout.var)) == 1, patience_s=5)

    assert (left.is_dead, other.is_dead) == (True, False)


def test_log_of_a_child_that_has_grown_is_put_aside(child, monkeypatch):
    monkeypatch.setattr(children, "LOG_KEPT_BYTES", 3)
    one = child("print('new')")
    one.log.write_text("long")

    one.start()
    one.process.wait()

    assert (one.log.read_text(), one.log.with_suffix(".log.1").read_text()) == ("new\n", "long")


def test_group_where_there_is_no_proc_is_its_leader(monkeypatch, directory):
    monkeypatch.setattr(children, "PROC", directory)

    assert children.group(7) == [7]


def test_child_that_was_never_started_has_nothing_to_end(child):
    never = child("")

    children.end_all([never])

    assert never.group_is_gone() is True


def test_preparation_runs_in_a_process_of_its_own(session, monkeypatch):
    monkeypatch.setattr(dev.sys, "executable", "/bin/true")
    assert dev._prepare(dev.Session(layout=session.layout, port=1, lan_address="192.0.2.7")) is True

    monkeypatch.setattr(dev.sys, "executable", "/bin/false")
    assert dev._prepare(session) is False


def test_preparation_is_cut_short_by_ctrl_c(session, monkeypatch, directory):
    slow = directory / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setattr(dev.sys, "executable", str(slow))
    session.stop.note(signal.SIGINT, None)

    assert dev._prepare(session) is False


def test_session_stopped_while_the_web_process_starts_ends_without_complaint(session, child, monkeypatch, capsys):
    monkeypatch.setattr(dev.Session, "children", lambda _: [child("import time; time.sleep(60)")])
    monkeypatch.setattr(dev, "_prepare", lambda _: True)
    threading.Timer(1, session.stop.note, (signal.SIGINT, None)).start()

    assert dev.run(session) == 0
    assert capsys.readouterr().err == ""
