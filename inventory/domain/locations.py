"""The tree of places. Loading a printer is moving a roll to its slot; there is no second list of what is loaded."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from inventory.choices import LocationKind
from inventory.domain import slots
from inventory.domain.codes import new_location_code
from inventory.models import Location
from nozzly.core.errors import DomainError

_DEEPEST = 8


class NameTaken(DomainError):
    pass


class NotATree(DomainError):
    pass


class PlaceNotEmpty(DomainError):
    pass


class NothingToMove(DomainError):
    pass


def create_location(*, name: str, kind: str = LocationKind.SHELF, parent: Location | None = None) -> Location:
    """A new place in the tree. Raises NameTaken, NotATree."""
    location = Location(name=name, kind=kind, parent=parent, code=new_location_code())
    return _store(location)


def change_location(location: Location, *, name: str, kind: str, parent: Location | None) -> Location:
    """Rename or move a place; everything in it moves along.

    Raises NameTaken, NotATree, and SlotHoldsOne or OnlyRolls for a place that holds too much to be a printer slot.
    """
    with transaction.atomic():
        Location.objects.select_for_update().get(pk=location.pk)
        if kind == LocationKind.SLOT:
            slots.expect_one_roll_each({location.pk: location})
        within = list(Location.objects.within(location).exclude(pk=location.pk).select_for_update().in_tree_order())
        if parent is not None and parent.pk in {location.pk, *(place.pk for place in within)}:
            raise NotATree(_("%(place)s cannot be inside itself.") % {"place": location.name})
        location.name, location.kind, location.parent = name, kind, parent
        _store(location)
        known = {location.pk: location}
        for place in within:
            known[place.pk] = place
            _place(place, known[place.parent_id])
        Location.objects.bulk_update(within, ["path", "depth"])
    return location


def move_locations(location_ids: Iterable[int], *, parent: Location | None) -> int:
    """Put places, with all that is in them, into another one or to the top; all or none. Answers how many moved.

    What is inside a place that moves stays inside it. Raises NameTaken, NotATree, NothingToMove.
    """
    with transaction.atomic():
        places = list(Location.objects.filter(pk__in=location_ids).in_tree_order().select_for_update())
        tops = [place for place in places if not any(_is_inside(place, other) for other in places)]
        if not tops:
            raise NothingToMove(_("Tick the places to move first."))
        parent = parent and Location.objects.get(pk=parent.pk)
        for place in tops:
            change_location(place, name=place.name, kind=place.kind, parent=parent)
    return len(tops)


def delete_location(location: Location) -> None:
    """Forget an empty place. Raises PlaceNotEmpty."""
    if location.children.exists() or location.lots.exists():
        raise PlaceNotEmpty(_("%(place)s is not empty: move what is in it first.") % {"place": location})
    location.delete()


def _is_inside(place: Location, other: Location) -> bool:
    return place.path.startswith(other.path + Location.SEPARATOR)


def _store(location: Location) -> Location:
    if location.SEPARATOR.strip() in location.name:
        raise NameTaken(_("A name cannot contain “›”: it stands between the places of a path."))
    _place(location, location.parent)
    try:
        with transaction.atomic():
            location.save()
    except IntegrityError:
        raise NameTaken(_("There is already a place called %(name)s here.") % {"name": location.name}) from None
    return location


def _place(location: Location, parent: Location | None) -> None:
    location.depth = parent.depth + 1 if parent else 0
    location.path = f"{parent.path}{location.SEPARATOR}{location.name}" if parent else location.name
    if location.depth > _DEEPEST or len(location.path) > 400:
        raise NotATree(_("That is too deep: places go down %(levels)s levels.") % {"levels": _DEEPEST})
