"""What tests stand on.

Every test outside nozzly.core and nozzly.embedded runs in a transaction of its own, inside the workspace "ta"; nothing
needs to be marked. Threads and other processes see no such transaction: a test that needs them asks for ``committed``.
"""

from itertools import count

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import connection, connections
from django.utils import timezone, translation

from nozzly.accounts.permissions import Role
from nozzly.tenancy import hosts
from nozzly.tenancy.models import Workspace
from nozzly.testing import databases
from nozzly.testing.clients import WorkspaceClient

_WITHOUT_DATABASE = ("nozzly.core.", "nozzly.embedded.")
_CACHE_PREFIX = settings.CACHES["default"]["KEY_PREFIX"]
_numbers = count(1)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, tmp_path_factory):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = str(tmp_path_factory.mktemp("media"))
    with django_db_blocker.unblock(), databases.session_database():
        yield
        _forget_cache_keys()


@pytest.fixture(autouse=True)
def _in_workspace(request):
    """Turn to the workspace "ta" with an empty cache; roll everything back afterwards."""
    if request.node.nodeid.replace("/", ".").startswith(_WITHOUT_DATABASE):
        yield
        return
    request.getfixturevalue("_committed_database" if "committed" in request.fixturenames else "db")
    settings.CACHES["default"]["KEY_PREFIX"] = cache.key_prefix = f"{_CACHE_PREFIX}-{next(_numbers)}"
    hosts._known.clear()
    connection.set_schema_to_public()
    here = Workspace.objects.get(slug="ta")
    connection.set_tenant(here)
    with timezone.override(here.zone), translation.override(here.language):
        yield
    connection.set_schema_to_public()


@pytest.fixture
def _committed_database(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        yield
        connections.close_all()
        databases.start_over()


@pytest.fixture
def committed():
    """Real commits, for tests with threads or processes; the database is made anew afterwards (0.3 s).

    A thread starts in public: let it do its work inside ``in_workspace(workspace)`` and close its connection.
    """


@pytest.fixture
def workspace() -> Workspace:
    """The workspace the test runs in: British, GBP, Europe/London, code TA."""
    return connection.tenant


@pytest.fixture
def other_workspace(workspace) -> Workspace:
    """A stranger on the same server: American, USD. Go there with ``in_workspace(other_workspace)``."""
    connection.set_schema_to_public()
    stranger = Workspace.objects.get(slug="tb")
    connection.set_tenant(workspace)
    return stranger


@pytest.fixture
def client() -> WorkspaceClient:
    """A browser at the workspace's host, signed in as the role whose fixture the test asks for, if any."""
    return WorkspaceClient("ta.localhost")


@pytest.fixture
def public_client() -> WorkspaceClient:
    """A browser at the bare host: sign-up and platform."""
    return WorkspaceClient("localhost")


@pytest.fixture
def client_for():
    """Make a browser for a role: ``client_for(Role.VIEWER).get(…)``; ``client_for(None)`` is nobody."""

    def make(role: Role | None) -> WorkspaceClient:
        browser = WorkspaceClient("ta.localhost")
        return browser.sign_in(make_user(role)) if role else browser

    return make


def make_user(role: Role, **fields):
    """A person with this role in the current workspace."""
    number = next(_numbers)
    fields = {"email": f"{role}{number}@example.com", "name": f"{role.title()} {number}"} | fields
    return get_user_model().objects.create_user(role=role, **fields)


def _role_fixture(role):
    def fixture(request):
        user = make_user(role)
        if "client" in request.fixturenames:
            request.getfixturevalue("client").sign_in(user)
        return user

    fixture.__doc__ = f"Somebody with the role {role.label}; ``client`` is signed in as them."
    return pytest.fixture(name=role.value)(fixture)


owner = _role_fixture(Role.OWNER)
manager = _role_fixture(Role.MANAGER)
operator = _role_fixture(Role.OPERATOR)
bookkeeper = _role_fixture(Role.BOOKKEEPER)
viewer = _role_fixture(Role.VIEWER)


@pytest.fixture
def user(owner):
    """Somebody who may do everything, for domain functions that ask who."""
    return owner


def _forget_cache_keys():
    client = cache._cache.get_client(write=True)
    if keys := list(client.scan_iter(f"*:{_CACHE_PREFIX}-*", count=1000)):
        client.delete(*keys)
