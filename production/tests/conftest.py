"""The shop that tests of pages look at: somebody who planned, a roll, a dragon, a run of two of them."""

from uuid import uuid4

import pytest
from django.utils import timezone

from nozzly.accounts.permissions import Role
from nozzly.testing.factories.inventory import FilamentFactory, SpoolFactory
from nozzly.testing.fixtures import make_user
from production.domain import runs
from production.domain.runs import Pieces
from production.tests import shop


@pytest.fixture
def now():
    return timezone.now().replace(second=0, microsecond=0)


@pytest.fixture
def boss():
    """Whoever planned the run; not the one at the browser."""
    return make_user(Role.OWNER)


@pytest.fixture
def black():
    return FilamentFactory()


@pytest.fixture
def spool(black):
    """A kilogram for 20.00."""
    return SpoolFactory(filament=black)


@pytest.fixture
def dragon(black, spool):
    return shop.variant(slots={"body": (black, 40, 2)}, minutes="3")


@pytest.fixture
def run(boss, dragon, now):
    shop.rates()
    return runs.plan_run(outputs=[Pieces(dragon, 2, personalisation="Ada")], printer=shop.printer(), by=boss, at=now)[0]


@pytest.fixture
def done(run, boss, now):
    return runs.complete_run(run, key=uuid4(), by=boss, at=now)
