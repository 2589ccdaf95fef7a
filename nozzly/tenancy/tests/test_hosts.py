"""Which workspace answers, and how soon a change holds."""

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone, translation
from redis import ConnectionPool

from nozzly.tenancy import hosts
from nozzly.tenancy.current import NoWorkspace, current_workspace, in_public, workspace_or_none
from nozzly.tenancy.domain import addresses, workspaces
from nozzly.tenancy.models import Domain, Workspace
from nozzly.testing.clients import WorkspaceClient

SIGN_IN = "/account/sign-in/"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def at_once(django_capture_on_commit_callbacks):
    """Runs what waits for the commit."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.mark.parametrize("host", ["ta.localhost", "TA.localhost", "ta.localhost.", "ta.localhost:8000"])
def test_a_known_host_leads_to_its_workspace(host):
    response = WorkspaceClient(host).get(SIGN_IN)

    assert (response.status_code, response.wsgi_request.tenant.slug) == (200, "ta")


@pytest.mark.parametrize(
    "host", ["nobody.localhost", "localhost.ta", "evil.example", "127.0.0.1", "[::1]", "a,b", "x@evil"]
)
def test_an_unknown_host_is_told_that_there_is_nothing(host):
    response = WorkspaceClient(host).get(SIGN_IN)

    assert response.status_code == 404


@pytest.mark.parametrize("path", ["/s/%00", "/media/t_ta/production/%00", "/account/new-password/%00/%00/"])
def test_a_path_with_a_null_character_leads_nowhere(client, owner, path):
    assert client.get(path).status_code == 404


def test_a_forwarded_host_is_not_believed():
    response = WorkspaceClient("nobody.localhost").get(SIGN_IN, HTTP_X_FORWARDED_HOST="ta.localhost")

    assert response.status_code == 404


@pytest.mark.parametrize("host", ["localhost", "www.localhost", "localhost:8000"])
def test_the_bare_host_has_the_platforms_pages(host):
    response = WorkspaceClient(host).get("/platform/login/")

    assert (response.status_code, response.wsgi_request.tenant) == (200, None)


def test_a_workspace_has_no_platform_pages(client):
    assert client.get("/platform/login/").status_code == 404


def test_the_health_check_needs_no_host():
    response = WorkspaceClient("10.0.0.7").get("/health/")

    assert (response.status_code, response.content) == (200, b"ok")


def test_the_second_look_costs_no_query(django_assert_num_queries):
    with in_public():
        hosts.find("ta.localhost")

        with django_assert_num_queries(0):
            found, unknown = hosts.find("ta.localhost"), hosts.find("ta.localhost")

    assert (found.slug, found == unknown, found is unknown) == ("ta", True, False)


def test_an_unknown_host_costs_one_query_only(django_assert_num_queries):
    with in_public(), django_assert_num_queries(1):
        assert (hosts.find("nobody.localhost"), hosts.find("nobody.localhost")) == (None, None)


def test_the_memory_of_hosts_is_bounded(monkeypatch):
    monkeypatch.setattr(hosts, "_LONGEST", 3)

    with in_public():
        for number in range(5):
            hosts.find(f"nobody{number}.localhost")

    assert list(hosts._known) == ["nobody2.localhost", "nobody3.localhost", "nobody4.localhost"]


def test_without_redis_every_request_asks_the_database(monkeypatch, django_assert_num_queries):
    pool = ConnectionPool.from_url("unix:///nowhere/redis.sock")
    with in_public():
        hosts.find("ta.localhost")
        monkeypatch.setattr(cache._cache, "_pools", {0: pool})

        with django_assert_num_queries(1):
            found = hosts.find("ta.localhost")

    assert found.slug == "ta"


def test_a_suspended_workspace_shows_a_page_that_says_so(client, workspace, at_once):
    assert client.get(SIGN_IN).status_code == 200

    with at_once():
        workspaces.suspend(workspace, because="The invoice of March is open.")
    response = client.get(SIGN_IN)

    assert response.status_code == 503
    assert "This workspace is suspended" in response.text
    assert "The invoice of March is open." in response.text


def test_a_suspension_holds_at_once_in_other_processes(client, workspace, at_once):
    client.get(SIGN_IN)
    elsewhere = dict(hosts._known)
    with at_once():
        workspaces.suspend(workspace)

    hosts._known.update(elsewhere)  # what another process still remembers

    assert client.get(SIGN_IN).status_code == 503


def test_a_resumed_workspace_answers_again(client, workspace, at_once):
    with at_once():
        workspaces.suspend(workspace, because="x")
    with at_once():
        resumed = workspaces.resume(workspace)

    assert (client.get(SIGN_IN).status_code, resumed.suspended_because) == (200, "")


@pytest.mark.parametrize("state", ["provisioning", "closing"])
def test_a_workspace_that_is_not_ready_shows_a_page(client, workspace, state):
    with in_public():
        Workspace.objects.filter(pk=workspace.pk).update(state=state)

    assert client.get(SIGN_IN).status_code == 503


def test_a_renamed_workspace_moves_at_once(client, workspace, at_once):
    client.get(SIGN_IN)

    with at_once():
        workspaces.rename(workspace, slug="thistle")

    assert WorkspaceClient("thistle.localhost").get(SIGN_IN).status_code == 200
    assert client.post(SIGN_IN).status_code == 404


def test_a_label_with_the_old_address_leads_to_the_new_one(client, workspace, at_once):
    with at_once():
        workspaces.rename(workspace, slug="thistle")

    response = client.get("/s/7K4Q?from=label")

    assert (response.status_code, response.url) == (
        302,
        addresses.url_of(workspace_now(workspace), "/s/7K4Q?from=label"),
    )
    assert "//thistle.localhost" in response.url


def test_a_workspace_may_go_back_to_its_old_address_and_nobody_else_may_have_it(workspace, other_workspace):
    moved = workspaces.rename(workspace, slug="thistle")

    with pytest.raises(addresses.AddressTaken):
        workspaces.rename(other_workspace, slug="ta")
    workspaces.rename(moved, slug="ta")

    assert workspace_now(workspace).slug == "ta"


def workspace_now(workspace):
    with in_public():
        return Workspace.objects.get(pk=workspace.pk)


def test_one_more_host_leads_to_the_workspace(workspace, at_once):
    assert WorkspaceClient("192.168.1.20").get(SIGN_IN).status_code == 404
    settings.ALLOWED_HOSTS.append("192.168.1.20")

    with at_once():
        workspaces.add_host(workspace, host="192.168.1.20")
    response = WorkspaceClient("192.168.1.20:8000").get(SIGN_IN)

    assert response.status_code == 200


def test_adding_a_host_twice_changes_nothing(workspace):
    workspaces.add_host(workspace, host="prints.example")
    workspaces.add_host(workspace, host="Prints.example.")

    with in_public():
        hosts_of = list(Domain.objects.filter(tenant=workspace).order_by("domain").values_list("domain", "is_primary"))
    assert hosts_of == [("prints.example", False), ("ta.localhost", True)]


@pytest.mark.parametrize("host", ["tb.localhost", "localhost"])
def test_a_host_that_leads_elsewhere_is_refused(workspace, host):
    with pytest.raises(workspaces.HostTaken):
        workspaces.add_host(workspace, host=host)


def test_suspending_twice_is_refused(workspace):
    workspaces.suspend(workspace)

    with pytest.raises(workspaces.NotInThisState, match="is suspended"):
        workspaces.suspend(workspace)


def test_a_request_runs_in_the_time_zone_and_language_of_the_workspace():
    with timezone.override("UTC"), translation.override("en"):
        Client(headers={"host": "ta.localhost"}).get(SIGN_IN)
        seen = timezone.get_current_timezone_name(), translation.get_language(), connection.tenant.slug

    assert seen == ("Europe/London", "en-gb", "ta")


def test_the_current_workspace_costs_no_query(workspace, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert (current_workspace().currency, workspace_or_none()) == ("GBP", workspace)


def test_the_bare_host_has_no_workspace():
    with in_public():
        assert workspace_or_none() is None
        with pytest.raises(NoWorkspace):
            current_workspace()


def test_fixing_the_code_is_remembered_and_free_afterwards(workspace, django_assert_num_queries):
    workspaces.fix_code(at=NOW)

    with django_assert_num_queries(0):
        workspaces.fix_code(at=datetime(2027, 1, 1, tzinfo=UTC))

    with in_public():
        assert Workspace.objects.get(pk=workspace.pk).code_fixed_at == NOW
