"""Changing many rows at once: what is given is written to exactly the rows named, the rest stays as it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from inventory.choices import SpoolState
from inventory.domain import drying, spools
from inventory.domain.searching import refresh_lots
from inventory.models import Filament, Item, Location, Lot, MaterialGroup, Spool, Supplier
from nozzly.accounts.models import User
from nozzly.core.bulk import update_rows
from nozzly.core.changes import Changes, hold_rows, wanted_keys
from nozzly.core.money import round_unit_cost

_TYPED = "typed"
_OF_FILAMENT = ("group", "empty_reel_g", "density_g_cm3", "list_price")
_OF_ITEM = ("preferred_supplier", "pack_size", "packed_weight_g", "list_price_per_unit")
_OF_LOT = ("supplier", "batch", "note", "received_on")
_OF_SPOOL = ("net_weight_g", "tare_g")


@dataclass(frozen=True)
class SpoolChanges(Changes):
    _texts = frozenset({"batch", "note"})

    location: Location | None = None
    supplier: Supplier | None = None
    batch: str | None = None
    note: str | None = None
    received_on: date | None = None
    net_weight_g: Decimal | None = None
    tare_g: Decimal | None = None
    state: SpoolState | None = None  # sealed, open or drying: a roll gets empty by the ledger


@dataclass(frozen=True)
class FilamentChanges(Changes):
    group: MaterialGroup | None = None
    empty_reel_g: Decimal | None = None
    density_g_cm3: Decimal | None = None
    list_price: Decimal | None = None  # of a full reel


@dataclass(frozen=True)
class ItemChanges(Changes):
    preferred_supplier: Supplier | None = None
    pack_size: Decimal | None = None
    packed_weight_g: Decimal | None = None
    list_price_per_unit: Decimal | None = None


def change_spools(lot_ids: Sequence[int], changes: SpoolChanges, *, by: User, at: datetime) -> int:
    """Write the changes to these rolls and no others; answers how many. All or none.

    Raises NothingToChange, GoneMeanwhile, SlotHoldsOne, IsArchived.
    """
    wanted = wanted_keys(lot_ids, changes)
    with transaction.atomic():
        if changes.location is not None or "location" in changes.clear:
            # First of all: a slot is locked before any lot, and with those to move what hangs in it.
            rolls = list(Lot.objects.spools().filter(pk__in=wanted))
            spools.move(rolls, location=changes.location, by=by, at=at)
        hold_rows(Lot.objects.spools(), wanted)
        rows, rolls = Lot.objects.filter(pk__in=wanted), Spool.objects.filter(lot__in=wanted)
        if of_lot := changes.of(_OF_LOT):
            rows.update(**of_lot)
        if of_spool := changes.of(_OF_SPOOL):
            rolls.update(**of_spool)
        if changes.state is not None:
            _set_state(rolls, changes.state, by=by, at=at)
        refresh_lots(wanted)
    return len(wanted)


def _set_state(rolls: QuerySet, state: SpoolState, *, by: User, at: datetime) -> None:
    """Only rolls with something on them can be sealed, open or drying; empty ones stay empty."""
    held = rolls.filter(lot__on_hand__gt=0)
    ids = list(held.order_by("pk").values_list("pk", flat=True))
    if state == SpoolState.DRYING:
        drying.start_together(ids, by=by, at=at)
    else:
        held.filter(state=SpoolState.DRYING).update(dried_at=at)
        drying.stop_drying(ids, at=at)
    if state == SpoolState.SEALED:
        held.update(state=state, opened_at=None)
        return
    held.filter(opened_at=None).update(opened_at=at)
    held.update(state=state)


def change_filaments(filament_ids: Sequence[int], changes: FilamentChanges, *, by: User, at: datetime) -> int:
    """Write the changes to these filaments and no others; answers how many. All or none.

    Raises NothingToChange, GoneMeanwhile.
    """
    wanted = wanted_keys(filament_ids, changes)
    with transaction.atomic():
        rows = list(hold_rows(Filament.objects.all(), wanted))
        Filament.objects.filter(pk__in=wanted).update(**changes.of(_OF_FILAMENT))
        if "list_price" in changes.of(_OF_FILAMENT):
            _reprice(rows, changes.list_price)
    return len(wanted)


def change_items(item_ids: Sequence[int], changes: ItemChanges, *, by: User, at: datetime) -> int:
    """Write the changes to these parts and no others; answers how many. All or none.

    Raises NothingToChange, GoneMeanwhile.
    """
    wanted = wanted_keys(item_ids, changes)
    with transaction.atomic():
        list(hold_rows(Item.objects.parts_and_packaging(), wanted))
        given = changes.of(_OF_ITEM)
        if "list_price_per_unit" in given:
            given["list_price_origin"] = "" if changes.list_price_per_unit is None else _TYPED
        Item.objects.filter(pk__in=wanted).update(**given, updated_at=at)
    return len(wanted)


def _reprice(filaments: Sequence[Filament], list_price: Decimal | None) -> None:
    """A reel's price is its grams' price, whatever is on the reel."""
    items = []
    for filament in filaments:
        per_unit = None if list_price is None else round_unit_cost(list_price / filament.net_weight_g)
        items.append(
            Item(pk=filament.pk, list_price_per_unit=per_unit, list_price_origin="" if per_unit is None else _TYPED)
        )
    update_rows(items, ["list_price_per_unit", "list_price_origin"])
