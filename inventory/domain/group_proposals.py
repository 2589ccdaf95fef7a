"""Groups that a shop could have: its own filaments without one, gathered by material and by how they look."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from django.db import transaction
from django.utils.translation import gettext as _

from inventory.domain import filaments
from inventory.domain.colour_words import colour_name
from inventory.domain.colours import distance, passes_for
from inventory.models import Filament, MaterialGroup
from nozzly.core.errors import DomainError

# Every one is held against every other; whoever has more without a group sees the next after these have one.
_MOST = 400


class ProposalGone(DomainError):
    """Some of these filaments have found a group meanwhile."""


@dataclass
class Proposal:
    """Filaments that replace each other: a new group, or more members for one that is there."""

    name: str
    material_id: int
    colour_hex: str
    members: list[Filament] = field(default_factory=list)
    group: MaterialGroup | None = None


def proposals() -> list[Proposal]:
    """First what fits into groups that are there, then new ones of two filaments or more, the largest first."""
    rows = Filament.objects.for_choice().filter(group=None)[:_MOST]
    free = [row for row in rows if len(row.colour_hexes) == 1]
    groups = list(MaterialGroup.objects.select_related("material").order_by("name"))
    found = {group.pk: Proposal(group.name, group.material_id, group.colour_hex, group=group) for group in groups}
    rest = []
    for filament in free:
        group = _closest(filament, groups)
        (found[group.pk].members if group else rest).append(filament)
    new = sorted(_gathered(rest), key=lambda proposal: (-len(proposal.members), proposal.name))
    return [proposal for proposal in found.values() if proposal.members] + _told_apart(new, groups)


def take(*, name: str, colour_hex: str, group: MaterialGroup | None, member_ids: Sequence[int]) -> MaterialGroup:
    """Make the group, or add to it, with exactly these filaments. Raises ProposalGone, AlreadyThere."""
    with transaction.atomic():
        members = list(Filament.objects.filter(pk__in=member_ids, group=None).select_for_update(of=("self",)))
        if not members or len(members) != len(set(member_ids)):
            raise ProposalGone(_("These filaments have changed meanwhile; look once more."))
        if group is None:
            return filaments.create_group(
                name=name, material=members[0].material, colour_hex=colour_hex, members=members
            )  # fmt: skip
        Filament.objects.filter(pk__in=[member.pk for member in members]).update(group=group)
    return group


def _closest(filament: Filament, groups: Sequence[MaterialGroup]) -> MaterialGroup | None:
    colour = filament.colour_hexes[0]
    fitting = [
        group
        for group in groups
        if group.material_id in {None, filament.material_id} and passes_for(colour, group.colour_hex)
    ]
    return min(fitting, key=lambda group: (distance(colour, group.colour_hex), group.pk), default=None)


def _gathered(rest: Sequence[Filament]) -> list[Proposal]:
    """Around each filament those that pass for it; the one with most company starts, so that nobody drifts along."""
    by_pk = {one.pk: one for one in rest}
    near = {one.pk: {one.pk} for one in rest}
    for one, other in combinations(rest, 2):
        if _alike(one, other):
            near[one.pk].add(other.pk)
            near[other.pk].add(one.pk)
    new = []
    while near:
        middle = max(near, key=lambda pk: (len(near[pk]), -pk))
        members = near[middle]
        if len(members) < 2:
            break
        colour, material = by_pk[middle].colour_hexes[0], by_pk[middle].material
        name = f"{colour_name(colour)} {material.name}"
        new.append(Proposal(name, material.pk, colour, [by_pk[pk] for pk in sorted(members)]))
        near = {pk: circle - members for pk, circle in near.items() if pk not in members}
    return new


def _alike(one: Filament, other: Filament) -> bool:
    same_kind = (one.material_id, one.finish, one.diameter_mm) == (other.material_id, other.finish, other.diameter_mm)
    return same_kind and passes_for(one.colour_hexes[0], other.colour_hexes[0])


def _told_apart(new: Sequence[Proposal], groups: Sequence[MaterialGroup]) -> list[Proposal]:
    """Names that no group has yet: two reds get their finish, then a number."""
    taken = {group.name.casefold() for group in groups}
    for proposal in new:
        finish = proposal.members[0].get_finish_display() if proposal.members[0].finish else ""
        wanted = " ".join(part for part in (finish, proposal.name) if part)
        names = [wanted, *(f"{wanted} {number}" for number in range(2, 99))]
        proposal.name = next(name for name in names if name.casefold() not in taken)[:80]
        taken.add(proposal.name.casefold())
    return list(new)
