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
from inventory.domain import ledger, lots, spools
from inventory.domain.ledger import AlreadyReversed, Entry, InsufficientStock
from inventory.domain.valuation import Balance
from inventory.models import Lot
from inventory.models.movements import Movement
from nozzly.testing.factories.inventory import FilamentFactory

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
grams = st.decimals("0.001", "1500", places=3)
money = st.decimals("0", "60", places=2)


class StockRoom(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.filament = FilamentFactory()
        self.keys = []

    def rolls(self):
        return list(Lot.objects.filter(item=self.filament.item).order_by("pk"))

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
            self.filament.item.lots.filter(spool=None).update(archived_at=NOON)
            for piece in self.filament.item.lots.filter(spool=None):
                piece.spool = type(lot.spool).objects.create(lot=piece, net_weight_g=1000)

    @precondition(lambda self: self.rolls())
    @rule(data=st.data(), counted=st.decimals("0", "900", places=3))
    def count(self, data, counted):
        lots.count(self.some(data), counted=counted, key=uuid4(), by=None, at=NOON)

    @precondition(lambda self: self.keys)
    @rule(data=st.data())
    def undo(self, data):
        with suppress(AlreadyReversed, InsufficientStock):
            ledger.reverse(data.draw(st.sampled_from(self.keys)), key=uuid4(), by=None, at=NOON)

    @invariant()
    def balances_are_the_sums_of_the_ledger(self):
        for lot in self.rolls():
            sums = Movement.objects.filter(lot=lot).aggregate(
                held=Sum("quantity", default=0),
                bought=Sum("bought_value", default=0),
                full=Sum("full_value", default=0),
            )
            assert (lot.on_hand, lot.bought_value, lot.full_value) == (sums["held"], sums["bought"], sums["full"])
            assert lot.on_hand >= 0
            assert lot.on_hand > 0 or lot.bought_value == lot.full_value == 0


def test_grams_and_money_are_conserved():
    run_state_machine_as_test(
        StockRoom,
        settings=settings(
            max_examples=12, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
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
