"""What can fill a slot, as one choice: a filament of ours, a group, or a filament of the shipped library."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from catalog.domain.list_prices import known_material
from catalog.domain.variants import Binding
from inventory.domain import filaments, library
from inventory.models import Filament, MaterialGroup
from nozzly.core.errors import DomainError

FILAMENT, GROUP, LIBRARY = "f", "g", "l"


class UnknownFilament(DomainError):
    pass


@dataclass(frozen=True)
class Option:
    """One line of a drop-down: value, text, and the colours to show beside it."""

    value: str
    text: str
    colours: tuple[str, ...]


def options(material_type: str = "", *, with_library: bool = True) -> list[tuple[str, list[Option]]]:
    """Choices by heading: groups, own filaments, and those of the library that are of the same material."""
    groups = [
        Option(f"{GROUP}:{group.pk}", group.name, (group.colour_hex,))
        for group in MaterialGroup.objects.order_by("name")
    ]
    own = list(Filament.objects.for_choice())
    mine = [Option(f"{FILAMENT}:{each.pk}", each.item.name, tuple(each.colour_hexes)) for each in own]
    found = [(_("Groups: any brand"), groups), (_("Your filaments"), mine)]
    if with_library:
        picked = {each.reference for each in own if each.reference}
        found.append((_("From the library"), _library_options(material_type, picked)))
    return [(heading, lines) for heading, lines in found if lines]


def choice_of(binding: Binding | None) -> str:
    if binding is None:
        return ""
    if binding.group_id:
        return f"{GROUP}:{binding.group_id}"
    return f"{FILAMENT}:{binding.filament_id}" if binding.filament_id else ""


def binding_of(choice: str) -> Binding | None:
    """The binding behind a choice; one from the library is copied into the workspace. Raises UnknownFilament."""
    kind, _colon, key = choice.partition(":")
    if not choice:
        return None
    if kind == GROUP and key.isdigit() and MaterialGroup.objects.filter(pk=key).exists():
        return Binding(group_id=int(key))
    if kind == FILAMENT and key.isdigit() and Filament.objects.filter(pk=key).exists():
        return Binding(filament_id=int(key))
    entry = library.by_reference(key) if kind == LIBRARY else None
    if entry is None:
        raise UnknownFilament(_("This filament is not there any more; choose another one."))
    return Binding(filament_id=filaments.pick(entry).pk)


def colour_word(binding: Binding) -> str:
    """What a variant in this filament or group is called."""
    if binding.group_id:
        return MaterialGroup.objects.get(pk=binding.group_id).name
    return Filament.objects.get(pk=binding.filament_id).colour_name


def _library_options(material_type: str, picked: set[str]) -> list[Option]:
    wanted = library.material_name(known_material(material_type) or material_type).upper()
    return [
        Option(f"{LIBRARY}:{entry.reference}", f"{entry.brand} {entry.series} {entry.colour_name}", entry.colour_hexes)
        for entry in library.filaments()
        if entry.reference not in picked and (not wanted or entry.material.upper() == wanted)
    ]
