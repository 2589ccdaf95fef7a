"""Purchases net where tax comes back on their day, gross where not."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from inventory.domain import delivery_tax
from inventory.domain.deliveries import Invoice, Line
from inventory.domain.delivery_tax import InvoiceTax
from inventory.models import Lot
from nozzly.tax.domain.status import BEGINNING, set_status
from nozzly.testing.factories.inventory import FilamentFactory, ItemFactory, SupplierFactory

D = Decimal
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
BEFORE, AFTER = date(2026, 9, 30), date(2026, 10, 1)


@pytest.fixture(autouse=True)
def _registered_in_autumn():
    set_status(valid_from=BEGINNING, registered=False, ships_from="GB")
    set_status(valid_from=AFTER, registered=True, ships_from="GB")


def book(on, *, in_rows, tax="12.00"):
    """A roll for 40 and a bag of magnets for 10 with 10 postage, 12 tax on all of it where they are typed without it."""
    rows = (48, 12) if in_rows else (40, 10)
    lines = [Line(FilamentFactory().item, 1, D(1000), D(rows[0])), Line(ItemFactory(), 1, D(100), D(rows[1]))]
    invoice = Invoice(received_on=on, postage=D(12 if in_rows else 10))
    told = InvoiceTax(D(tax), in_rows=in_rows)
    return delivery_tax.receive(
        SupplierFactory(), lines=lines, invoice=invoice, tax=told, key=uuid4(), by=None, at=NOON
    )


@pytest.mark.parametrize(("in_rows"), [True, False])
@pytest.mark.parametrize(("on", "costs"), [(BEFORE, ["57.60", "14.40"]), (AFTER, ["48.00", "12.00"])])
def test_spools_and_parts_cost_what_does_not_come_back_on_their_day(on, costs, in_rows):
    delivery = book(on, in_rows=in_rows)

    values = list(
        Lot.objects.filter(delivery_line__delivery=delivery).order_by("pk").values_list("bought_value", flat=True)
    )
    assert (values, delivery.tax, delivery.tax_back) == ([D(cost) for cost in costs], 12, on == AFTER)


def test_more_tax_than_the_rows_hold_is_refused():
    with pytest.raises(delivery_tax.MoreTaxThanGoods):
        book(AFTER, in_rows=True, tax="72.01")
    assert not Lot.objects.exists()


@pytest.mark.parametrize("expected", [(BEFORE, "0.0576"), (AFTER, "0.048")])
def test_what_a_gram_costs_in_prices_follows(expected):
    on, per_g = expected

    line = book(on, in_rows=False).lines.order_by("pk").first()

    assert line.item.last_cost_per_unit == D(per_g)
