"""Taking back a whole import of rolls: what it added goes out of sight, what it changed gets its old values back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Model, ProtectedError, QuerySet

from inventory.domain import ledger, slots
from inventory.domain.searching import refresh_lots
from inventory.models import Item, Location, Lot, Spool, Supplier
from nozzly.accounts.models import User
from nozzly.core.bulk import update_rows

OF_LOT = ("location", "supplier", "batch", "note", "received_on", "archived_at")
OF_SPOOL = ("net_weight_g", "tare_g", "state")


@dataclass
class Undone:
    """How many rolls went, how many got their old values back, and how many somebody has changed since."""

    gone: int = 0
    restored: int = 0
    kept: int = 0


def as_stored(lot: Lot) -> dict[str, str | None]:
    """What an import may change about a roll beside its stock, as text that can be compared later."""
    rows = [(lot, name) for name in OF_LOT] + [(lot.spool, name) for name in OF_SPOOL]
    return {name: _text(row, name) for row, name in rows}


def changes(before: Mapping[str, str | None], after: Mapping[str, str | None]) -> dict[str, list[str | None]]:
    return {name: [before[name], value] for name, value in after.items() if value != before[name]}


def undo_spools(record: Mapping[str, object], *, key: UUID, by: User | None, at: datetime) -> Undone:
    """Reverse what was booked under ``key`` and put back what the record says.

    Raises InsufficientStock when something that came in has been used since; then nothing is changed.
    """
    with transaction.atomic():
        ledger.reverse(key, key=uuid5(key, "undo"), by=by, at=at)
        added = Lot.objects.filter(pk__in=record.get("added", ()))
        done = Undone(gone=added.update(archived_at=at, location=None))
        _put_back(record.get("changed", {}), done)
        _forget(record, at=at)
    return done


def _put_back(changed: Mapping[str, Mapping[str, list]], done: Undone) -> None:
    lots = Lot.objects.filter(pk__in=[int(pk) for pk in changed]).select_related("spool")
    full = slots.taken(slots.lock(int(said["location"][0] or 0) for said in changed.values() if "location" in said))
    touched = []
    for lot in lots.order_by("pk").select_for_update(of=("self",), no_key=True):
        now, said = as_stored(lot), changed[str(lot.pk)]
        back = {name: before for name, (before, after) in said.items() if now[name] == after}
        if "location" in back and int(back["location"] or 0) in full:
            del back["location"]  # another roll hangs in its printer slot by now
        done.restored += len(back) == len(said)
        done.kept += len(back) != len(said)
        for name, text in back.items():
            _set(lot.spool if name in OF_SPOOL else lot, name, text)
        touched.append(lot)
    update_rows(touched, OF_LOT)
    update_rows([lot.spool for lot in touched], OF_SPOOL)
    refresh_lots(lot.pk for lot in touched)


def _set(row: Lot | Spool, name: str, text: str | None) -> None:
    field = row._meta.get_field(name)
    field = field.target_field if field.is_relation else field
    setattr(row, row._meta.get_field(name).attname, field.to_python(text))


def _forget(record: Mapping[str, object], *, at: datetime) -> None:
    """Filaments, places and suppliers that the import made, where nothing else uses them by now."""
    made = Item.objects.filter(pk__in=record.get("filaments", ()))
    made.exclude(lots__archived_at=None, lots__isnull=False).update(archived_at=at)
    places = Location.objects.filter(pk__in=record.get("places", ()), lots=None)
    _delete_unused(places.order_by("-depth", "pk"))
    suppliers = Supplier.objects.filter(pk__in=record.get("suppliers", ()), deliveries=None, items=None)
    _delete_unused(suppliers.exclude(lots__archived_at=None, lots__isnull=False))


def _delete_unused(rows: QuerySet) -> None:
    for row in list(rows):
        _delete_if_unused(row)


def _delete_if_unused(row: Model) -> None:
    try:
        with transaction.atomic():
            row.delete()
    except ProtectedError:
        return  # something else refers to it by now: it stays


def _text(row: Lot | Spool, name: str) -> str | None:
    value = getattr(row, row._meta.get_field(name).attname)
    return None if value is None else row._meta.get_field(name).value_to_string(row)
