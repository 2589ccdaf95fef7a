"""Texts of pages, looked up once: the catalogues of a language never change while a process runs."""

from functools import lru_cache

from django.conf import settings
from django.utils.translation import trans_real

_MOST_KEPT = 8192  # texts a language


def remember_texts() -> None:
    """A page asks for 300 texts, and Django walks through six catalogues for each that it does not find."""
    for code, _name in settings.LANGUAGES:
        catalogue = trans_real.translation(code)
        catalogue.gettext = lru_cache(_MOST_KEPT)(catalogue.gettext)
