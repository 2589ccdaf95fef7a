"""Suppliers and material groups out of a file: both are known by their name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import ProtectedError

from inventory.domain import directory, filaments
from inventory.models import Filament, MaterialGroup, Supplier

MEMBERS_APART = ";"
type_of_row = Mapping[str, object]


@dataclass(frozen=True)
class Imported:
    added: int = 0
    changed: int = 0
    record: dict = field(default_factory=dict)


def known_suppliers() -> dict[str, Supplier]:
    return {supplier.name.casefold(): supplier for supplier in Supplier.objects.all()}


def known_groups() -> dict[str, MaterialGroup]:
    rows = MaterialGroup.objects.select_related("material").prefetch_related("filaments__item")
    return {group.name.casefold(): group for group in rows}


def filaments_by_name() -> dict[str, list[Filament]]:
    """Own filaments by what lists call them; namesakes differ in diameter or reel."""
    found: dict[str, list[Filament]] = {}
    for filament in Filament.objects.select_related("item", "group").order_by("pk"):
        found.setdefault(filament.item.name.casefold(), []).append(filament)
    return found


def supplier_differs(supplier: Supplier, row: type_of_row) -> bool:
    return any(row[name] and row[name] != getattr(supplier, name) for name in ("url", "note"))


def group_differs(group: MaterialGroup, row: type_of_row) -> bool:
    material = group.material.name if group.material else ""
    members = {filament.item.name.casefold() for filament in group.filaments.all()}
    return (
        bool(row["material"] and row["material"].casefold() != material.casefold())
        or bool(row["colour_hex"] and row["colour_hex"] != group.colour_hex)
        or bool(row["members"] and {name.casefold() for name in row["members"]} != members)
    )


def apply_suppliers(rows: Sequence[type_of_row]) -> Imported:
    """Add the new ones, correct the others; all or none."""
    with transaction.atomic():
        known, added, changed = known_suppliers(), [], {}
        for row in rows:
            name = directory.tidy(row["name"])
            supplier = known.get(name.casefold())
            if supplier is None:
                known[name.casefold()] = Supplier.objects.create(name=name, url=row["url"], note=row["note"])
                added.append(known[name.casefold()].pk)
                continue
            before = [supplier.url, supplier.note]
            supplier.url, supplier.note = row["url"] or supplier.url, row["note"] or supplier.note
            supplier.save(update_fields=["url", "note"])
            changed[supplier.pk] = [before, [supplier.url, supplier.note]]
    return Imported(len(added), len(changed), {"added": added, "changed": changed})


def take_back_suppliers(record: Mapping[str, object]) -> tuple[int, int, int]:
    """Delete what was added where nothing names it, put old values back where nobody changed them since.

    Answers how many went, how many are as before, how many stay.
    """
    restored = 0
    with transaction.atomic():
        gone = sum(_delete(Supplier, pk) for pk in record["added"])
        for pk, (before, after) in record["changed"].items():
            restored += Supplier.objects.filter(pk=pk, url=after[0], note=after[1]).update(
                url=before[0], note=before[1]
            )
    return gone, restored, len(record["added"]) - gone + len(record["changed"]) - restored


def apply_groups(rows: Sequence[type_of_row]) -> Imported:
    """Add the new ones, correct the others; the filaments that a row names, and no others, make up its group."""
    with transaction.atomic():
        known, by_name, added, changed = known_groups(), filaments_by_name(), [], {}
        for row in rows:
            group = known.get(row["name"].casefold())
            before = None if group is None else _kept(group)
            group = _store(group, row, by_name)
            if before is None:
                added.append(group.pk)
            else:
                changed[group.pk] = [before, _kept(group)]
    return Imported(len(added), len(changed), {"added": added, "changed": changed})


def take_back_groups(record: Mapping[str, object]) -> tuple[int, int, int]:
    """The same for groups; their filaments stay."""
    restored = 0
    with transaction.atomic():
        gone = sum(_delete(MaterialGroup, pk) for pk in record["added"])
        groups = MaterialGroup.objects.in_bulk(map(int, record["changed"]))
        for pk, (before, after) in record["changed"].items():
            group = groups.get(int(pk))
            if group is not None and _kept(group) == after:
                group.material_id, group.colour_hex = before["material"], before["colour_hex"]
                group.save(update_fields=["material", "colour_hex"])
                filaments.set_members(group, set(before["members"]))
                restored += 1
    return gone, restored, len(record["added"]) - gone + len(record["changed"]) - restored


def _store(group: MaterialGroup | None, row: type_of_row, by_name: Mapping[str, list[Filament]]) -> MaterialGroup:
    material = filaments.material_named(row["material"]) if row["material"] else None
    if group is None:
        group = filaments.create_group(name=row["name"], material=material, colour_hex=row["colour_hex"] or "#808080")
    else:
        group.material, group.colour_hex = material or group.material, row["colour_hex"] or group.colour_hex
        group.save(update_fields=["material", "colour_hex"])
    if row["members"]:
        chosen = {filament.pk for name in row["members"] for filament in by_name[name.casefold()]}
        filaments.set_members(group, chosen)
    return group


def _kept(group: MaterialGroup) -> dict[str, object]:
    members = Filament.objects.filter(group=group.pk).order_by("pk").values_list("pk", flat=True)
    return {"material": group.material_id, "colour_hex": group.colour_hex, "members": list(members)}


def _delete(model: type[Supplier | MaterialGroup], pk: int) -> bool:
    try:
        with transaction.atomic():
            return bool(model.objects.filter(pk=pk).delete()[0])
    except ProtectedError:
        return False  # something names it by now: it stays
