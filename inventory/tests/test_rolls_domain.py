from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from inventory.choices import LocationKind, SpoolState
from inventory.domain import ledger, lots, spools, stock
from inventory.domain.lots import InsufficientStock, NotAnAmount
from inventory.domain.spools import LighterThanItsReel, NoRolls, SlotHoldsOne, TareUnknown
from inventory.models import Lot, Weighing
from nozzly.core.models import WrittenOnce
from nozzly.testing.factories.inventory import (
    FilamentFactory,
    LocationFactory,
    LotFactory,
    MaterialGroupFactory,
    SpoolFactory,
    WeighingFactory,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def weigh(spool, gross_g, **more):
    return spools.weigh(spool, gross_g=Decimal(gross_g), key=more.pop("key", uuid4()), by=None, at=NOON, **more)


# Spools


def test_add_spools_needs_a_roll_with_something_on_it():
    with pytest.raises(NoRolls):
        spools.add_spools(FilamentFactory(), count=0, key=uuid4(), by=None, at=NOON)
    rolls = spools.Rolls(left_g=Decimal(0))
    with pytest.raises(NoRolls):
        spools.add_spools(FilamentFactory(), count=1, rolls=rolls, key=uuid4(), by=None, at=NOON)


def test_a_roll_above_nominal_is_sealed_and_full():
    rolls = spools.Rolls(left_g=Decimal(1020))

    (spool,) = spools.add_spools(FilamentFactory(), count=1, rolls=rolls, key=uuid4(), by=None, at=NOON)

    spool.lot.refresh_from_db()
    assert (spool.state, spool.lot.on_hand, spool.left_pct) == (SpoolState.SEALED, 1020, 100)


def test_tare_falls_back_from_roll_to_filament_to_brand():
    spool = SpoolFactory(filament__brand__empty_reel_g=Decimal(200))
    filament = spool.lot.item.filament

    assert spools.tare_of(spool) == 200
    filament.empty_reel_g = Decimal(0)
    assert spools.tare_of(spool) == 0
    spool.tare_g = Decimal(210)
    assert spools.tare_of(spool) == 210


def test_weigh_twice_with_one_key_books_once():
    spool, key = SpoolFactory(on_hand=300), uuid4()

    first = weigh(spool, 450, key=key)
    again = weigh(spool, 450, key=key)

    assert again == first
    assert Weighing.objects.count() == 1
    assert ledger.movements_of(spool.lot).count() == 2


def test_weigh_opens_a_sealed_roll_that_is_lighter_and_revives_an_empty_one():
    sealed, full = SpoolFactory(state=SpoolState.SEALED), SpoolFactory(state=SpoolState.SEALED)
    empty = SpoolFactory(state=SpoolState.EMPTY, on_hand=0)

    for spool, gross in ((sealed, 1100), (full, 1205), (empty, 230)):
        weigh(spool, gross)
        spool.refresh_from_db()

    assert [sealed.state, full.state, empty.state] == [SpoolState.OPEN, SpoolState.SEALED, SpoolState.OPEN]


def test_weigh_takes_the_flag_off():
    spool = SpoolFactory(on_hand=0, lot__needs_count=True)

    weigh(spool, 215)

    assert Lot.objects.get(pk=spool.pk).needs_count is False


def test_weigh_refuses_without_a_tare_and_below_it_and_changes_nothing():
    spool = SpoolFactory(filament__brand__empty_reel_g=None)

    with pytest.raises(TareUnknown):
        weigh(spool, 500)
    with pytest.raises(LighterThanItsReel, match="less than the empty reel"):
        weigh(spool, 500, tare_g=Decimal(501))

    spool.refresh_from_db()
    assert (spool.tare_g, Weighing.objects.count(), spool.lot.on_hand) == (None, 0, 1000)


def test_first_weighing_of_a_sealed_roll_proposes_what_the_reel_weighs():
    sealed, opened = SpoolFactory(state=SpoolState.SEALED), SpoolFactory()

    assert spools.proposed_tare(sealed, gross_g=Decimal(1213)) == 213
    assert spools.proposed_tare(sealed, gross_g=Decimal(900)) is None
    assert spools.proposed_tare(opened, gross_g=Decimal(1213)) is None


def test_weighings_are_written_once():
    weighing = WeighingFactory()

    with pytest.raises(WrittenOnce):
        weighing.save()


def test_open_spool_twice_keeps_the_first_moment():
    spool = SpoolFactory(state=SpoolState.SEALED, opened_at=None)

    spools.open_spool(spool, at=NOON)
    spools.open_spool(spool, at=datetime(2026, 4, 1, tzinfo=UTC))

    spool.refresh_from_db()
    assert spool.opened_at == NOON


def test_empty_spool_without_a_rest_books_nothing():
    spool = SpoolFactory(on_hand=0)

    spools.empty_spool(spool, key=uuid4(), by=None, at=NOON)

    assert ledger.movements_of(spool.lot).count() == 0


def test_loading_a_slot_sends_the_roll_that_was_in_it_to_where_the_new_one_came_from():
    slot, shelf = LocationFactory(kind=LocationKind.SLOT), LocationFactory()
    old, new = SpoolFactory(lot__location=slot), SpoolFactory(lot__location=shelf, state=SpoolState.SEALED)

    spools.move([new.lot], location=slot, by=None, at=NOON)

    old.lot.refresh_from_db()
    new.refresh_from_db()
    assert (old.lot.location, new.lot.location, new.state, new.opened_at) == (shelf, slot, SpoolState.OPEN, NOON)


def test_a_slot_takes_one_roll():
    slot = LocationFactory(kind=LocationKind.SLOT)

    with pytest.raises(SlotHoldsOne):
        spools.move([SpoolFactory().lot, SpoolFactory().lot], location=slot, by=None, at=NOON)


def test_resolve_spool_takes_the_loaded_roll_then_the_oldest_open_one_then_a_sealed_one():
    group = MaterialGroupFactory()
    filament = FilamentFactory(group=group)
    slot = LocationFactory(kind=LocationKind.SLOT)
    sealed = SpoolFactory(filament=filament, state=SpoolState.SEALED, opened_at=None)
    assert stock.resolve_spool(filament) == sealed

    newer = SpoolFactory(filament=filament, opened_at=NOON)
    older = SpoolFactory(filament=filament)
    SpoolFactory(filament=filament, on_hand=0)
    SpoolFactory(filament=filament, state=SpoolState.EMPTY)
    loaded = SpoolFactory(filament=filament, lot__location=slot, opened_at=NOON)

    assert stock.resolve_spool(group) == older
    assert stock.resolve_spool(filament, at=slot) == loaded
    assert stock.resolve_spool(filament, at=[slot]) == loaded
    assert newer.pk != older.pk
    assert stock.resolve_spool(FilamentFactory()) is None


# Lots


def test_transfer_refuses_nothing_and_the_same_key_moves_once():
    lot, key = LotFactory(held=10), uuid4()
    what = {"location": None, "by": None, "at": NOON}

    with pytest.raises(NotAnAmount):
        lots.transfer(lot, quantity=Decimal(0), key=uuid4(), **what)
    with pytest.raises(InsufficientStock):
        lots.transfer(lot, quantity=Decimal(11), key=uuid4(), **what)
    first = lots.transfer(lot, quantity=Decimal(10), key=key, **what)

    assert lots.transfer(lot, quantity=Decimal(10), key=key, **what) == first
    assert Lot.objects.filter(item=lot.item).count() == 2


def test_count_without_a_difference_books_nothing_and_twice_counts_once():
    lot, key = LotFactory(held=10, needs_count=True), uuid4()

    assert lots.count(lot, counted=Decimal(10), key=uuid4(), by=None, at=NOON) == 0
    assert lots.count(lot, counted=Decimal(8), key=key, by=None, at=NOON) == -2
    assert lots.count(lot, counted=Decimal(8), key=key, by=None, at=NOON) == 0
    assert Lot.objects.get(pk=lot.pk).on_hand == 8


def test_adjust_and_count_refuse_nonsense():
    lot = LotFactory(held=10)

    with pytest.raises(NotAnAmount):
        lots.adjust(lot, quantity=Decimal(0), kind="found", note="", key=uuid4(), by=None, at=NOON)
    with pytest.raises(NotAnAmount):
        lots.count(lot, counted=Decimal(-1), key=uuid4(), by=None, at=NOON)


# Doubt


def test_reels_that_differ_make_a_tight_job_doubtful():
    filament = FilamentFactory()
    spool = SpoolFactory(filament=filament, on_hand=250, tare_g=Decimal(190))

    assert (spools.tare_spread_g(filament), spools.doubt_about(spool, needed_g=Decimal(240))) == (None, "")
    SpoolFactory(filament=filament, tare_g=Decimal(220))
    assert spools.tare_spread_g(filament) == 15
    assert spools.doubt_about(spool, needed_g=Decimal(240)) == "±15 g: too risky for 240 g"
    assert spools.doubt_about(spool, needed_g=Decimal(200)) == ""
    assert spools.doubt_about(spool, needed_g=Decimal(260)) == ""
