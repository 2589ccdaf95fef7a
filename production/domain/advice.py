"""“42 g → 46.5 g (9 runs)”: when good runs say that a recipe is wrong, and what the shop answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.choices import Origin
from catalog.domain import recipes
from catalog.domain.material_prices import PriceBook
from catalog.models import Recipe, RecipeSlot, Variant
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from production.choices import AdviceAnswer
from production.domain import samples
from production.domain.samples import Sample
from production.domain.statistics import Estimate, estimate
from production.models import FloorSettings, RecipeAdvice

FEWEST_RUNS = 3
LOOKS_BACK = timedelta(days=365)
SNOOZE = timedelta(days=30)
_TENTH = Decimal("0.1")


class NothingToAdvise(DomainError):
    """New runs, or a new recipe, have overtaken the advice."""


@dataclass(frozen=True)
class Advice:
    """A slot of a current recipe whose grams the runs contradict."""

    slot: RecipeSlot
    recipe: Recipe
    really: Estimate
    grams: Decimal

    @property
    def change_g(self) -> Decimal:
        return self.grams - self.slot.grams

    @property
    def change_pct(self) -> Decimal:
        return self.change_g * 100 / self.slot.grams


def floor_settings() -> FloorSettings:
    return FloorSettings.objects.filter(pk=1).first() or FloorSettings(pk=1)


def save_settings(*, variance_alert_pct: Decimal, advice_pct: Decimal) -> FloorSettings:
    row, _is_new = FloorSettings.objects.update_or_create(
        pk=1, defaults={"variance_alert_pct": variance_alert_pct, "advice_pct": advice_pct}
    )
    return row


def open_advice(
    *, at: datetime, threshold_pct: Decimal | None = None, measured: Sequence[Sample] | None = None
) -> list[Advice]:
    """What is worth a change and nobody has answered, the largest change first; ``measured`` where it was read already."""
    measured = samples.since(at - LOOKS_BACK) if measured is None else measured
    on = localdate(at)
    threshold_pct = floor_settings().advice_pct if threshold_pct is None else threshold_pct
    answered = {
        (row.recipe_id, row.slot_name)
        for row in RecipeAdvice.objects.all()
        if row.answer != AdviceAnswer.SNOOZED or row.until is None or row.until > on
    }
    found = [
        each
        for each in corrections(measured, threshold_pct=threshold_pct)
        if (each.recipe.pk, each.slot.name) not in answered
    ]
    return sorted(found, key=lambda each: -abs(each.change_pct))


def corrections(measured: Sequence[Sample], *, threshold_pct: Decimal) -> list[Advice]:
    """Slots of current recipes that at least three runs put off by more than the threshold, surely.

    Only colours that one product alone printed from count: of a shared roll nobody knows whose grams they were.
    """
    grams_each: dict[tuple[int, str], list[Decimal]] = {}
    for sample in measured:
        if len(sample.shares) == 1:
            (share,) = sample.shares.values()
            if share.recipe_id and share.pieces:
                key = (share.recipe_id, sample.slot_name.casefold())
                grams_each.setdefault(key, []).append(sample.actual_g / share.pieces)
    slots = RecipeSlot.objects.filter(
        recipe__in={recipe_id for recipe_id, _slot in grams_each}, recipe__is_current=True, grams__gt=0
    ).select_related("recipe__product")
    return [
        advice
        for slot in slots
        if (advice := _advice(slot, grams_each.get((slot.recipe_id, slot.name.casefold()), []), threshold_pct))
    ]


def _advice(slot: RecipeSlot, values: Sequence[Decimal], threshold_pct: Decimal) -> Advice | None:
    if len(values) < FEWEST_RUNS:
        return None
    off = estimate([value - slot.grams for value in values])
    if not off.is_sure or abs(off.mean) * 100 <= threshold_pct * slot.grams:
        return None
    really = replace(off, mean=off.mean + slot.grams)
    return Advice(slot, slot.recipe, really, really.mean.quantize(_TENTH))


def effect_on_cost(advice: Iterable[Advice]) -> dict[int, Decimal]:
    """By slot: what the change adds to the filament of one piece, at replacement cost of its first variant."""
    advice = list(advice)
    variants = (
        Variant.objects.active()
        .filter(product__in={each.recipe.product_id for each in advice})
        .prefetch_related("slots")
        .order_by("-position", "-pk")
    )
    bindings = {(variant.product_id, slot.slot_name): slot for variant in variants for slot in variant.slots.all()}
    wanted = {each: bindings.get((each.recipe.product_id, each.slot.name)) for each in advice}
    book = PriceBook(
        filament_ids={bound.filament_id for bound in wanted.values() if bound and bound.filament_id},
        group_ids={bound.group_id for bound in wanted.values() if bound and bound.group_id},
        item_ids=set(),
    )
    return {each.slot.pk: each.change_g * book.slot(each.slot, bound)[1].value for each, bound in wanted.items()}


def accept(slot: RecipeSlot, *, by: User, at: datetime) -> Recipe:
    """Make the proposed grams a new version of the recipe. Raises NothingToAdvise."""
    with transaction.atomic():
        advice = _still_open(slot, at=at)
        draft = recipes.draft_of(advice.recipe)
        slots = tuple(
            replace(each, grams=advice.grams, origin=Origin.LEARNED) if each.name == slot.name else each
            for each in draft.slots
        )
        runs = ngettext("measured in %(count)s run", "measured in %(count)s runs", advice.really.count)
        origin = f"{slot.name}: {advice.slot.grams.normalize():f} g → {advice.grams.normalize():f} g, " + runs % {
            "count": advice.really.count
        }
        made = recipes.new_version(
            advice.recipe.product, replace(draft, slots=slots), origin=origin[:200], by=by, at=at
        )
        _answer(advice, AdviceAnswer.ACCEPTED, until=None, by=by, at=at)
    return made


def ignore(slot: RecipeSlot, *, by: User, at: datetime) -> None:
    """Not for this version of the recipe. Raises NothingToAdvise."""
    _answer(_still_open(slot, at=at), AdviceAnswer.IGNORED, until=None, by=by, at=at)


def snooze(slot: RecipeSlot, *, by: User, at: datetime) -> None:
    """Ask again in a month. Raises NothingToAdvise."""
    _answer(_still_open(slot, at=at), AdviceAnswer.SNOOZED, until=localdate(at) + SNOOZE, by=by, at=at)


def _still_open(slot: RecipeSlot, *, at: datetime) -> Advice:
    for advice in open_advice(at=at):
        if advice.slot.pk == slot.pk:
            return advice
    raise NothingToAdvise(_("This advice is no longer open; the runs or the recipe have changed."))


def _answer(advice: Advice, answer: AdviceAnswer, *, until: date | None, by: User, at: datetime) -> None:
    RecipeAdvice.objects.update_or_create(
        recipe=advice.recipe,
        slot_name=advice.slot.name,
        defaults={
            "answer": answer,
            "grams": advice.grams,
            "until": until,
            "answered_at": at,
            "answered_by": by,
        },
    )
