"""The tree of places. Loading a printer is moving a roll to its slot; there is no second list of what is loaded."""

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


def delete_location(location: Location) -> None:
    """Forget an empty place. Raises PlaceNotEmpty."""
    if location.children.exists() or location.lots.exists():
        raise PlaceNotEmpty(_("%(place)s is not empty: move what is in it first.") % {"place": location})
    location.delete()


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
