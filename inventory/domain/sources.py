"""Which page shows what a movement or a reservation was for.

The ledger keeps a source by name and number and knows nothing of the apps above; whoever composes the project
(``nozzly.urls``) announces their pages here.
"""

from django.urls import NoReverseMatch, reverse

_pages: dict[str, str] = {"delivery": "inventory:delivery_detail"}


def announce(source: str, url_name: str) -> None:
    """From now on rows of this source link to the page of that name, which takes the source's id."""
    _pages[source] = url_name


def url_of(source: str, source_id: int | None) -> str:
    """The page of the source, or nothing where none is known."""
    if source_id is None or source not in _pages:
        return ""
    try:
        return reverse(_pages[source], args=[source_id])
    except NoReverseMatch:
        return ""
