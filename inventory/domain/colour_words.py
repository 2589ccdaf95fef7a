"""Plain words for colours, to name the slots of a file that only says #rrggbb."""

from inventory.domain.colours import distance

_NAMED = (
    ("White", "#ffffff"), ("Black", "#101010"), ("Grey", "#808080"), ("Silver", "#c0c0c0"), ("Red", "#d01818"),
    ("Orange", "#ff8000"), ("Yellow", "#ffe000"), ("Green", "#12a03c"), ("Light green", "#7bd35a"),
    ("Turquoise", "#20b2aa"), ("Light blue", "#65b8ff"), ("Blue", "#1848d0"), ("Navy", "#14285a"),
    ("Purple", "#7a35b8"), ("Lavender", "#a768df"), ("Pink", "#ff80b0"), ("Magenta", "#e0109a"), ("Brown", "#704020"),
    ("Beige", "#e8d8b0"), ("Gold", "#c8a030"),
)  # fmt: skip


def colour_name(colour_hex: str) -> str:
    """The nearest plain word; empty for no colour."""
    if not colour_hex:
        return ""
    return min(_NAMED, key=lambda named: distance(named[1], colour_hex))[0]
