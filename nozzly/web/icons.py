"""Tabler icons as inline SVG, read from the front-end packages."""

import re
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_NAME = re.compile(r"^[a-z0-9-]+$")
_SHAPES = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


@lru_cache(maxsize=512)
def shapes(name: str) -> str:
    """The inside of the icon's <svg>. Raises ImproperlyConfigured for an icon that does not exist."""
    if not _NAME.match(name):
        raise ImproperlyConfigured(f"“{name}” is not an icon name.")
    try:
        source = (Path(settings.ICON_DIR) / f"{name}.svg").read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ImproperlyConfigured(f"There is no icon “{name}”; see https://tabler.io/icons.") from None
    inside = _SHAPES.search(source)[1]
    return re.sub(r"\s*\n\s*", "", inside)


def svg(name: str, *, css: str = "", label: str = "") -> SafeString:
    """One icon. Without a label it is decoration and hidden from screen readers."""
    meaning = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return mark_safe(  # noqa: S308 - our own files; label and class are escaped
        f'<svg class="icon {escape(css)}" width="20" height="20" viewBox="0 0 24 24" fill="none" '
        f'stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" {meaning}>'
        f"{shapes(name)}</svg>"
    )
