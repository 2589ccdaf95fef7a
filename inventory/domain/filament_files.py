"""Filaments out of a file: each is known by brand, material, colour, finish, diameter and what is on a full reel."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import ProtectedError

from inventory.domain import filaments, library
from inventory.domain.filaments import FilamentFacts
from inventory.models import Filament, Item, MaterialGroup

_TYPED = "typed"
_UNKNOWN_COLOUR = ("#808080",)
type_of_row = Mapping[str, object]


@dataclass(frozen=True)
class Imported:
    added: int = 0
    changed: int = 0
    record: dict = field(default_factory=dict)


def known_filaments() -> dict[tuple, Filament]:
    rows = Filament.objects.select_related("item", "brand", "material", "group")
    return {_identity(facts_of(row)): row for row in rows}


def identity_of(row: type_of_row) -> tuple:
    return _identity(_facts(row))


def differs(filament: Filament, row: type_of_row) -> bool:
    """Whether the file says anything else than we hold. What is left empty says nothing."""
    return (
        filament.item.archived_at is not None
        or _merged(filament, row) != facts_of(filament)
        or _regrouped(filament, row)
    )


def apply(rows: Sequence[type_of_row]) -> Imported:
    """Add the new ones, correct the others; all or none."""
    with transaction.atomic():
        known = known_filaments()
        groups = {group.name.casefold(): group for group in MaterialGroup.objects.all()}
        added, changed, made = [], {}, []
        for row in rows:
            filament = known.get(identity_of(row))
            group = _group(row, groups, made)
            if filament is None:
                added.append(filaments.save_filament(None, _facts(row), group=group).pk)
                continue
            before = _kept(filament)
            if filament.item.archived_at is not None:
                filaments.offer_again(filament)
            filaments.save_filament(filament, _merged(filament, row), group=group or filament.group)
            changed[filament.pk] = [before, _kept(filament)]
    return Imported(len(added), len(changed), {"added": added, "changed": changed, "groups": made})


def take_back(record: Mapping[str, object], *, at: datetime) -> tuple[int, int, int]:
    """Remove what was added, or archive it where it is in use; put old values back where nobody changed them since.

    Answers how many went, how many are as before, how many were changed since and stay.
    """
    restored = 0
    with transaction.atomic():
        for pk in record["added"]:
            _remove(pk, at=at)
        rows = Filament.objects.select_related("item", "brand", "material", "group").in_bulk(
            map(int, record["changed"])
        )
        for pk, (before, after) in record["changed"].items():
            filament = rows.get(int(pk))
            if filament is not None and _kept(filament) == after:
                _restore(filament, before, at=at)
                restored += 1
        MaterialGroup.objects.filter(pk__in=record["groups"], filaments=None).delete()
    return len(record["added"]), restored, len(record["changed"]) - restored


def facts_of(filament: Filament) -> FilamentFacts:
    return FilamentFacts(
        brand=filament.brand.name, material=filament.material.name, colour_name=filament.colour_name,
        colour_hexes=list(filament.colour_hexes), finish=filament.finish, diameter_mm=filament.diameter_mm,
        net_weight_g=filament.net_weight_g, density_g_cm3=filament.density_g_cm3, empty_reel_g=filament.empty_reel_g,
        list_price=filament.list_price, list_price_origin=filament.item.list_price_origin,
    )  # fmt: skip


def _facts(row: type_of_row) -> FilamentFacts:
    price = row["list_price"]
    return FilamentFacts(
        brand=row["brand"], material=row["material"], colour_name=row["colour_name"],
        colour_hexes=row["colour_hexes"] or _UNKNOWN_COLOUR, finish=row["finish"],
        diameter_mm=row["diameter_mm"] or library.USUAL_DIAMETER_MM, net_weight_g=row["net_weight_g"] or Decimal(1000),
        density_g_cm3=row["density_g_cm3"], empty_reel_g=row["empty_reel_g"], list_price=price,
        list_price_origin="" if price is None else _TYPED,
    )  # fmt: skip


def _merged(filament: Filament, row: type_of_row) -> FilamentFacts:
    """What we hold, with what the file says otherwise. A value that comes from brand or material stays theirs."""
    facts = facts_of(filament)
    if row["colour_hexes"]:
        facts = replace(facts, colour_hexes=list(row["colour_hexes"]))
    if row["empty_reel_g"] not in {None, filament.tare_g}:
        facts = replace(facts, empty_reel_g=row["empty_reel_g"])
    if row["density_g_cm3"] not in {None, filament.density}:
        facts = replace(facts, density_g_cm3=row["density_g_cm3"])
    if row["list_price"] not in {None, filament.list_price}:
        facts = replace(facts, list_price=row["list_price"], list_price_origin=_TYPED)
    return facts


def _regrouped(filament: Filament, row: type_of_row) -> bool:
    mine = filament.group.name if filament.group else ""
    return bool(row["group"]) and row["group"].casefold() != mine.casefold()


def _group(row: type_of_row, groups: dict[str, MaterialGroup], made: list[int]) -> MaterialGroup | None:
    name = row["group"]
    if name and name.casefold() not in groups:
        material = filaments.material_named(row["material"], density_g_cm3=row["density_g_cm3"])
        colour = (row["colour_hexes"] or _UNKNOWN_COLOUR)[0]
        groups[name.casefold()] = filaments.create_group(name=name, material=material, colour_hex=colour)
        made.append(groups[name.casefold()].pk)
    return groups[name.casefold()] if name else None


def _identity(facts: FilamentFacts) -> tuple:
    return (
        facts.brand.casefold(), library.material_name(facts.material).casefold(), facts.colour_name.casefold(),
        facts.finish, facts.diameter_mm, facts.net_weight_g,
    )  # fmt: skip


def _kept(filament: Filament) -> dict[str, object]:
    """What an import may change, as JSON keeps it."""
    return {
        "colour_hexes": list(filament.colour_hexes),
        "empty_reel_g": _text(filament.empty_reel_g),
        "density_g_cm3": _text(filament.density_g_cm3),
        "list_price": _text(filament.list_price),
        "list_price_origin": filament.item.list_price_origin,
        "group": filament.group_id,
        "archived": filament.item.archived_at is not None,
    }


def _restore(filament: Filament, before: Mapping[str, object], *, at: datetime) -> None:
    numbers = {name: before[name] for name in ("empty_reel_g", "density_g_cm3", "list_price")}
    facts = replace(
        facts_of(filament),
        colour_hexes=before["colour_hexes"],
        list_price_origin=before["list_price_origin"],
        **{name: None if text is None else Decimal(text) for name, text in numbers.items()},
    )
    group = MaterialGroup.objects.filter(pk=before["group"]).first()
    filaments.save_filament(filament, facts, group=group)
    if before["list_price"] is None:
        Item.objects.filter(pk=filament.pk).update(list_price_per_unit=None, list_price_origin="")
    if before["archived"]:
        Item.objects.filter(pk=filament.pk).update(archived_at=at)


def _remove(pk: int, *, at: datetime) -> None:
    item = Item.objects.filter(pk=pk).first()
    try:
        with transaction.atomic():
            if item is not None:
                item.delete()
    except ProtectedError:
        Item.objects.filter(pk=pk).update(archived_at=at)


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{number.normalize():f}"


def repeated(rows: Iterable[type_of_row]) -> set[tuple]:
    """Identities that more than one row has."""
    seen: set[tuple] = set()
    return {identity for identity in map(identity_of, rows) if identity in seen or seen.add(identity)}
