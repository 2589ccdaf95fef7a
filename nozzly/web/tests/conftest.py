import pytest


@pytest.fixture(autouse=True)
def _pages(settings):
    """The shell alone, with one page of each kind: these tests are about what the apps stand on."""
    settings.ROOT_URLCONF = "nozzly.web.tests.pages_for_tests"
