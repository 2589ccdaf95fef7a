"""Walks the whole URLconf: what belongs to one workspace, or to one role, turns up nowhere else."""

import re
from collections.abc import Iterator
from functools import reduce
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.shortcuts import resolve_url
from django.urls import URLPattern, URLResolver, reverse

from nozzly.accounts.permissions import Role
from nozzly.tenancy.current import in_workspace
from nozzly.testing.clients import WorkspaceClient
from nozzly.testing.fixtures import make_user
from nozzly.testing.walking import SECRET_COST, SECRET_WORD, one_of_everything, words_of
from nozzly.tests import url_table
from nozzly.tests.url_table import ANYBODY, NOT_THERE, PLATFORM, ROLES, WORKSPACE

EXPORTS = ("", "?format=csv", "?format=xlsx")
LABEL = re.compile(r"[a-z]+\.[A-Z][A-Za-z]+")
PRINTED_COSTS = (SECRET_COST, "7,313.37", "7313.4", "7,313.4")


def each_url(patterns: list, namespaces: tuple = ()) -> Iterator[tuple[str, URLPattern]]:
    for entry in patterns:
        if isinstance(entry, URLPattern):
            yield ":".join((*namespaces, entry.name or str(entry.pattern))), entry
        elif isinstance(entry, URLResolver) and entry.app_name != "admin":
            yield from each_url(entry.url_patterns, (*namespaces, entry.namespace) if entry.namespace else namespaces)


def names_in(urlconf: str) -> set[str]:
    return {name for name, _pattern in each_url(import_module(urlconf).urlpatterns)}


def keys_of(spec: dict, made: dict) -> dict:
    return {key: key_of(source, made) for key, source in spec.items()}


def key_of(source: str, made: dict):
    label = ".".join(source.split(".")[:2])
    if not LABEL.fullmatch(label):
        return source
    return reduce(getattr, source.split(".")[2:] or ["pk"], made[label])


def url_of(name: str, made: dict) -> str:
    return reverse(name, urlconf=settings.ROOT_URLCONF, kwargs=keys_of(WORKSPACE[name][1], made))


def ask(browser: WorkspaceClient, url: str, method: str = "get"):
    """Ask in a savepoint that is taken back: walking past a door must not change what stands behind the next one."""
    with transaction.atomic():
        response = getattr(browser, method)(url)
        if not response.streaming:
            response.render() if hasattr(response, "render") and not response.is_rendered else None
        transaction.set_rollback(True)
    return response


def outcome(name: str, response) -> str:
    if response.status_code == 302 and response.headers["Location"].startswith(resolve_url(settings.LOGIN_URL)):
        return "login"
    if response.status_code == 403:
        return "refused"
    past_the_door = response.status_code < 500 and (response.status_code != 404 or name in NOT_THERE)
    return "open" if past_the_door else str(response.status_code)


@pytest.fixture
def made():
    return one_of_everything()


def browser_for(role: Role | None, host: str = "ta.localhost") -> WorkspaceClient:
    browser = WorkspaceClient(host)
    browser.raise_request_exception = False
    return browser.sign_in(make_user(role)) if role else browser


def test_every_url_of_a_workspace_stands_in_the_table():
    assert (names_in(settings.ROOT_URLCONF) - WORKSPACE.keys(), WORKSPACE.keys() - names_in(settings.ROOT_URLCONF)) == (
        set(),
        set(),
    )


def test_every_url_of_the_platform_stands_in_the_table():
    assert names_in(settings.PUBLIC_SCHEMA_URLCONF) == set(PLATFORM)


@pytest.mark.parametrize("role", Role.values)
def test_each_role_opens_what_the_table_says(made, role):
    letter = {name: letter for letter, name in ROLES.items()}[role]
    browser = browser_for(role)
    expected = {name: "open" if who == ANYBODY or letter in who else "refused" for name, (who, _) in WORKSPACE.items()}

    found = {name: outcome(name, ask(browser, url_of(name, made))) for name in WORKSPACE}

    assert differences(found, expected) == {}


def test_nobody_gets_past_the_door_without_signing_in(made):
    browser = browser_for(None)
    guarded = [name for name, (who, _) in WORKSPACE.items() if who != ANYBODY]

    found = {name: outcome(name, ask(browser, url_of(name, made))) for name in guarded}

    assert differences(found, dict.fromkeys(guarded, "login")) == {}


def test_a_cookie_of_the_other_workspace_opens_nothing(made, other_workspace):
    with in_workspace(other_workspace):
        stranger = WorkspaceClient("tb.localhost").sign_in(make_user(Role.OWNER))
    browser = browser_for(None)
    browser.cookies = stranger.cookies
    make_user(Role.OWNER)
    guarded = [name for name, (who, _) in WORKSPACE.items() if who != ANYBODY]

    found = {name: outcome(name, ask(browser, url_of(name, made))) for name in guarded}

    assert differences(found, dict.fromkeys(guarded, "login")) == {}


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_keys_of_one_workspace_show_nothing_of_it_in_another(made, other_workspace, method):
    urls = {name: url_of(name, made) for name in WORKSPACE}
    with in_workspace(other_workspace):
        browser = browser_for(Role.OWNER, "tb.localhost")

        telling = {
            url
            for name, url in urls.items()
            for form in (EXPORTS if method == "get" else ("",))
            if SECRET_WORD in words_of(ask(browser, url + form, method))
        }

    assert telling == set()


def test_at_home_the_same_keys_show_the_planted_texts(made):
    browser = browser_for(Role.OWNER)

    telling = {name for name in WORKSPACE if SECRET_WORD in words_of(ask(browser, url_of(name, made)))}

    assert len(telling) > len(WORKSPACE) // 4  # the walk of the stranger would otherwise prove nothing


def test_searching_elsewhere_finds_nothing(made, other_workspace):
    asked = reverse("home:search") + f"?q={SECRET_WORD[:-1]}"
    with in_workspace(other_workspace):
        there = words_of(ask(browser_for(Role.OWNER, "tb.localhost"), asked))

    assert SECRET_WORD not in there


def test_files_of_one_workspace_are_not_served_in_another(other_workspace):
    name = default_storage.save("plans/ours.txt", ContentFile(SECRET_WORD.encode()))
    url = default_storage.url(name)
    with in_workspace(other_workspace):
        there = ask(browser_for(Role.OWNER, "tb.localhost"), url)
        default_storage.delete(name)
    here = ask(browser_for(Role.OWNER), url)

    assert (there.status_code, here.status_code, words_of(here)) == (404, 200, SECRET_WORD)


def test_pages_leave_nothing_in_a_cache_that_another_workspace_reads(made, other_workspace):
    browser = browser_for(Role.OWNER)
    for name in WORKSPACE:
        ask(browser, url_of(name, made))
    client = cache._cache.get_client(write=True)
    keys = [key.decode() for key in client.scan_iter(f"*{cache.key_prefix}*")]

    assert {key.partition(":")[0] for key in keys if SECRET_WORD in str(client.get(key))} <= {"t_ta"}


@pytest.mark.parametrize("form", EXPORTS)
def test_an_operator_is_shown_no_cost(made, form):
    browser = browser_for(Role.OPERATOR)

    telling = {
        name
        for name in WORKSPACE
        if any(cost in words_of(ask(browser, url_of(name, made) + form)) for cost in PRINTED_COSTS)
    }

    assert telling == set()


def test_an_owner_is_shown_the_planted_costs(made):
    browser = browser_for(Role.OWNER)

    telling = {
        name for name in WORKSPACE if any(cost in words_of(ask(browser, url_of(name, made))) for cost in PRINTED_COSTS)
    }

    assert telling != set()


def test_no_foreign_key_leaves_a_workspace():
    public = {"tenancy"}
    leaving = [
        str(field)
        for model in apps.get_models()
        if model._meta.app_label not in public
        for field in model._meta.get_fields()
        if field.many_to_one and field.related_model and field.related_model._meta.app_label in public
    ]

    assert leaving == []


def differences(found: dict, expected: dict) -> dict:
    return {name: f"{found[name]}, not {expected[name]}" for name in found if found[name] != expected[name]}


def test_the_table_names_known_roles_only():
    letters = {letter for who, _ in WORKSPACE.values() if who != ANYBODY for letter in who}

    assert (letters <= set(ROLES), set(ROLES.values()), url_table.EVERY_ROLE) == (
        True,
        set(Role.values),
        "".join(ROLES),
    )
