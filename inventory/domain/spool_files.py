"""Rolls out of a file: thousands in a handful of statements, through the ledger like every other."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from inventory.choices import LocationKind, MovementKind, SpoolState
from inventory.domain import directory, filaments, import_undo, ledger, library, locations, slots, stock
from inventory.domain.codes import new_codes
from inventory.domain.ledger import Entry
from inventory.domain.searching import refresh_lots
from inventory.models import Filament, Location, Lot, Spool, Supplier
from nozzly.accounts.models import User
from nozzly.core.bulk import draw_keys, insert_rows, update_rows
from nozzly.core.money import round_money
from nozzly.tenancy.current import current_workspace

_UNKNOWN_COLOUR = ("#808080",)
_FILLS_ONLY = ("net_weight_g", "tare_g", "left_g")
type_of_row = Mapping[str, object]


def known_rolls(codes: Iterable[str]) -> dict[str, Lot]:
    """The rolls with these codes, with all that a file may say of them."""
    rows = Lot.objects.spools().filter(code__in=list(codes)).for_table()
    return {lot.code: lot for lot in rows}


def differs(lot: Lot, row: type_of_row) -> bool:
    """Whether the file says anything else of a known roll than we do. What is left empty says nothing."""
    return any(_said(row, name) and row[name] != value for name, value in _facts(lot).items())


@dataclass(frozen=True)
class Imported:
    """How many rolls came in and were corrected; the record is what import_undo needs to take that back."""

    added: int = 0
    changed: int = 0
    record: dict = field(default_factory=dict)


def apply(rows: Sequence[type_of_row], *, key: UUID, by: User | None, at: datetime) -> Imported:
    """Add the rolls whose code is new and correct the others. All or none, once per key.

    Raises SlotHoldsOne for a printer slot that would get more than one roll.
    """
    with transaction.atomic():
        if ledger.claim(key):
            return Imported()
        known = known_rolls(row["code"] for row in rows if row["code"])
        added = [row for row in rows if row["code"] not in known]
        changed = [(known[row["code"]], row) for row in rows if row["code"] in known]
        references = _References(rows)
        taking = slots.lock({place.pk for row in rows if (place := references.place(row["place"]))})
        spools, entries = _new(added, references, at=at)
        before = {lot.pk: import_undo.as_stored(lot) for lot, _row in changed}
        entries += _correct(changed, references)
        ledger.post(
            entries, source="import", source_id=None, source_text="", key=key, by=by, at=at,
            fresh=[spool.lot for spool in spools],
        )  # fmt: skip
        insert_rows(spools)
        slots.expect_one_roll_each(taking)
    record = {
        "added": [spool.lot_id for spool in spools],
        "changed": {lot.pk: import_undo.changes(before[lot.pk], import_undo.as_stored(lot)) for lot, _row in changed},
        **references.made,
    }
    return Imported(len(added), len(changed), record)


class _References:
    """Filaments, places and suppliers that a file names, each looked up or made once."""

    def __init__(self, rows: Sequence[type_of_row]) -> None:
        self.suppliers = {row.name.casefold(): row for row in Supplier.objects.all()}
        self.places = {row.path: row for row in Location.objects.all()}
        self.filaments = {_identity(row): row for row in Filament.objects.select_related("item", "brand", "material")}
        self.made: dict[str, list[int]] = {"filaments": [], "places": [], "suppliers": []}
        self._kinds: dict[tuple, Filament] = {}
        for row in rows:
            self._supplier(row["supplier"])
            self._place(row["place"])

    def filament(self, row: type_of_row) -> Filament:
        said = tuple(map(str, (row["brand"], row["material"], row["colour_name"], row["colour_hexes"], row["finish"],
                               row["diameter_mm"], row["net_weight_g"])))  # fmt: skip
        if said not in self._kinds:
            self._kinds[said] = self._known_or_new(_filament_facts(row))
        return self._kinds[said]

    def _known_or_new(self, facts: filaments.FilamentFacts) -> Filament:
        identity = _identity_of(facts)
        if identity not in self.filaments:
            self.filaments[identity] = filaments.create_filament(facts)
            self.made["filaments"].append(self.filaments[identity].pk)
        filament = self.filaments[identity]
        if filament.item.archived_at is not None:
            filaments.offer_again(filament)
        return filament

    def _supplier(self, name: str) -> None:
        known = directory.tidy(name).casefold()
        if known and known not in self.suppliers:
            self.suppliers[known] = directory.supplier_named(name)
            self.made["suppliers"].append(self.suppliers[known].pk)

    def _place(self, path: str) -> None:
        parent = None
        names = path.split(Location.SEPARATOR.strip()) if path else []
        for depth, name in enumerate(names, 1):
            walked = Location.SEPARATOR.join(part.strip() for part in names[:depth])
            if walked not in self.places:
                self.places[walked] = locations.create_location(
                    name=name.strip(), kind=LocationKind.SHELF if depth < 3 else LocationKind.BOX, parent=parent
                )
                self.made["places"].append(self.places[walked].pk)
            parent = self.places[walked]

    def place(self, path: str) -> Location | None:
        names = [part.strip() for part in path.split(Location.SEPARATOR.strip())]
        return self.places[Location.SEPARATOR.join(names)] if path else None

    def supplier(self, name: str) -> Supplier | None:
        return self.suppliers[directory.tidy(name).casefold()] if name else None


def _new(rows: Sequence[type_of_row], references: _References, *, at: datetime) -> tuple[list[Spool], list[Entry]]:
    """The rolls that are to be added, not stored yet, and what is on them."""
    if not rows:
        return [], []
    kinds = [references.filament(row) for row in rows]
    codes, keys = iter(new_codes(len(rows))), draw_keys(Lot, len(rows))
    lots = [
        _lot(key, row, kind, references, codes) for key, row, kind in zip(keys, rows, kinds, strict=True)
    ]  # fmt: skip
    spools = [_spool(row, lot, kind, at=at) for row, lot, kind in zip(rows, lots, kinds, strict=True)]
    costs, currency = stock.replacement_costs({kind.pk for kind in kinds}), current_workspace().currency
    entries = [
        _opening(row, spool, costs[kind.pk], currency)
        for row, spool, kind in zip(rows, spools, kinds, strict=True)
        if row["left_g"] != 0
    ]
    return spools, entries


def _lot(key: int, row: type_of_row, filament: Filament, references: _References, codes: Iterator[str]) -> Lot:
    return Lot(
        pk=key,
        item_id=filament.pk,
        title=filament.item.name,
        code=row["code"] or next(codes),
        location=references.place(row["place"]),
        supplier=references.supplier(row["supplier"]),
        batch=row["batch"],
        note=row["note"],
        received_on=row["received_on"],
    )


def _spool(row: type_of_row, lot: Lot, filament: Filament, *, at: datetime) -> Spool:
    net_weight_g = row["net_weight_g"] or filament.net_weight_g
    is_full = row["left_g"] is None or row["left_g"] >= net_weight_g
    state = row["state"] or (SpoolState.SEALED if is_full else SpoolState.OPEN)
    opened_at = None if state == SpoolState.SEALED else at
    return Spool(lot=lot, net_weight_g=net_weight_g, tare_g=row["tare_g"], state=state, opened_at=opened_at)


def _opening(row: type_of_row, spool: Spool, cost: stock.Cost, currency: str) -> Entry:
    left_g = spool.net_weight_g if row["left_g"] is None else row["left_g"]
    value = row["value"]
    note = "" if value is not None else cost.origin
    value = round_money(cost.value * left_g if value is None else value, currency)
    return Entry(spool.lot_id, MovementKind.OPENING, left_g, value, value, note=note)


def _correct(pairs: Sequence[tuple[Lot, type_of_row]], references: _References) -> list[Entry]:
    entries = []
    costs, currency = stock.replacement_costs({lot.item_id for lot, _row in pairs}), current_workspace().currency
    for lot, row in pairs:
        _describe(lot, row, references)
        if row["left_g"] is None or row["left_g"] == lot.on_hand:
            continue
        if lot.on_hand == 0:  # it comes back: worth what the file says, like a new one
            lot.archived_at = None
            entries.append(_opening(row, lot.spool, costs[lot.item_id], currency))
        else:
            entries.append(Entry(lot.pk, MovementKind.ADJUSTMENT, row["left_g"] - lot.on_hand))
    lots = [lot for lot, _row in pairs]
    update_rows([lot.spool for lot in lots], import_undo.OF_SPOOL)
    update_rows(lots, import_undo.OF_LOT)
    refresh_lots(lot.pk for lot in lots)
    return entries


def _describe(lot: Lot, row: type_of_row, references: _References) -> None:
    spool = lot.spool
    spool.net_weight_g = row["net_weight_g"] or spool.net_weight_g
    spool.tare_g = spool.tare_g if row["tare_g"] is None else row["tare_g"]
    spool.state = row["state"] or spool.state
    lot.location = references.place(row["place"]) or lot.location
    lot.supplier = references.supplier(row["supplier"]) or lot.supplier
    lot.batch, lot.note = row["batch"] or lot.batch, row["note"] or lot.note
    lot.received_on = row["received_on"] or lot.received_on


def _facts(lot: Lot) -> dict[str, object]:
    """What we hold of a roll, in the words of the file."""
    return {
        "net_weight_g": lot.spool.net_weight_g,
        "left_g": lot.on_hand,
        "tare_g": lot.spool.tare_g,
        "state": lot.spool.state,
        "place": lot.location.path if lot.location else "",
        "supplier": lot.supplier.name if lot.supplier else "",
        "batch": lot.batch,
        "note": lot.note,
        "received_on": lot.received_on,
    }


def _said(row: type_of_row, name: str) -> bool:
    return row[name] not in {None, ""} if name not in _FILLS_ONLY else row[name] is not None


def _filament_facts(row: type_of_row) -> filaments.FilamentFacts:
    return filaments.FilamentFacts(
        brand=row["brand"],
        material=row["material"],
        colour_name=row["colour_name"],
        colour_hexes=row["colour_hexes"] or _UNKNOWN_COLOUR,
        finish=row["finish"],
        diameter_mm=row["diameter_mm"] or Decimal("1.75"),
        net_weight_g=row["net_weight_g"] or Decimal(1000),
    )


def _identity(filament: Filament) -> tuple:
    return (
        filament.brand.name.casefold(), filament.material.name.casefold(), filament.colour_name.casefold(),
        filament.finish, filament.diameter_mm, filament.net_weight_g,
    )  # fmt: skip


def _identity_of(facts: filaments.FilamentFacts) -> tuple:
    material = library.material_name(facts.material)
    return (
        facts.brand.casefold(), material.casefold(), facts.colour_name.casefold(), facts.finish, facts.diameter_mm,
        facts.net_weight_g,
    )  # fmt: skip
