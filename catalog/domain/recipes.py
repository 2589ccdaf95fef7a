"""Recipes: what one piece takes. A change is a new version; the old ones stay to explain old costs."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.choices import Origin, Stage
from catalog.models import (
    Plate,
    PlateSlot,
    Product,
    Recipe,
    RecipeComponent,
    RecipePart,
    RecipeSlot,
    RecipeStep,
    Variant,
    VariantSlot,
)
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError


class DoubleName(DomainError):
    pass


class MadeOfItself(DomainError):
    pass


class ImpossibleAmount(DomainError):
    pass


@dataclass(frozen=True, kw_only=True)
class SlotDraft:
    name: str
    grams: Decimal
    purge_g: Decimal = Decimal(0)
    material_type: str = ""
    colour_hex: str = ""
    origin: str = Origin.TYPED


@dataclass(frozen=True, kw_only=True)
class ComponentDraft:
    item_id: int
    quantity: Decimal
    stage: str = Stage.ASSEMBLE


@dataclass(frozen=True, kw_only=True)
class StepDraft:
    stage: str
    minutes: Decimal
    name: str = ""
    is_paid: bool = False
    origin: str = Origin.TYPED


@dataclass(frozen=True, kw_only=True)
class PartDraft:
    variant_id: int
    pieces: int = 1


@dataclass(frozen=True, kw_only=True)
class RecipeDraft:
    """A recipe as somebody wants it; order of the slots is their position."""

    print_time_s: int = 0
    print_time_origin: str = Origin.TYPED
    printer_model_id: int | None = None
    slots: tuple[SlotDraft, ...] = ()
    components: tuple[ComponentDraft, ...] = ()
    steps: tuple[StepDraft, ...] = ()
    parts: tuple[PartDraft, ...] = ()


def draft_of(recipe: Recipe | None) -> RecipeDraft:
    """The version as a draft to start from; empty without one."""
    if recipe is None:
        return RecipeDraft()
    return RecipeDraft(
        print_time_s=recipe.print_time_s,
        print_time_origin=recipe.print_time_origin,
        printer_model_id=recipe.printer_model_id,
        slots=tuple(
            SlotDraft(
                name=slot.name,
                grams=slot.grams,
                purge_g=slot.purge_g,
                material_type=slot.material_type,
                colour_hex=slot.colour_hex,
                origin=slot.origin,
            )
            for slot in recipe.slots.order_by("position")
        ),
        components=tuple(
            ComponentDraft(item_id=row.item_id, quantity=row.quantity, stage=row.stage)
            for row in recipe.components.order_by("pk")
        ),
        steps=tuple(
            StepDraft(stage=row.stage, minutes=row.minutes, name=row.name, is_paid=row.is_paid, origin=row.origin)
            for row in recipe.steps.order_by("pk")
        ),
        parts=tuple(PartDraft(variant_id=row.variant_id, pieces=row.pieces) for row in recipe.parts.order_by("pk")),
    )


def unknown_numbers(recipe: Recipe) -> list[str]:
    """What a file did not say and nobody has typed yet: names of slots, and the print time. Slots are loaded."""
    slots = [slot.name for slot in recipe.slots.all() if slot.origin == Origin.UNKNOWN and not slot.grams]
    timeless = recipe.print_time_origin == Origin.UNKNOWN and not recipe.print_time_s
    return [*(_("grams of “%(slot)s”") % {"slot": name} for name in slots), *([_("print time")] if timeless else [])]


def current_recipe(product: Product) -> Recipe | None:
    return Recipe.objects.current().filter(product=product).for_page().first()


def new_version(product: Product, draft: RecipeDraft, *, origin: str = "", by: User | None, at: datetime) -> Recipe:
    """Store the draft as the product's current recipe; a draft that changes nothing answers the current version.

    Numbers that somebody changed become "typed"; bindings follow a slot that was renamed in its place.

    Raises DoubleName, MadeOfItself, ImpossibleAmount.
    """
    with transaction.atomic():
        Product.objects.select_for_update(no_key=True).get(pk=product.pk)
        current = current_recipe(product)
        if current:
            draft = _keep_origins(draft, draft_of(current))
        _refuse_nonsense(product, draft)
        if current and draft == draft_of(current):
            return current
        Recipe.objects.current().filter(product=product).update(is_current=False)
        latest = Recipe.objects.filter(product=product).order_by("-version").values_list("version", flat=True).first()
        recipe = Recipe.objects.create(
            product=product,
            version=(latest or 0) + 1,
            print_time_s=draft.print_time_s,
            print_time_origin=draft.print_time_origin,
            printer_model_id=draft.printer_model_id,
            origin=origin,
            created_at=at,
            created_by=by,
        )
        _store(recipe, draft)
        _follow_renamed_slots(product, draft_of(current), draft)
    return recipe


def restore_version(recipe: Recipe, *, by: User | None, at: datetime) -> Recipe:
    """Make an old version current again, as a new one."""
    origin = _("as in version %(version)s") % {"version": recipe.version}
    return new_version(recipe.product, draft_of(recipe), origin=origin, by=by, at=at)


def per_piece(draft: RecipeDraft, pieces: int) -> RecipeDraft:
    """The recipe of one piece from that of a bed with so many."""
    if pieces < 1:
        raise ImpossibleAmount(_("A plate makes at least one piece."))
    thousandth = Decimal("0.001")
    return replace(
        draft,
        print_time_s=round(Decimal(draft.print_time_s) / pieces),
        slots=tuple(
            replace(
                slot,
                grams=(slot.grams / pieces).quantize(thousandth),
                purge_g=(slot.purge_g / pieces).quantize(thousandth),
            )
            for slot in draft.slots
        ),
    )


def _keep_origins(draft: RecipeDraft, before: RecipeDraft) -> RecipeDraft:
    """What is still the same number keeps saying where it came from; a changed one was typed."""
    slots = {slot.name: slot for slot in before.slots}
    steps = {(step.stage, step.name): step for step in before.steps}
    if draft.print_time_s == before.print_time_s:
        draft = replace(draft, print_time_origin=before.print_time_origin)
    return replace(
        draft,
        slots=tuple(
            replace(slot, origin=slots[slot.name].origin)
            if slot.name in slots and _grams(slot) == _grams(slots[slot.name])
            else slot
            for slot in draft.slots
        ),
        steps=tuple(
            replace(step, origin=steps[step.stage, step.name].origin)
            if (step.stage, step.name) in steps and step.minutes == steps[step.stage, step.name].minutes
            else step
            for step in draft.steps
        ),
    )


def _grams(slot: SlotDraft) -> tuple[Decimal, Decimal]:
    return slot.grams, slot.purge_g


def _refuse_nonsense(product: Product, draft: RecipeDraft) -> None:
    amounts = [
        *(amount for slot in draft.slots for amount in _grams(slot)),
        *(component.quantity for component in draft.components),
        *(step.minutes for step in draft.steps),
        Decimal(draft.print_time_s),
    ]
    if any(amount < 0 for amount in amounts):
        raise ImpossibleAmount(_("Grams, minutes and pieces cannot be negative."))
    _refuse_double([slot.name for slot in draft.slots], _("There are two slots called “%(name)s”."))
    _refuse_double(
        [step.name or Stage(step.stage).label for step in draft.steps if step.name or step.stage],
        _("There are two work steps called “%(name)s”."),
        keys=[(step.stage, step.name) for step in draft.steps],
    )
    _refuse_double(
        [str(component.item_id) for component in draft.components],
        _("The same component is listed twice for one stage; add its quantities together."),
        keys=[(component.item_id, component.stage) for component in draft.components],
    )
    if product.pk in _products_inside({part.variant_id for part in draft.parts}):
        raise MadeOfItself(_("“%(product)s” would be a part of itself.") % {"product": product})


def _refuse_double(names: list[str], sentence: str, *, keys: list | None = None) -> None:
    seen = set()
    for name, key in zip(names, keys or names, strict=True):
        if key in seen:
            raise DoubleName(sentence % {"name": name})
        seen.add(key)


def _products_inside(variant_ids: Iterable[int]) -> set[int]:
    """Every product that these variants are or are made of."""
    found: set[int] = set()
    level = set(variant_ids)
    while level:
        products = set(Variant.objects.filter(pk__in=level).values_list("product", flat=True)) - found
        found |= products
        level = set(
            RecipePart.objects.filter(recipe__is_current=True, recipe__product__in=products).values_list(
                "variant", flat=True
            )
        )
    return found


def _store(recipe: Recipe, draft: RecipeDraft) -> None:
    RecipeSlot.objects.bulk_create(
        RecipeSlot(
            recipe=recipe,
            position=position,
            name=slot.name,
            grams=slot.grams,
            purge_g=slot.purge_g,
            material_type=slot.material_type,
            colour_hex=slot.colour_hex,
            origin=slot.origin,
        )
        for position, slot in enumerate(draft.slots)
    )
    RecipeComponent.objects.bulk_create(
        RecipeComponent(recipe=recipe, item_id=row.item_id, quantity=row.quantity, stage=row.stage)
        for row in draft.components
    )
    RecipeStep.objects.bulk_create(
        RecipeStep(
            recipe=recipe,
            stage=row.stage,
            name=row.name,
            minutes=row.minutes,
            is_paid=row.is_paid,
            origin=row.origin,
        )
        for row in draft.steps
    )
    RecipePart.objects.bulk_create(
        RecipePart(recipe=recipe, variant_id=row.variant_id, pieces=row.pieces) for row in draft.parts
    )


def _follow_renamed_slots(product: Product, before: RecipeDraft, after: RecipeDraft) -> None:
    """A slot with a new name in its old place keeps its filaments, in variants and on beds of this product alone."""
    kept = {slot.name for slot in after.slots}
    known = {slot.name for slot in before.slots}
    bindings = VariantSlot.objects.filter(variant__product=product)
    mixed = Plate.objects.filter(outputs__variant__in=Variant.objects.exclude(product=product))
    loads = PlateSlot.objects.filter(plate__outputs__variant__product=product).exclude(plate__in=mixed)
    for old, new in zip(before.slots, after.slots, strict=False):
        if old.name not in kept and new.name not in known:
            # Left over from a version before: its name is needed again.
            bindings.filter(slot_name=new.name).delete()
            bindings.filter(slot_name=old.name).update(slot_name=new.name)
            PlateSlot.objects.filter(pk__in=loads.filter(name=old.name).values("pk")).update(name=new.name)
