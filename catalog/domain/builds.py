"""Builds: parts and inserts become finished pieces at the bench, at what they really cost."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.choices import Stage
from catalog.domain import recipes
from catalog.domain.rates import rates_on
from catalog.models import Build, Recipe, Variant
from inventory.choices import MovementKind
from inventory.domain import ledger
from inventory.domain.ledger import Entry
from inventory.domain.lots import LotDetails, create_lot
from inventory.models import Item, Lot
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from nozzly.core.money import round_money, round_unit_cost
from nozzly.tenancy.current import current_workspace

ZERO = Decimal(0)


class NothingToBuild(DomainError):
    pass


class AlreadyUndone(DomainError):
    pass


@dataclass(frozen=True)
class Need:
    """An item that a build takes, how much of it, and how much is there."""

    item: Item
    quantity: Decimal
    on_hand: Decimal

    @property
    def missing(self) -> Decimal:
        return max(ZERO, self.quantity - self.on_hand)


def needs(variant: Variant, pieces: int) -> list[Need]:
    """Parts and inserts for so many pieces; what is packed later is not taken here. Raises NothingToBuild."""
    recipe = _recipe(variant)
    wanted: dict[int, tuple[Item, Decimal]] = {}
    for item, quantity in _ingredients(recipe):
        wanted[item.pk] = (item, wanted.get(item.pk, (item, ZERO))[1] + quantity * pieces)
    stock = {item.pk: item.stock for item in Item.objects.filter(pk__in=wanted).with_stock()}
    return [Need(item, quantity, stock[pk]) for pk, (item, quantity) in wanted.items()]


def minutes_for(variant: Variant, pieces: int) -> Decimal:
    """What the recipe says the bench takes for so many."""
    steps = _recipe(variant).steps.filter(stage=Stage.ASSEMBLE)
    return sum((step.minutes for step in steps), ZERO) * pieces


def build(
    variant: Variant, *, pieces: int, minutes: Decimal | None = None, key: UUID, by: User | None, at: datetime
) -> Build:
    """Take parts and inserts, oldest lots first, and bring in the pieces as a lot of their own.

    The same ``key`` again changes nothing. What is short is booked as found and flagged for a count: it was built.

    Raises NothingToBuild.
    """
    if pieces < 1:
        raise NothingToBuild(_("Build at least one piece."))
    with transaction.atomic():
        ledger.claim(key)
        known = Build.objects.filter(key=key).first()
        if known:
            return known
        recipe, wanted = _recipe(variant), needs(variant, pieces)
        minutes = minutes_for(variant, pieces) if minutes is None else minutes
        day = timezone.localdate(at)
        lot = create_lot(variant.item, LotDetails(received_on=day))
        made = Build.objects.create(
            variant=variant,
            recipe=recipe,
            pieces=pieces,
            minutes=minutes,
            lot=lot,
            bought_cost=0,
            full_cost=0,
            key=key,
            built_at=at,
            built_by=by,
        )
        source = {"source": "build", "source_id": made.pk, "source_text": str(made), "by": by, "at": at}
        taken = ledger.post([entry for need in wanted for entry in _take(need)], key=key, **source)
        out = [movement for movement in taken if movement.quantity < 0]
        paid, own = _work(recipe, minutes, day)
        bought = -sum((movement.bought_value for movement in out), ZERO) + paid
        full = -sum((movement.full_value for movement in out), ZERO) + paid + own
        ledger.post(
            [Entry(lot.pk, MovementKind.ASSEMBLY, Decimal(pieces), bought, full)], key=uuid5(key, "pieces"), **source
        )
        made.bought_cost = round_unit_cost(bought / pieces)
        made.full_cost = round_unit_cost(full / pieces)
        made.save(update_fields=["bought_cost", "full_cost"])
    return made


def undo_build(made: Build, *, key: UUID, by: User | None, at: datetime) -> Build:
    """Take the pieces back out and put parts and inserts where they were, by reversing rows.

    Raises AlreadyUndone, InsufficientStock where pieces have already gone.
    """
    with transaction.atomic():
        made = Build.objects.select_for_update(no_key=True).get(pk=made.pk)
        if made.undone_at:
            raise AlreadyUndone(_("This build has already been undone."))
        ledger.reverse(uuid5(made.key, "pieces"), key=key, by=by, at=at)
        ledger.reverse(made.key, key=uuid5(key, "parts"), by=by, at=at)
        made.undone_at = at
        made.save(update_fields=["undone_at"])
    return made


def _recipe(variant: Variant) -> Recipe:
    recipe = recipes.current_recipe(variant.product)
    if recipe is None or not recipe.parts.all():
        raise NothingToBuild(_("%(product)s has no parts in its recipe.") % {"product": variant.product})
    return recipe


def _ingredients(recipe: Recipe) -> Iterable[tuple[Item, Decimal]]:
    for part in recipe.parts.select_related("variant__item"):
        yield part.variant.item, Decimal(part.pieces)
    for component in recipe.components.filter(stage=Stage.ASSEMBLE).select_related("item"):
        yield component.item, component.quantity


def _take(need: Need) -> list[Entry]:
    """Entries over the oldest lots; the last one carries what is short. An item without any lot gets one."""
    lots = list(Lot.objects.filter(item=need.item).available().holding().oldest_first())
    left, entries = need.quantity, []
    for lot in lots:
        take = min(left, lot.on_hand)
        if take:
            entries.append([lot.pk, take])
            left -= take
    if left and entries:
        entries[-1][1] += left
    elif left:
        entries.append([create_lot(need.item).pk, left])
    return [Entry(lot_id, MovementKind.ASSEMBLY, -quantity) for lot_id, quantity in entries]


def _work(recipe: Recipe, minutes: Decimal, day: date) -> tuple[Decimal, Decimal]:
    """Money for the bench: paid by the hour, and own, shared as the recipe's steps are."""
    currency = current_workspace().currency
    per_h = rates_on(day).cost_rates(recipe.product_id).labour_per_h.value
    steps = list(recipe.steps.filter(stage=Stage.ASSEMBLE))
    planned = sum((step.minutes for step in steps), ZERO)
    paid_minutes = sum((step.minutes for step in steps if step.is_paid), ZERO)
    whole = round_money(minutes / 60 * per_h, currency)
    paid = round_money(whole * paid_minutes / planned, currency) if planned else ZERO
    return paid, whole - paid
