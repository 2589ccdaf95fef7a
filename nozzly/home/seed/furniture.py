"""Which filaments the invented shop keeps, and where it keeps them."""

from inventory.domain import library, locations
from inventory.domain.colours import distance
from inventory.models import Location

GROUPS = (
    ("Black PLA", "#1a1a1a"), ("White PLA", "#f7f7f5"), ("Grey PLA", "#8e9089"), ("Red PLA", "#c12e1f"),
    ("Orange PLA", "#ff7a1a"), ("Yellow PLA", "#f4d22a"), ("Green PLA", "#1f8f4a"), ("Blue PLA", "#0a4ea8"),
    ("Purple PLA", "#5e43b7"), ("Pink PLA", "#f06a9a"), ("Brown PLA", "#7d4a2c"), ("Teal PLA", "#00a3a8"),
)  # fmt: skip
# (material, finish, how many of sixty)
_SHARES = (
    ("PLA", "", 32), ("PLA", "silk", 7), ("PLA", "matte", 9), ("PETG", "", 7), ("PLA-Wood", "wood", 1), ("TPU", "", 2),
    ("ASA", "", 2),
)  # fmt: skip


def make_places() -> list[Location]:
    """Four places for rolls, one for parts, and the rest for what is finished."""
    workshop = locations.create_location(name="Workshop", kind="room")
    store = locations.create_location(name="Store", kind="room")
    shelves = [locations.create_location(name=f"Shelf {letter}", kind="shelf", parent=workshop) for letter in "ABC"]
    drybox = locations.create_location(name="Dry box", kind="drybox", parent=workshop)
    bench = locations.create_location(name="Parts drawers", kind="box", parent=workshop)
    boxes = [locations.create_location(name=f"Box {number}", kind="box", parent=store) for number in range(1, 13)]
    stall = locations.create_location(name="Market stall", kind="stall")
    return [*shelves, drybox, bench, *boxes, stall]


def chosen_filaments(count: int) -> list[library.LibraryFilament]:
    """Round the brands and colours, so that every group has members and no shelf is all of one make."""
    chosen: dict[str, library.LibraryFilament] = {}
    for material, finish, share in _SHARES:
        fitting = [each for each in library.filaments() if (each.material, each.finish) == (material, finish)]
        if (material, finish) == ("PLA", ""):
            fitting = _by_closeness(fitting)
        for each in fitting[:: max(len(fitting) // max(share * count // 60, 1), 1)] if finish else fitting:
            if (
                sum(1 for known in chosen.values() if (known.material, known.finish) == (material, finish))
                < share * count // 60
            ):
                chosen.setdefault(each.reference, each)
    for each in library.filaments():
        if len(chosen) >= count:
            break
        chosen.setdefault(each.reference, each)
    return list(chosen.values())[:count]


def _by_closeness(entries: list[library.LibraryFilament]) -> list[library.LibraryFilament]:
    """The best black, the best white …, then the second best of each."""
    ranked = [sorted((each for each in entries if len(each.colour_hexes) == 1),
                     key=lambda each, colour=colour: distance(each.colour_hexes[0], colour)) for _name, colour in GROUPS]  # fmt: skip
    return [row[rank] for rank in range(max(map(len, ranked))) for row in ranked if rank < len(row)]
