"""Changing many rows at once: what is given is written to exactly the rows named, the rest stays as it is."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from nozzly.core.errors import DomainError


class NothingToChange(DomainError):
    pass


class GoneMeanwhile(DomainError):
    pass


@dataclass(frozen=True)
class Changes:
    """None leaves a value as it is; what stands in ``clear`` is emptied, texts of ``_texts`` to "", others to None."""

    _texts = frozenset()

    clear: frozenset[str] = frozenset()

    @property
    def says_nothing(self) -> bool:
        return not self.clear and all(getattr(self, each.name) is None for each in fields(self) if each.name != "clear")

    def of(self, names: Sequence[str]) -> dict[str, object]:
        """New values of these fields, those to be emptied among them."""
        given = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        return given | {name: "" if name in self._texts else None for name in names if name in self.clear}


def wanted_keys(ids: Sequence[int], changes: Changes) -> list[int]:
    """Raises NothingToChange."""
    if changes.says_nothing:
        raise NothingToChange(_("Fill in what is to be changed."))
    return sorted(set(ids))


def hold_rows(rows: QuerySet, wanted: Sequence[int]) -> list[Model]:
    """All these rows, locked in the order of their keys. Raises GoneMeanwhile."""
    found = list(rows.filter(pk__in=wanted).order_by("pk").select_for_update(of=("self",), no_key=True))
    if len(found) != len(wanted):
        raise GoneMeanwhile(_("Some of these are not there any more; choose them once more."))
    return found
