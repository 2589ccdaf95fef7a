"""Places out of a file: a row is known by its path, "Workshop › Shelf A"; the places above it are made on the way."""

from collections.abc import Sequence

from django.db import transaction

from inventory.choices import LocationKind
from inventory.domain import locations
from inventory.domain.directory_files import Imported, type_of_row
from inventory.models import Location


def tidy(path: str) -> str:
    """The path as the tree writes it, whatever spaces stand around its separators."""
    names = path.split(Location.SEPARATOR.strip())
    return Location.SEPARATOR.join(name.strip() for name in names if name.strip())


def known_places() -> dict[str, Location]:
    return {place.path.casefold(): place for place in Location.objects.all()}


def differs(place: Location, row: type_of_row) -> bool:
    return bool(row["kind"] and row["kind"] != place.kind)


def apply_places(rows: Sequence[type_of_row]) -> Imported:
    """Add the new ones and correct the kind of others; all or none. Raises NameTaken, NotATree."""
    with transaction.atomic():
        known, added, changed = known_places(), [], {}
        for row in sorted(rows, key=lambda row: row["path"].count(Location.SEPARATOR)):
            place = known.get(row["path"].casefold())
            if place is None:
                _make(row, known, added)
            elif differs(place, row):
                changed[str(place.pk)] = [place.kind, row["kind"]]
                locations.change_location(place, name=place.name, kind=row["kind"], parent=place.parent)
    return Imported(len(added), len(changed), {"added": added, "changed": changed})


def _make(row: type_of_row, known: dict[str, Location], added: list[int]) -> None:
    parent, so_far = None, []
    names = row["path"].split(Location.SEPARATOR)
    for name in names:
        so_far.append(name)
        path = Location.SEPARATOR.join(so_far)
        place = known.get(path.casefold())
        if place is None:
            own_kind = row["kind"] if len(so_far) == len(names) else ""
            place = locations.create_location(name=name, kind=own_kind or LocationKind.SHELF, parent=parent)
            known[path.casefold()] = place
            added.append(place.pk)
        parent = place


def take_back_places(record: dict) -> tuple[int, int, int]:
    """(gone, restored, kept): places that hold something, or that somebody has changed since, stay."""
    gone = restored = kept = 0
    with transaction.atomic():
        for place in Location.objects.filter(pk__in=record["added"]).order_by("-depth", "pk"):
            try:
                locations.delete_location(place)
                gone += 1
            except locations.PlaceNotEmpty:
                kept += 1
        for pk, (before, after) in record["changed"].items():
            place = Location.objects.select_related("parent").filter(pk=pk, kind=after).first()
            if place is None:
                kept += 1
            else:
                locations.change_location(place, name=place.name, kind=before, parent=place.parent)
                restored += 1
    return gone, restored, kept
