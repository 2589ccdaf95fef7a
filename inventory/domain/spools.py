"""Rolls: adding, weighing, opening, emptying, moving."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, Min, Q
from django.utils.translation import gettext as _

from inventory.choices import ItemKind, LocationKind, MovementKind, SpoolState
from inventory.domain import drying, ledger, slots, stock
from inventory.domain.holding import hold_roll, refuse_archived
from inventory.domain.ledger import Entry
from inventory.domain.lots import LotDetails, create_lots, received_at
from inventory.domain.searching import refresh_lots
from inventory.domain.slots import OnlyRolls, SlotHoldsOne
from inventory.models import Filament, Location, Lot, Spool, Weighing
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from nozzly.core.money import split_money
from nozzly.tenancy.current import current_workspace


class TareUnknown(DomainError):
    """Nothing says what the empty reel weighs, so a gross weight says nothing."""


class LighterThanItsReel(DomainError):
    pass


class MovedMeanwhile(DomainError):
    pass


class NoRolls(DomainError):
    pass


@dataclass(frozen=True)
class Rolls:
    """What is true of every roll that is added together."""

    net_weight_g: Decimal | None = None  # when full; None: the filament's
    left_g: Decimal | None = None  # None: full
    total_price: Decimal | None = None  # of all rolls together, as they are; None: valued at replacement cost
    opening: bool = False  # owned before the books began, not bought now
    state: str | None = None  # None: sealed when full, else open
    tare_g: Decimal | None = None
    details: LotDetails = field(default_factory=LotDetails)


def add_spools(
    filament: Filament, *, count: int, rolls: Rolls = Rolls(), key: UUID, by: User | None, at: datetime
) -> list[Spool]:
    """Take in ``count`` rolls of one filament. The same ``key`` again adds nothing and answers the same rolls.

    Raises NoRolls, SlotHoldsOne.
    """
    left_g = rolls.left_g if rolls.left_g is not None else rolls.net_weight_g or filament.net_weight_g
    if count < 1 or left_g <= 0:
        raise NoRolls(_("Add at least one roll with something on it."))
    with transaction.atomic():
        booked = ledger.claim(key)
        if booked:
            return list(
                Spool.objects.filter(lot__in={row.lot_id for row in booked}).select_related("lot").order_by("pk")
            )
        spools = make_spools(filament, count=count, rolls=rolls, at=at)
        total, note = rolls.total_price, ""
        if total is None:
            cost = stock.replacement_cost_per_unit(filament.item)
            total, note = cost.value * left_g * count, cost.origin
        kind = MovementKind.OPENING if rolls.opening else MovementKind.RECEIPT
        values = split_money(total, [1] * count, current_workspace().currency)
        ledger.post(
            [
                Entry(spool.pk, kind, left_g, value, value, note=note)
                for spool, value in zip(spools, values, strict=True)
            ],
            source="spools", source_id=spools[0].pk, source_text="", key=key, by=by,
            at=at if rolls.opening else received_at(rolls.details.received_on, at=at), recorded_at=at,
        )  # fmt: skip
    return spools


def make_spools(filament: Filament, *, count: int, rolls: Rolls, at: datetime) -> list[Spool]:
    """Rolls with nothing on them yet; whoever calls posts what they hold."""
    net_weight_g = rolls.net_weight_g or filament.net_weight_g
    is_full = rolls.left_g is None or rolls.left_g >= net_weight_g
    state = rolls.state or (SpoolState.SEALED if is_full else SpoolState.OPEN)
    lots = create_lots(filament.item, count, rolls.details)
    return Spool.objects.bulk_create(
        Spool(
            lot=lot,
            net_weight_g=net_weight_g,
            tare_g=rolls.tare_g,
            state=state,
            opened_at=None if state == SpoolState.SEALED else at,
        )
        for lot in lots
    )


def tare_of(spool: Spool) -> Decimal | None:
    """Grams of the empty reel: the roll's own, else the filament's, else the brand's, else None."""
    return spool.lot.item.filament.tare_g if spool.tare_g is None else spool.tare_g


def proposed_tare(spool: Spool, *, gross_g: Decimal) -> Decimal | None:
    """What the reel must weigh if the sealed roll on the scale holds just what it should; None when it is not sealed."""
    if spool.state != SpoolState.SEALED or gross_g <= spool.net_weight_g:
        return None
    return gross_g - spool.net_weight_g


def tare_to_confirm(spool: Spool, *, gross_g: Decimal) -> Decimal | None:
    """What the first weighing of a sealed roll says of its reel, where that is not what was assumed of it.

    None too where it lies so far off that the roll cannot hold what it should.
    """
    proposal, assumed = proposed_tare(spool, gross_g=gross_g), tare_of(spool)
    if proposal is None or assumed is None or spool.tare_g is not None or spool.weighings.exists():
        return None
    return proposal if 0 < abs(proposal - assumed) <= assumed / 2 else None


def weigh(
    spool: Spool, *, gross_g: Decimal, tare_g: Decimal | None = None, key: UUID, by: User | None, at: datetime
) -> Weighing:
    """Book what the scale says: gross less tare is what is left, the difference goes to the ledger.

    A ``tare_g`` that is given is kept for this roll. The same ``key`` again changes nothing.

    Raises TareUnknown, LighterThanItsReel, IsArchived.
    """
    with transaction.atomic():
        ledger.claim(key)
        done = Weighing.objects.filter(key=key).first()
        if done:
            return done
        spool = hold_roll(spool)
        if tare_g is not None:
            spool.tare_g = tare_g
        tare = tare_of(spool)
        net_g = _net(gross_g, tare)
        weighing = Weighing.objects.create(
            spool=spool, gross_g=gross_g, tare_g=tare, net_g=net_g, expected_g=spool.lot.on_hand, key=key, at=at, by=by
        )
        _book_difference(weighing)
        _remember(spool, net_g, at=at)
    return weighing


def open_spool(spool: Spool, *, at: datetime) -> Spool:
    """The seal is off. Opening an open roll changes nothing. Raises IsArchived."""
    with transaction.atomic():
        spool = hold_roll(spool)
        if spool.state == SpoolState.SEALED:
            spool.state, spool.opened_at = SpoolState.OPEN, at
            spool.save(update_fields=["state", "opened_at"])
    return spool


def open_printed(lot_ids: Iterable[int], *, at: datetime) -> None:
    """Whatever was printed from has been opened, archived or not: it has happened. For inside a transaction."""
    sealed = Spool.objects.filter(lot__in=list(lot_ids), state=SpoolState.SEALED).order_by("lot")
    found = list(sealed.select_for_update(of=("self",), no_key=True).values_list("lot", flat=True))
    if found:
        Spool.objects.filter(lot__in=found).update(state=SpoolState.OPEN, opened_at=at)


def empty_spool(spool: Spool, *, reel_g: Decimal | None = None, key: UUID, by: User | None, at: datetime) -> Spool:
    """The roll is used up: what the books still have on it goes out as waste.

    ``reel_g`` is the bare reel on the scale: from then on this roll's tare is known and not assumed.

    Raises IsArchived.
    """
    with transaction.atomic():
        if ledger.claim(key):  # a page sent again, perhaps after somebody has put something back on the roll
            return spool
        spool = hold_roll(spool)
        lot = spool.lot
        if lot.on_hand:
            entry = Entry(lot.pk, MovementKind.WASTE, -lot.on_hand, note=_("roll is empty"))
            ledger.post([entry], source="hand", source_id=lot.pk, source_text="", key=key, by=by, at=at)
        Lot.objects.filter(pk=lot.pk).update(needs_count=False, location=None)
        drying.stop_drying([spool.pk], at=at)
        spool.state = SpoolState.EMPTY
        spool.tare_g = spool.tare_g if reel_g is None else reel_g
        spool.save(update_fields=["state", "tare_g"])
    return spool


def move(lots: Sequence[Lot], *, location: Location | None, by: User | None, at: datetime) -> None:
    """Put lots somewhere else. Loading a printer slot opens the roll; what was in the slot goes where the roll was.

    Raises SlotHoldsOne, OnlyRolls, IsArchived, MovedMeanwhile.
    """
    ids = {lot.pk for lot in lots}
    with transaction.atomic():
        held_slots = _lock_slots(ids, location)
        slot = None if location is None else held_slots.get(location.pk)
        rows = Lot.objects.filter(Q(pk__in=ids) | Q(location=slot)) if slot else Lot.objects.filter(pk__in=ids)
        there = list(
            rows.order_by("pk").select_related("item", "location").select_for_update(of=("self",), no_key=True)
        )
        moved = [lot for lot in there if lot.pk in ids]
        refuse_archived(moved)
        if slot and moved:
            _load(slot, moved, [lot.pk for lot in there if lot.pk not in ids], held_slots, at=at)
        Lot.objects.filter(pk__in=ids).update(location=location)


def _lock_slots(lot_ids: Iterable[int], location: Location | None) -> dict[int, Location]:
    """Hold the slot that lots go to, and those they come from: what hung in the one goes to the other."""
    if location is None or location.kind != LocationKind.SLOT:
        return {}
    origins = Lot.objects.filter(pk__in=lot_ids).values_list("location", flat=True)
    return slots.lock([location.pk, *origins])


def _load(slot: Location, moved: list[Lot], there: list[int], held: dict[int, Location], *, at: datetime) -> None:
    if len(moved) > 1:
        raise SlotHoldsOne(_("%(slot)s takes one roll at a time.") % {"slot": slot})
    roll = moved[0]
    if roll.item.kind != ItemKind.FILAMENT:
        raise OnlyRolls(_("%(slot)s takes rolls, not %(item)s.") % {"slot": slot, "item": roll.item})
    origin = roll.location
    if there and origin is not None and origin.kind == LocationKind.SLOT and origin.pk not in held:
        raise MovedMeanwhile(_("%(lot)s has just been moved by somebody else: look again.") % {"lot": roll})
    Lot.objects.filter(pk__in=there).update(location=origin)
    Spool.objects.filter(lot=roll, state=SpoolState.SEALED).update(state=SpoolState.OPEN, opened_at=at)


def _net(gross_g: Decimal, tare_g: Decimal | None) -> Decimal:
    if tare_g is None:
        raise TareUnknown(_("Nobody knows yet what this empty reel weighs: type it once."))
    if gross_g < tare_g:
        raise LighterThanItsReel(
            _("%(gross)s g is less than the empty reel weighs (%(tare)s g).")
            % {"gross": f"{gross_g.normalize():f}", "tare": f"{tare_g.normalize():f}"}
        )
    return gross_g - tare_g


def _book_difference(weighing: Weighing) -> None:
    difference = weighing.net_g - weighing.expected_g
    if difference:
        entry = Entry(weighing.spool_id, MovementKind.WEIGHING, difference, note=str(weighing))
        ledger.post(
            [entry], source="weighing", source_id=weighing.pk, source_text="", key=weighing.key, by=weighing.by,
            at=weighing.at,
        )  # fmt: skip


def _remember(spool: Spool, net_g: Decimal, *, at: datetime) -> None:
    if spool.state == SpoolState.SEALED and net_g < spool.net_weight_g:
        spool.state, spool.opened_at = SpoolState.OPEN, at
    if spool.state == SpoolState.EMPTY and net_g > 0:
        spool.state = SpoolState.OPEN
    spool.save(update_fields=["tare_g", "state", "opened_at"])
    Lot.objects.filter(pk=spool.pk).update(needs_count=False)


def change_spool(spool: Spool, *, net_weight_g: Decimal, tare_g: Decimal | None, batch: str, note: str) -> Spool:
    """Correct what describes a roll; its stock stays as it is."""
    with transaction.atomic():
        spool.net_weight_g, spool.tare_g = net_weight_g, tare_g
        spool.save(update_fields=["net_weight_g", "tare_g"])
        Lot.objects.filter(pk=spool.pk).update(batch=batch, note=note)
        refresh_lots([spool.pk])
    return spool


def tare_spread_g(filament: Filament) -> Decimal | None:
    """Half of how far the reels of this filament that were weighed lie apart; None before two were."""
    return tare_spreads_g([filament.pk]).get(filament.pk)


def tare_spreads_g(filament_ids: Iterable[int]) -> dict[int, Decimal]:
    """The same for many filaments, in one query; those of which fewer than two reels were weighed are left out."""
    rows = Spool.objects.filter(lot__item__in=list(filament_ids), tare_g__isnull=False).order_by().values("lot__item")
    known = rows.annotate(low=Min("tare_g"), high=Max("tare_g"), reels=Count("pk"))
    return {row["lot__item"]: (row["high"] - row["low"]) / 2 for row in known if row["reels"] > 1}


def doubt_about(spool: Spool, *, needed_g: Decimal) -> str:
    """Why a job may run out on this roll though the books say it fits, or nothing.

    What is left is known no better than the weight of the empty reel.
    """
    spread_g = tare_spread_g(spool.lot.item.filament) or Decimal(0)
    return doubt(spool.lot.on_hand, needed_g=needed_g, spread_g=spread_g)


def doubt(left_g: Decimal, *, needed_g: Decimal, spread_g: Decimal) -> str:
    """Why so much may not suffice although it looks like it, or nothing."""
    if not spread_g or not needed_g <= left_g < needed_g + spread_g:
        return ""
    return _("±%(spread)s g: too risky for %(needed)s g") % {"spread": f"{spread_g:.0f}", "needed": f"{needed_g:.0f}"}
