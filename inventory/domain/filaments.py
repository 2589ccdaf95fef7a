"""Filaments, other items and the groups they belong to."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from inventory.choices import ItemKind, Unit
from inventory.domain import directory, library
from inventory.domain.colours import distance, passes_for
from inventory.domain.searching import refresh_items
from inventory.models import Filament, Item, Material, MaterialGroup
from nozzly.core.errors import DomainError
from nozzly.core.money import round_unit_cost

# Two colours of one print that lie closer than this are one colour written twice; others are not printed from one roll.
_WRITTEN_TWICE = 2


class AlreadyThere(DomainError):
    pass


@dataclass(frozen=True)
class FilamentFacts:
    """What describes a filament, as the library or a form knows it."""

    brand: str
    material: str
    colour_name: str
    colour_hexes: Sequence[str]
    finish: str = ""
    diameter_mm: Decimal = Decimal("1.75")
    net_weight_g: Decimal = Decimal(1000)
    density_g_cm3: Decimal | None = None
    empty_reel_g: Decimal | None = None
    list_price: Decimal | None = None  # of a full reel
    list_price_origin: str = ""
    reference: str = ""


def create_filament(facts: FilamentFacts) -> Filament:
    """A filament with its item; brand and material are made when they are new. Raises AlreadyThere."""
    try:
        with transaction.atomic():
            filament = Filament(
                item=Item.objects.create(kind=ItemKind.FILAMENT, unit=Unit.GRAM, name="", pack_size=facts.net_weight_g)
            )
            return _store(filament, facts)
    except IntegrityError:
        raise AlreadyThere(
            _("%(brand)s %(material)s %(colour)s is already in your list.")
            % {"brand": facts.brand, "material": facts.material, "colour": facts.colour_name}
        ) from None


def change_filament(filament: Filament, facts: FilamentFacts) -> Filament:
    """Correct what is known of a filament; its rolls follow. Raises AlreadyThere."""
    try:
        with transaction.atomic():
            return _store(filament, facts)
    except IntegrityError:
        raise AlreadyThere(_("Another filament of yours is exactly like this one.")) from None


def get_or_create_filament(facts: FilamentFacts) -> Filament:
    """The filament of these facts, made when it is new."""
    known = Filament.objects.select_related("item", "brand", "material").filter(
        brand__name__iexact=directory.tidy(facts.brand), material__name__iexact=library.material_name(facts.material), finish=facts.finish,
        colour_name__iexact=facts.colour_name, diameter_mm=facts.diameter_mm, net_weight_g=facts.net_weight_g,
    )  # fmt: skip
    return known.first() or create_filament(facts)


def pick(entry: library.LibraryFilament) -> Filament:
    """Copy a filament of the library into the workspace, once."""
    picked = Filament.objects.filter(reference=entry.reference).select_related("item", "brand", "material").first()
    return picked or get_or_create_filament(
        FilamentFacts(
            brand=entry.brand, material=entry.material, colour_name=entry.colour_name, colour_hexes=entry.colour_hexes,
            finish=entry.finish, diameter_mm=entry.diameter_mm, net_weight_g=entry.net_weight_g,
            density_g_cm3=entry.density_g_cm3, empty_reel_g=entry.empty_reel_g, reference=entry.reference,
        )
    )  # fmt: skip


def closest_filament(material: str, colour_hex: str) -> Filament | None:
    """The own filament of that material whose colour passes for the given one; the nearest, stocked ones first."""
    return closest_filaments([(material, colour_hex)])[0]


def closest_filaments(wanted: Sequence[tuple[str, str]]) -> list[Filament | None]:
    """The same for all colours of one print, as (material, #rrggbb), in one query.

    Colours that differ never share a filament: the nearest gets it, the other stays open for somebody to choose.
    """
    materials = {material.upper() for material, _colour in wanted}
    candidates = Filament.objects.for_choice().annotate(written=Upper("material__name")).filter(written__in=materials)
    pairs = sorted(
        (not filament.stock_g, distance(filament.colour_hexes[0], colour), filament.pk, index, filament)
        for filament in (candidates.with_stock() if materials else ())
        if len(filament.colour_hexes) == 1
        for index, (material, colour) in enumerate(wanted)
        if filament.written == material.upper() and passes_for(filament.colour_hexes[0], colour)
    )
    chosen: dict[int, Filament] = {}
    for _unstocked, _gap, _pk, index, filament in pairs:
        colour = wanted[index][1]
        others = [wanted[other][1] for other, taken in chosen.items() if taken.pk == filament.pk]
        if index not in chosen and all(distance(colour, other) <= _WRITTEN_TWICE for other in others):
            chosen[index] = filament
    return [chosen.get(index) for index in range(len(wanted))]


def material_named(name: str, *, density_g_cm3: Decimal | None = None) -> Material:
    """The material, made when it is new: with its shipped density, else with that of the first filament of it."""
    name = library.material_name(name)
    known = Material.objects.filter(name__iexact=name).first()
    if known is None and name.upper() not in library.materials() and density_g_cm3 is not None:
        return Material.objects.create(name=name, density_g_cm3=density_g_cm3)
    return known or Material.objects.create(name=name, density_g_cm3=library.density_g_cm3(name))


def create_group(
    *, name: str, material: Material | None, colour_hex: str, members: Sequence[Filament] = ()
) -> MaterialGroup:
    """Filaments that replace each other from now on. Raises AlreadyThere."""
    if MaterialGroup.objects.filter(name__iexact=name).exists():
        raise AlreadyThere(_("There is already a group called %(name)s.") % {"name": name})
    with transaction.atomic():
        group = MaterialGroup.objects.create(name=name, material=material, colour_hex=colour_hex.lower())
        Filament.objects.filter(pk__in=[filament.pk for filament in members]).update(group=group)
    return group


def _store(filament: Filament, facts: FilamentFacts) -> Filament:
    filament.brand = directory.brand_named(facts.brand, empty_reel_g=facts.empty_reel_g)
    filament.material = material_named(facts.material, density_g_cm3=facts.density_g_cm3)
    filament.colour_name, filament.finish = facts.colour_name, facts.finish
    filament.colour_hexes = [colour.lower() for colour in facts.colour_hexes]
    filament.diameter_mm, filament.net_weight_g = facts.diameter_mm, facts.net_weight_g
    filament.density_g_cm3 = facts.density_g_cm3
    filament.empty_reel_g, filament.list_price = facts.empty_reel_g, facts.list_price
    filament.reference = facts.reference or filament.reference
    filament.save()
    item = filament.item
    item.name = _name(filament)
    if facts.list_price is not None:
        item.list_price_per_unit = round_unit_cost(facts.list_price / facts.net_weight_g)
        item.list_price_origin = facts.list_price_origin
    item.save(update_fields=["name", "list_price_per_unit", "list_price_origin", "updated_at"])
    refresh_items([item.pk])
    return filament


def _name(filament: Filament) -> str:
    """What lists call it: brand, material, colour, and what sets it apart from the usual reel."""
    finish = filament.get_finish_display() if filament.finish else ""
    words = [filament.brand.name, filament.material.name, finish, filament.colour_name]
    if finish and finish.lower() in filament.colour_name.lower():
        words.remove(finish)
    return " ".join(word for word in words if word)[:200]


def offer_again(filament: Filament) -> None:
    """Take a filament out of the archive."""
    filament.item.archived_at = None
    filament.item.save(update_fields=["archived_at", "updated_at"])


def save_filament(filament: Filament | None, facts: FilamentFacts, *, group: MaterialGroup | None) -> Filament:
    """Make or correct a filament and say which group it belongs to. Raises AlreadyThere."""
    with transaction.atomic():
        saved = change_filament(filament, facts) if filament else create_filament(facts)
        saved.group = group
        saved.save(update_fields=["group"])
    return saved


def set_members(group: MaterialGroup, filament_ids: set[int]) -> None:
    """These filaments, and no others, make up the group."""
    with transaction.atomic():
        Filament.objects.filter(group=group).exclude(pk__in=filament_ids).update(group=None)
        Filament.objects.filter(pk__in=filament_ids).update(group=group)


def suggested_for(group: MaterialGroup) -> list[Filament]:
    """Filaments without a group whose material is the group's and whose colour passes for its colour."""
    free = Filament.objects.for_choice().filter(group=None)
    if group.material_id:
        free = free.filter(material=group.material_id)
    return [
        filament
        for filament in free
        if len(filament.colour_hexes) == 1 and passes_for(filament.colour_hexes[0], group.colour_hex)
    ]


def group_candidates(group: MaterialGroup | None) -> list[Filament]:
    """Filaments that may be ticked for a group: its own and those without one, the likely ones first."""
    free = list(Filament.objects.for_choice().filter(group=None))
    if group is None:
        return free
    own = list(Filament.objects.for_choice().filter(group=group))
    likely = {filament.pk for filament in suggested_for(group)}
    return own + sorted(free, key=lambda filament: (filament.pk not in likely, filament.item.name))
