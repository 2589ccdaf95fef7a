"""Filament colours as small SVG pictures with fills, because inline styles are forbidden."""

import re
from collections.abc import Iterable
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_HEX = re.compile(r"^#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})$")
_SIZE = 24
UNKNOWN = "#9a9a94"


def colour(text: str) -> str:
    match = _HEX.match(str(text).strip())
    return f"#{match[1].lower()}" if match else UNKNOWN


def svg(hexes: str | Iterable[str], *, label: str = "", css: str = "", see_through: bool = False) -> SafeString:
    """A disc in one colour or in equal stripes of several; ``see_through`` adds a hatch for clear filaments."""
    names = hexes.split(",") if isinstance(hexes, str) else hexes or ()
    return _drawn(tuple(map(str, names)), str(label), css, see_through)


@lru_cache(maxsize=4096)
def _drawn(names: tuple[str, ...], label: str, css: str, see_through: bool) -> SafeString:  # noqa: FBT001 - a key of the cache
    fills = [colour(name) for name in names] or [UNKNOWN]
    width = _SIZE / len(fills)
    stripes = "".join(
        f'<rect x="{index * width:g}" y="0" width="{width + 0.1:g}" height="{_SIZE}" fill="{fill}"/>'
        for index, fill in enumerate(fills)
    )
    hatch = '<path d="M-2 14 14 -2M4 26 26 4" stroke="#ffffff" stroke-opacity="0.7" stroke-width="3"/>'
    meaning = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return mark_safe(  # noqa: S308 - colours are checked, label and class are escaped
        f'<svg class="swatch {escape(css)}" width="{_SIZE}" height="{_SIZE}" viewBox="0 0 {_SIZE} {_SIZE}" {meaning}>'
        f"{stripes}{hatch if see_through else ''}</svg>"
    )
