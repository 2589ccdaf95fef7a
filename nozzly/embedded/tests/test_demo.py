import pytest
from django.core.management import get_commands
from django.db import connection

from nozzly.embedded import demo
from nozzly.tenancy.models import Domain, Workspace


@pytest.fixture
def public(db):
    connection.set_schema_to_public()
    yield
    connection.set_schema_to_public()


@pytest.fixture
def seeds(monkeypatch, directory):
    """What was asked of the command that fills the demo workspace."""
    monkeypatch.setenv("NOZZLY_VAR", str(directory))
    asked = []
    monkeypatch.setattr(demo, "call_command", lambda *arguments, **_: asked.append(arguments))
    monkeypatch.setattr(demo, "get_commands", lambda: {**get_commands(), "seed": "nozzly.tenancy"})
    return asked


@pytest.fixture
def demo_workspace(public):
    workspace = Workspace.objects.get(slug="ta")
    Workspace.objects.filter(slug="ta").update(slug=demo.SLUG)
    return workspace


def test_demo_is_filled_on_first_use(public, seeds):
    demo.ensure_demo()

    assert seeds == [("seed",)]


def test_demo_that_is_complete_is_left_alone(demo_workspace, seeds):
    demo.ensure_demo()

    assert seeds == []


def test_demo_that_was_cut_short_is_filled_again(demo_workspace, seeds, directory):
    (directory / "demo-unfinished").touch()

    demo.ensure_demo()

    assert seeds == [("seed",)]
    assert not (directory / "demo-unfinished").exists()


def test_lan_address_leads_to_the_demo_workspace_and_replaces_the_last(demo_workspace):
    demo.point_lan_host_at_demo("192.0.2.7")
    demo.point_lan_host_at_demo("192.0.2.8")

    found = Domain.objects.filter(domain__startswith="192.").values_list("domain", "tenant__slug", "is_primary")
    assert list(found) == [("192.0.2.8", "demo", False)]


def test_lan_address_goes_with_the_session_that_answered_it(demo_workspace):
    demo.point_lan_host_at_demo("192.0.2.7")

    demo.point_lan_host_at_demo(None)

    assert Domain.objects.filter(domain__startswith="192.").count() == 0
    assert Domain.objects.filter(tenant=demo_workspace).count() == 1


def test_lan_address_without_demo_leads_nowhere(public):
    demo.point_lan_host_at_demo("192.0.2.7")

    assert Domain.objects.filter(domain__startswith="192.").count() == 0


def test_preparation_migrates_and_fills(public, seeds):
    demo.prepare()

    assert seeds == [("migrate",), ("seed",)]
