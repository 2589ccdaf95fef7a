"""The ledger of a busy roll, a page at a time."""

from decimal import Decimal
from uuid import uuid4

import pytest

from inventory.domain import ledger
from nozzly.testing.factories.inventory import SpoolFactory

pytestmark = pytest.mark.django_db


def test_history_of_a_busy_roll_comes_in_pages(client, owner):
    spool = SpoolFactory(on_hand=1000)
    for _time in range(27):
        entry = ledger.Entry(spool.pk, "consumption", Decimal(-10))
        ledger.post([entry], source="run", source_id=1, source_text="TA-1", key=uuid4(), by=owner, at=spool.opened_at)
    url = spool.get_absolute_url()

    newest = client.get(url).context["history"]
    older = client.get(url, {"below": newest.older}).context["history"]

    assert [line.balance for line in newest.lines] == [Decimal(730 + 10 * row) for row in range(25)]
    assert [line.balance for line in older.lines][:2] == [980, 990]
    assert older.older is None
    for odd in ("x", "-1", "9" * 18, "9" * 30):
        assert client.get(url, {"below": odd}).context["history"].lines[0].balance == 730
