"""Changing many rolls at once: what is given is written to exactly the rolls named, the rest stays as it is."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from inventory.choices import SpoolState
from inventory.domain import spools
from inventory.domain.searching import refresh_lots
from inventory.models import Location, Lot, Spool, Supplier
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError

CLEARABLE = ("location", "supplier", "batch", "note", "received_on", "tare_g")
_EMPTY = {"batch": "", "note": ""}
_OF_LOT = ("supplier", "batch", "note", "received_on")
_OF_SPOOL = ("net_weight_g", "tare_g")


class NothingToChange(DomainError):
    pass


class GoneMeanwhile(DomainError):
    pass


@dataclass(frozen=True)
class Changes:
    """None leaves a value as it is; what stands in ``clear`` is emptied."""

    location: Location | None = None
    supplier: Supplier | None = None
    batch: str | None = None
    note: str | None = None
    received_on: date | None = None
    net_weight_g: Decimal | None = None
    tare_g: Decimal | None = None
    state: SpoolState | None = None  # sealed, open or drying: a roll gets empty by the ledger
    clear: frozenset[str] = frozenset()

    def of(self, names: Sequence[str]) -> dict[str, object]:
        """New values of these fields, those to be emptied among them."""
        given = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        return given | {name: _EMPTY.get(name) for name in names if name in self.clear}

    @property
    def says_nothing(self) -> bool:
        return not self.clear and all(getattr(self, each.name) is None for each in fields(self) if each.name != "clear")


def change_spools(lot_ids: Sequence[int], changes: Changes, *, by: User, at: datetime) -> int:
    """Write the changes to these rolls and no others; answers how many. All or none.

    Raises NothingToChange, GoneMeanwhile, SlotHoldsOne.
    """
    if changes.says_nothing:
        raise NothingToChange(_("Fill in what is to be changed."))
    wanted = sorted(set(lot_ids))
    with transaction.atomic():
        lots = list(
            Lot.objects.spools().filter(pk__in=wanted).order_by("pk").select_for_update(of=("self",), no_key=True)
        )
        if len(lots) != len(wanted):
            raise GoneMeanwhile(_("Some of these rolls are not there any more; choose them once more."))
        if changes.location is not None or "location" in changes.clear:
            spools.move(lots, location=changes.location, by=by, at=at)
        rows, rolls = Lot.objects.filter(pk__in=wanted), Spool.objects.filter(lot__in=wanted)
        if of_lot := changes.of(_OF_LOT):
            rows.update(**of_lot)
        if of_spool := changes.of(_OF_SPOOL):
            rolls.update(**of_spool)
        if changes.state is not None:
            _set_state(rolls, changes.state, at=at)
        refresh_lots(wanted)
    return len(wanted)


def _set_state(rolls: object, state: SpoolState, *, at: datetime) -> None:
    """Only rolls with something on them can be sealed, open or drying; empty ones stay empty."""
    held = rolls.filter(lot__on_hand__gt=0)
    if state == SpoolState.SEALED:
        held.update(state=state, opened_at=None)
        return
    held.filter(opened_at=None).update(opened_at=at)
    held.update(state=state)
