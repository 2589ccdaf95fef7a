"""The whole library: what ships with Nozzly, and after it what an operator added."""

from dataclasses import dataclass
from functools import cached_property

from inventory.domain import library, library_files
from inventory.domain.library import LibraryFilament


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Made once for each state of the added file."""

    added: tuple[LibraryFilament, ...]

    @cached_property
    def by_reference(self) -> dict[str, LibraryFilament]:
        return {entry.reference: entry for entry in (*library.filaments(), *self.added)}

    @cached_property
    def spoken(self) -> list[tuple[str, LibraryFilament]]:
        usual = sorted(
            self.added, key=lambda entry: (entry.diameter_mm != library.USUAL_DIAMETER_MM, entry.net_weight_g != 1000)
        )
        return [(_words(entry), entry) for entry in (*library.filaments(), *usual)]


_latest = Catalogue(())


def catalogue() -> Catalogue:
    global _latest  # noqa: PLW0603 - one object for each state of a file, as a cache
    added = library_files.added()
    if _latest.added is not added:
        _latest = Catalogue(added)
    return _latest


def search(text: str, *, limit: int = 60) -> list[LibraryFilament]:
    """Filaments in which every word begins one, the shipped ones first; of the others 1.75 mm and 1 kg first."""
    words = text.lower().split()
    found = (entry for spoken, entry in catalogue().spoken if all(f" {word}" in spoken for word in words))
    return [entry for entry, _number in zip(found, range(limit), strict=False)]


def by_reference(reference: str) -> LibraryFilament | None:
    return catalogue().by_reference.get(reference)


def _words(entry: LibraryFilament) -> str:
    diameter = f"{entry.diameter_mm.normalize():f}"
    said = f" {entry.words} {diameter} {diameter}mm {entry.net_weight_g:.0f}g"
    return said.replace("-", " -").replace("(", " (") + said
