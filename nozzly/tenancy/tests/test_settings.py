from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from nozzly.tenancy.current import current_workspace, in_public
from nozzly.tenancy.domain import addresses, workspaces
from nozzly.tenancy.domain.settings import CodeIsFixed, SettingNotPossible, change_settings
from nozzly.tenancy.models import Workspace

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def stored(workspace):
    with in_public():
        return Workspace.objects.get(pk=workspace.pk)


def test_change_settings_holds_for_this_request_and_the_next(workspace):
    change_settings(name="Thistle & Rose", currency="EUR", primary_colour="#1b6ec2")

    kept = stored(workspace)
    assert (current_workspace().name, kept.name, kept.currency) == ("Thistle & Rose", "Thistle & Rose", "EUR")
    assert connection.schema_name == "t_ta"


def test_change_settings_tells_all_processes(client, workspace, django_capture_on_commit_callbacks):
    client.get("/account/sign-in/")
    with django_capture_on_commit_callbacks(execute=True):
        change_settings(name="Thistle & Rose")

    response = client.get("/account/sign-in/")

    assert response.context["workspace"].name == "Thistle & Rose"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", ""),
        ("name", "x" * 121),
        ("code", "A"),
        ("code", "ab"),
        ("code", "ABCDEFGHI"),
        ("country", "XX"),
        ("country", "001"),
        ("currency", "ZZZ"),
        ("time_zone", "Mars/Olympus"),
        ("locale", "tlh"),
        ("primary_colour", "red"),
        ("accent_colour", "#GGGGGG"),
    ],
)
def test_a_value_that_no_workspace_can_have_is_refused(workspace, name, value):
    with pytest.raises(SettingNotPossible) as refused:
        change_settings(**{name: value})

    assert (refused.value.field, getattr(stored(workspace), name)) == (name, getattr(workspace, name))


def test_the_code_can_change_until_the_first_run(workspace):
    change_settings(code="THIS")
    workspaces.fix_code(at=NOW)
    connection.set_tenant(stored(workspace))

    with pytest.raises(CodeIsFixed, match="Runs are numbered with THIS already"):
        change_settings(code="THAT")
    assert stored(workspace).code == "THIS"


def test_a_fixed_code_may_be_sent_again_unchanged(workspace):
    workspaces.fix_code(at=NOW)

    change_settings(code="TA", name="Thistle")

    assert stored(workspace).name == "Thistle"


def test_slug_and_state_are_no_settings():
    with pytest.raises(TypeError, match="slug"):
        change_settings(slug="elsewhere")


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("tenancy_workspace_schema_prefixed", {"schema_name": "public"}),
        ("tenancy_workspace_slug_is_label", {"slug": "No_Label"}),
        ("tenancy_workspace_code_letters", {"code": "a1"}),
        ("tenancy_workspace_country_iso", {"country": "gb"}),
        ("tenancy_workspace_currency_iso", {"currency": "gb"}),
        ("tenancy_workspace_named", {"name": ""}),
        ("tenancy_workspace_primary_colour_hex", {"primary_colour": "red"}),
        ("tenancy_workspace_accent_colour_hex", {"accent_colour": "red"}),
        ("tenancy_workspace_state_known", {"state": "lost"}),
    ],
)
def test_the_database_refuses_what_the_rules_refuse(workspace, rule, changes):
    with in_public(), pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Workspace.objects.filter(pk=workspace.pk).update(**changes)


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Ada & Söhne", "ada-sohne"), ("TA", "ta-2"), ("Admin", "admin-2"), ("日本", "workshop"), ("x", "x-prints")],
)
def test_an_address_is_suggested_from_the_name(name, slug):
    with in_public():
        assert addresses.suggest(name) == slug


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Blue Otter Prints", "BOP"),
        ("Thistle", "THI"),
        ("日本", "XX"),
        ("X", "XX"),
        ("A b c d e f", "ABCD"),
        ("Ox", "OX"),
    ],
)
def test_a_code_is_suggested_from_the_name(name, code):
    assert addresses.suggest_code(name) == code


def test_the_address_for_people_has_scheme_and_port(workspace, settings):
    settings.PORT, settings.HTTPS = 8000, False
    at_a_desk = addresses.url_of(workspace, "/s/7K4Q")
    settings.PORT, settings.HTTPS = 0, True

    assert (at_a_desk, addresses.url_of(workspace)) == ("http://ta.localhost:8000/s/7K4Q", "https://ta.localhost/")
