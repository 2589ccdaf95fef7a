"""A printer slot holds one roll and nothing else. Whoever puts something into one locks it first, then the lots."""

from collections.abc import Collection, Iterable, Sequence

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from inventory.choices import ItemKind, LocationKind
from inventory.models import Item, Location, Lot
from nozzly.core.errors import DomainError


class SlotHoldsOne(DomainError):
    pass


class OnlyRolls(DomainError):
    """Parts and goods do not hang on a printer."""


def lock(place_ids: Iterable[int | None]) -> dict[int, Location]:
    """Those of these places that are printer slots, held to the end of the transaction."""
    ids = {pk for pk in place_ids if pk is not None}
    if not ids:
        return {}
    slots = Location.objects.filter(pk__in=ids, kind=LocationKind.SLOT).order_by("pk")
    return {slot.pk: slot for slot in slots.select_for_update(no_key=True)}


def expect_room(arrivals: Sequence[tuple[Item, Location | None]]) -> None:
    """Refuse new lots that a slot cannot take. Raises SlotHoldsOne, OnlyRolls."""
    coming = [(item, place) for item, place in arrivals if place is not None and place.kind == LocationKind.SLOT]
    slots = lock(place.pk for _item, place in coming)
    for item, place in coming:
        if place.pk in slots and item.kind != ItemKind.FILAMENT:
            raise OnlyRolls(_("%(slot)s takes rolls, not %(item)s.") % {"slot": place, "item": item})
    _refuse_several([place.pk for _item, place in coming if place.pk in slots], slots)
    there = Lot.objects.filter(location__in=slots).order_by("pk").first()
    if there is not None:
        raise SlotHoldsOne(
            _("%(slot)s holds %(lot)s already: move that away first.")
            % {"slot": slots[there.location_id], "lot": there}
        )


def expect_one_roll_each(slots: dict[int, Location]) -> None:
    """After many rows were written at once: refuse all of it where a slot got too much. Raises SlotHoldsOne, OnlyRolls."""
    if not slots:
        return
    rows = Lot.objects.filter(location__in=slots).order_by().values("location")
    counts = rows.annotate(lots=Count("pk"), parts=Count("pk", filter=~Q(item__kind=ItemKind.FILAMENT)))
    for row in counts.order_by("location"):
        slot = slots[row["location"]]
        if row["parts"]:
            raise OnlyRolls(_("%(slot)s takes rolls only: move what else is there away first.") % {"slot": slot})
        if row["lots"] > 1:
            raise SlotHoldsOne(_("%(slot)s takes one roll at a time.") % {"slot": slot})


def taken(slots: Iterable[int]) -> set[int]:
    """Those of these slots in which something is."""
    return set(Lot.objects.filter(location__in=list(slots)).values_list("location", flat=True))


def _refuse_several(wanted: Collection[int], slots: dict[int, Location]) -> None:
    for pk in wanted:
        if list(wanted).count(pk) > 1:
            raise SlotHoldsOne(_("%(slot)s takes one roll at a time.") % {"slot": slots[pk]})
