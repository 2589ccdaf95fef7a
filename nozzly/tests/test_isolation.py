"""Walks the whole URLconf: what belongs to one workspace, or to one role, turns up nowhere else."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.shortcuts import resolve_url
from django.urls import URLPattern, URLResolver, reverse

from nozzly.accounts.permissions import ROLE_PERMISSIONS, Role
from nozzly.tenancy.current import in_workspace
from nozzly.testing.clients import WorkspaceClient
from nozzly.testing.fixtures import make_user
from nozzly.testing.walking import SECRET_COST, SECRET_WORD, one_of_everything, words_of
from nozzly.tests import url_table
from nozzly.tests.url_table import ANYBODY, NOT_THERE, PLATFORM, ROLES, WORKSPACE
from nozzly.web.guard import Access, access_of

GUARDED = [name for name, (who, _) in WORKSPACE.items() if who != ANYBODY]
LISTS = [name for name, (_, keys) in WORKSPACE.items() if not keys]
_walked: dict[Role, dict] = {}
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


@dataclass(frozen=True)
class Answer:
    status: int
    leads_to: str
    words: str


def ask(browser: WorkspaceClient, url: str, method: str = "get") -> Answer:
    """Ask in a savepoint that is taken back: walking past a door must not change what stands behind the next one."""
    with transaction.atomic():
        response = getattr(browser, method)(url)
        answer = Answer(response.status_code, response.headers.get("Location", ""), words_of(response))
        transaction.set_rollback(True)
    return answer


def walk(browser: WorkspaceClient, made: dict, names=WORKSPACE) -> dict[str, Answer]:
    return {name: ask(browser, url_of(name, made)) for name in names}


def outcome(name: str, answer: Answer) -> str:
    if answer.status == 302 and answer.leads_to.startswith(resolve_url(settings.LOGIN_URL)):
        return "open" if WORKSPACE[name][0] == ANYBODY else "login"
    if answer.status == 403:
        return "refused"
    past_the_door = answer.status < 500 and (answer.status != 404 or name in NOT_THERE)
    return "open" if past_the_door else str(answer.status)


def outcomes(browser: WorkspaceClient, made: dict, names: list[str]) -> dict[str, str]:
    return {name: outcome(name, answer) for name, answer in walk(browser, made, names).items()}


def tells(text: str, secrets: tuple = (SECRET_WORD,)) -> bool:
    return any(secret in text for secret in secrets)


@pytest.fixture
def made():
    return one_of_everything()


@pytest.fixture
def answers_for(request):
    """What each page answers to a role at home; walked once for all tests that look at it."""

    def answers(role: Role) -> dict[str, Answer]:
        if role not in _walked:
            _walked[role] = walk(browser_for(role), request.getfixturevalue("made"))
        return _walked[role]

    return answers


def browser_for(role: Role | None, host: str = "ta.localhost") -> WorkspaceClient:
    browser = WorkspaceClient(host)
    browser.raise_request_exception = False
    return browser.sign_in(make_user(role)) if role else browser


def line_for(name: str, pattern: URLPattern) -> str:
    """The line that is missing, ready to be read with a sharp eye and put into the table."""
    access = access_of(pattern.callback)
    letters = "".join(letter for letter, role in ROLES.items() if access in {Access.LOGIN, *ROLE_PERMISSIONS[role]})
    who = "ANYBODY" if access == Access.PUBLIC else f'"{letters}"'
    keys = ", ".join(f'"{key}": "?"' for key in pattern.pattern.converters)
    return f'"{name}": ({who}, {{{keys}}}),'


def test_every_url_of_a_workspace_stands_in_the_table():
    patterns = dict(each_url(import_module(settings.ROOT_URLCONF).urlpatterns))

    missing = [line_for(name, pattern) for name, pattern in patterns.items() if name not in WORKSPACE]

    assert (missing, WORKSPACE.keys() - patterns.keys()) == ([], set())


@pytest.mark.parametrize("urlconf", [settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF])
def test_no_url_hides_behind_the_name_of_another(urlconf):
    names = Counter(name for name, _pattern in each_url(import_module(urlconf).urlpatterns))

    assert [name for name, times in names.items() if times > 1] == []


def test_every_url_of_the_platform_stands_in_the_table():
    assert names_in(settings.PUBLIC_SCHEMA_URLCONF) == set(PLATFORM)


@pytest.mark.parametrize("role", Role.values)
def test_each_role_opens_what_the_table_says(answers_for, role):
    letter = {name: letter for letter, name in ROLES.items()}[role]
    expected = {name: "open" if who == ANYBODY or letter in who else "refused" for name, (who, _) in WORKSPACE.items()}

    found = {name: outcome(name, answer) for name, answer in answers_for(role).items()}

    assert differences(found, expected) == {}


def test_nobody_gets_past_the_door_without_signing_in(made):
    found = outcomes(browser_for(None), made, GUARDED)

    assert differences(found, dict.fromkeys(GUARDED, "login")) == {}


def test_a_cookie_of_the_other_workspace_opens_nothing(made, other_workspace):
    with in_workspace(other_workspace):
        stranger = WorkspaceClient("tb.localhost").sign_in(make_user(Role.OWNER))
    browser = browser_for(None)
    browser.cookies = stranger.cookies
    make_user(Role.OWNER)

    found = outcomes(browser, made, GUARDED)

    assert differences(found, dict.fromkeys(GUARDED, "login")) == {}


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_keys_of_one_workspace_show_nothing_of_it_in_another(made, other_workspace, method):
    urls = {name: url_of(name, made) for name in WORKSPACE}
    with in_workspace(other_workspace):
        browser = browser_for(Role.OWNER, "tb.localhost")

        telling = {name for name, url in urls.items() if tells(ask(browser, url, method).words)}

    assert telling == set()


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_no_export_hands_out_rows_of_another_workspace(made, other_workspace, file_format):
    urls = {name: url_of(name, made) + f"?format={file_format}" for name in LISTS}
    with in_workspace(other_workspace):
        browser = browser_for(Role.OWNER, "tb.localhost")

        telling = {name for name, url in urls.items() if tells(ask(browser, url).words)}

    assert telling == set()


def test_at_home_the_same_keys_show_the_planted_texts(answers_for):
    answers = answers_for(Role.OWNER)

    telling = {name for name, answer in answers.items() if tells(answer.words)}

    assert len(telling) > len(WORKSPACE) // 4  # the walk of the stranger would otherwise prove nothing


def back_office_urls(made: dict) -> list[str]:
    pages = []
    for model in admin.site._registry:
        place = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        pages.append(reverse(f"{place}_changelist"))
        if row := made.get(model._meta.label):
            pages.append(reverse(f"{place}_change", args=[row.pk]))
    return pages


def test_the_back_office_shows_nothing_of_another_workspace(made, other_workspace):
    urls = back_office_urls(made)
    with in_workspace(other_workspace):
        browser = browser_for(Role.OWNER, "tb.localhost")

        telling = {url for url in urls if tells(ask(browser, url).words)}

    assert (telling, len(urls) > 20) == (set(), True)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.VIEWER, Role.BOOKKEEPER, None])
def test_the_back_office_is_closed_to_everybody_else(made, role):
    browser = browser_for(role)

    answers = {url: ask(browser, url) for url in back_office_urls(made)}

    assert {url: answer.status for url, answer in answers.items() if answer.status == 200 or tells(answer.words)} == {}


def test_searching_elsewhere_finds_nothing(made, other_workspace):
    asked = reverse("home:search") + f"?q={SECRET_WORD[:-1]}"
    with in_workspace(other_workspace):
        there = ask(browser_for(Role.OWNER, "tb.localhost"), asked)

    assert (there.status, tells(there.words)) == (200, False)


def test_files_of_one_workspace_are_not_served_in_another(other_workspace):
    name = default_storage.save("catalog/photos/ours.txt", ContentFile(SECRET_WORD.encode()))
    url = default_storage.url(name)
    with in_workspace(other_workspace):
        there = ask(browser_for(Role.OWNER, "tb.localhost"), url)
        disguised = ask(browser_for(Role.OWNER, "tb.localhost"), url.replace("t_ta", "t_tb"))
    here = ask(browser_for(Role.OWNER), url)

    assert (there.status, disguised.status, here.status, here.words) == (404, 404, 200, SECRET_WORD)


def test_pages_leave_nothing_in_a_cache_that_another_workspace_reads(made):
    walk(browser_for(Role.OWNER), made)
    client = cache._cache.get_client(write=True)
    keys = [key.decode() for key in client.scan_iter(f"*:{cache.key_prefix}:*")]

    telling = {key.partition(":")[0] for key in keys if tells(str(client.get(key)))}

    assert telling <= {"t_ta"}


def test_an_operator_is_shown_no_cost(answers_for):
    answers = answers_for(Role.OPERATOR)

    telling = {name for name, answer in answers.items() if tells(answer.words, PRINTED_COSTS)}

    assert telling == set()


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_an_operator_exports_no_cost(made, file_format):
    browser = browser_for(Role.OPERATOR)

    telling = {
        name
        for name in LISTS
        if tells(ask(browser, url_of(name, made) + f"?format={file_format}").words, PRINTED_COSTS)
    }

    assert telling == set()


def test_an_owner_is_shown_the_planted_costs(answers_for):
    answers = answers_for(Role.OWNER)

    telling = {name for name, answer in answers.items() if tells(answer.words, PRINTED_COSTS)}

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
