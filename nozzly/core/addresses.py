"""Addresses of rows, many to a page: Django's reverse() works each of them out anew."""

import re
from functools import lru_cache

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse

_ANY = 1234567890123  # a key that stands nowhere else in an address
_PLAIN = re.compile(r"[0-9A-Za-z]+")


def address(name: str, key: int | str) -> str:
    """What ``reverse(name, args=[key])`` answers, for an address that holds one key: a number, or a code."""
    text = "" if key is None else str(key)
    if not _PLAIN.fullmatch(text):
        return reverse(name, args=[key])
    before, after = _around(name, get_urlconf() or settings.ROOT_URLCONF, get_script_prefix())
    return f"{before}{text}{after}"


@lru_cache(maxsize=512)
def _around(name: str, urlconf: str, prefix: str) -> tuple[str, str]:
    before, _key, after = reverse(name, urlconf, args=[_ANY]).partition(str(_ANY))
    return before, after
