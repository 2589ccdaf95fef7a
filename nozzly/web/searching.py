"""What the search box finds. Each app registers searchers; the box asks those the user's role may see."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from nozzly.accounts.permissions import Permission

MAX_HITS = 8


@dataclass(frozen=True)
class Hit:
    title: str
    url: str
    detail: str = ""
    icon: str = "search"


@dataclass(frozen=True)
class _Searcher:
    label: str
    permission: Permission
    find: Callable[[str], Iterable[Hit]]


_searchers: dict[str, _Searcher] = {}


def searcher(label: str, *, permission: Permission) -> Callable:
    """Register ``find(text) -> hits``, best first; it should read MAX_HITS rows by one indexed query."""

    def register(find: Callable) -> Callable:
        _searchers[f"{find.__module__}.{find.__qualname__}"] = _Searcher(label, permission, find)
        return find

    return register


def search(user, text: str) -> list[tuple[str, list[Hit]]]:
    """(label, hits) of every searcher that found something."""
    if not text:
        return []
    found = [
        (entry.label, list(entry.find(text))[:MAX_HITS])
        for entry in _searchers.values()
        if user.has_permission(entry.permission)
    ]
    return [(label, hits) for label, hits in found if hits]
