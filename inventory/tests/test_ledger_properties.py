"""Whatever is booked in whatever order: grams and money are conserved and nothing goes below nothing."""

from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from inventory.choices import MovementKind
from inventory.domain import deliveries, ledger, lots, spools, stocktakes, undoing
from inventory.domain.checking import check_ledger
from inventory.domain.ledger import AlreadyReversed, Entry, InsufficientStock, NothingToRevalue
from inventory.domain.lots import NotAnAmount
from inventory.domain.undoing import NotUndoable
from inventory.domain.valuation import Balance
from inventory.models import Lot
from inventory.models.movements import Movement
from nozzly.testing.factories.inventory import FilamentFactory, SupplierFactory

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
grams = st.decimals("0.001", "1500", places=3)
money = st.decimals("0", "60", places=2)


class StockRoom(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.filament = FilamentFactory()
        self.keys = []
        self.parcels = []
        self.stocktake = None

    def rolls(self):
        return list(Lot.objects.available().filter(item=self.filament.item).order_by("pk"))

    def some(self, data):
        return data.draw(st.sampled_from(self.rolls()))

    def post(self, *entries):
        key = uuid4()
        ledger.post(entries, source="run", source_id=1, source_text="", key=key, by=None, at=NOON)
        self.keys.append(key)

    @rule(price=money, count=st.integers(1, 3))
    def receive(self, price, count):
        rolls = spools.Rolls(total_price=price)
        spools.add_spools(self.filament, count=count, rolls=rolls, key=uuid4(), by=None, at=NOON)

    @precondition(lambda self: self.rolls())
    @rule(data=st.data(), part=grams, purged=grams)
    def print_something(self, data, part, purged):
        lot = self.some(data)
        self.post(Entry(lot.pk, MovementKind.CONSUMPTION, -part), Entry(lot.pk, MovementKind.PURGE, -purged))

    @precondition(lambda self: self.rolls())
    @rule(data=st.data(), gross=st.decimals("200", "1400", places=1))
    def weigh(self, data, gross):
        spool = self.some(data).spool
        spools.weigh(spool, gross_g=gross, key=uuid4(), by=None, at=NOON)
        assert Lot.objects.get(pk=spool.pk).on_hand == gross - 200

    @precondition(lambda self: self.rolls())
    @rule(data=st.data(), part=grams)
    def split(self, data, part):
        lot = self.some(data)
        try:
            lots.transfer(lot, quantity=part, location=None, key=uuid4(), by=None, at=NOON)
        except InsufficientStock:
            assert part > lot.on_hand
        else:
            for piece in self.filament.item.lots.filter(spool=None):
                piece.spool = type(lot.spool).objects.create(lot=piece, net_weight_g=1000)

    @precondition(lambda self: self.rolls())
    @rule(data=st.data(), counted=st.decimals("0", "900", places=3))
    def count(self, data, counted):
        lots.count(self.some(data), counted=counted, key=uuid4(), by=None, at=NOON)

    @precondition(lambda self: self.rolls())
    @rule(data=st.data(), bought=money, full=money)
    def write_down(self, data, bought, full):
        with suppress(NotAnAmount, NothingToRevalue):
            lots.revalue(self.some(data), bought_value=bought, full_value=full, note="", key=uuid4(), by=None, at=NOON)

    @rule(total=money, postage=money, count=st.integers(1, 3))
    def receive_parcel(self, total, postage, count):
        lines = [deliveries.Line(self.filament.item, count, Decimal(1000), total)]
        invoice = deliveries.Invoice(received_on=NOON.date(), postage=postage)
        parcel = deliveries.receive(SupplierFactory(), lines=lines, invoice=invoice, key=uuid4(), by=None, at=NOON)
        values = parcel.lines.get().lots.aggregate(bought=Sum("bought_value"), grams=Sum("on_hand"))
        assert values == {"bought": total + postage, "grams": 1000 * count}
        self.parcels.append(parcel)

    @precondition(lambda self: self.parcels)
    @rule(data=st.data())
    def send_a_parcel_back(self, data):
        parcel = data.draw(st.sampled_from(self.parcels))
        first = undoing.first_of_delivery(parcel)
        used = any(lot.on_hand < 1000 for line in parcel.lines.all() for lot in line.lots.all())
        try:
            undoing.undo(first, by=None, at=NOON)
        except (AlreadyReversed, NotUndoable):
            assert Movement.objects.filter(reverses=first).exists()
        except InsufficientStock:
            assert used
        else:
            assert not used

    @precondition(lambda self: self.rolls() and self.stocktake is None)
    @rule(data=st.data(), counted=st.lists(st.decimals("0", "900", places=3), min_size=1, max_size=3))
    def begin_a_stocktake(self, data, counted):
        self.stocktake = stocktakes.start_stocktake(name="Year end", locations=[], by=None, at=NOON)
        for each in counted:
            stocktakes.count_lot(self.stocktake, self.some(data), counted=each, by=None, at=NOON)

    @precondition(lambda self: self.stocktake is not None)
    @rule()
    def approve_the_stocktake(self):
        """What has moved since it was counted is neither lost nor counted twice."""
        lines = list(self.stocktake.lines.select_related("lot"))
        stocktakes.approve(self.stocktake, by=None, at=NOON)
        for line in lines:
            assert Lot.objects.get(pk=line.lot_id).on_hand == max(line.lot.on_hand + line.difference, 0)
        self.stocktake = None

    @precondition(lambda self: self.keys)
    @rule(data=st.data())
    def undo(self, data):
        with suppress(AlreadyReversed, InsufficientStock):
            ledger.reverse(data.draw(st.sampled_from(self.keys)), key=uuid4(), by=None, at=NOON)

    @invariant()
    def balances_are_the_sums_of_the_ledger(self):
        assert check_ledger() == []
        for lot in self.rolls():
            assert lot.on_hand >= 0
            assert lot.on_hand > 0 or lot.bought_value == lot.full_value == 0

    @invariant()
    def moving_from_one_place_to_another_makes_and_loses_nothing(self):
        moved = Movement.objects.filter(kind=MovementKind.TRANSFER).aggregate(
            held=Sum("quantity", default=0), bought=Sum("bought_value", default=0), full=Sum("full_value", default=0)
        )
        assert set(moved.values()) == {0}


def test_grams_and_money_are_conserved():
    run_state_machine_as_test(
        StockRoom,
        settings=settings(
            max_examples=14, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.mark.parametrize("currency", ["GBP", "JPY"])
def test_a_balance_that_is_emptied_is_worth_nothing(currency):
    balance = Balance()
    balance.book(Decimal(7), Decimal(100), Decimal(50), currency=currency)

    taken = [balance.book(Decimal(-1), None, None, currency=currency) for _piece in range(7)]

    assert sum(bought for bought, _full in taken) == -100
    assert sum(full for _bought, full in taken) == -50
    assert (balance.quantity, balance.bought_value, balance.full_value) == (0, 0, 0)
