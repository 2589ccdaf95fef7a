from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from catalog.choices import Origin
from catalog.domain import recipes
from catalog.domain.recipes import (
    ComponentDraft,
    DoubleName,
    ImpossibleAmount,
    MadeOfItself,
    PartDraft,
    RecipeDraft,
    SlotDraft,
    StepDraft,
    draft_of,
    new_version,
    per_piece,
    restore_version,
)
from catalog.models import Recipe
from nozzly.testing.factories.catalog import (
    PlateFactory,
    PlateOutputFactory,
    PlateSlotFactory,
    ProductFactory,
    VariantFactory,
    VariantSlotFactory,
    make_product,
)
from nozzly.testing.factories.inventory import ItemFactory

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
BODY = SlotDraft(name="Body", grams=Decimal(40), purge_g=Decimal(2), material_type="PLA", colour_hex="#1a1a1a")


def save(product, draft):
    return new_version(product, draft, by=None, at=NOON)


def test_new_version_replaces_the_current_one_and_keeps_it():
    product = make_product().product
    old = product.recipes.get()

    new = save(product, replace(draft_of(old), print_time_s=1800))

    assert (new.version, new.is_current, new.print_time_s) == (2, True, 1800)
    assert list(product.recipes.order_by("version").values_list("version", "is_current", "print_time_s")) == [
        (1, False, 3600),
        (2, True, 1800),
    ]


def test_new_version_that_changes_nothing_is_the_old_one():
    product = make_product().product
    old = product.recipes.get()

    assert save(product, draft_of(old)) == old
    assert Recipe.objects.count() == 1


def test_new_version_marks_changed_grams_as_typed_and_keeps_other_origins():
    product = make_product().product
    eyes = SlotDraft(name="Eyes", grams=Decimal(1))
    save(product, RecipeDraft(print_time_s=3600, slots=(BODY, eyes)))

    slots = {slot.name: slot for slot in save(
        product, RecipeDraft(slots=(BODY, replace(eyes, grams=Decimal(3))), print_time_s=60)
    ).slots.all()}  # fmt: skip

    assert (slots["Body"].origin, slots["Eyes"].origin) == (Origin.SLICED, Origin.TYPED)


def test_new_version_keeps_the_origin_of_a_step_that_stays():
    product = ProductFactory()
    step = StepDraft(stage="assemble", minutes=Decimal(3), origin=Origin.LEARNED)
    save(product, RecipeDraft(steps=(step,)))

    recipe = save(product, RecipeDraft(steps=(replace(step, origin=Origin.TYPED),), print_time_s=60))

    assert recipe.steps.get().origin == Origin.LEARNED


def test_bindings_follow_a_slot_that_is_renamed_in_its_place():
    variant = make_product()

    save(variant.product, RecipeDraft(slots=(replace(BODY, name="Shell"),)))

    assert variant.slots.get().slot_name == "Shell"


def test_a_binding_left_over_from_an_older_version_gives_way():
    variant = make_product()
    filament = variant.slots.get().filament
    VariantSlotFactory(variant=variant, slot_name="Shell")

    save(variant.product, RecipeDraft(slots=(replace(BODY, name="Shell"),)))

    assert [(slot.slot_name, slot.filament) for slot in variant.slots.all()] == [("Shell", filament)]


def test_beds_of_the_product_alone_follow_a_renamed_slot():
    variant = make_product()
    own, mixed = PlateFactory(), PlateFactory()
    for plate in (own, mixed):
        PlateOutputFactory(plate=plate, variant=variant)
        PlateSlotFactory(plate=plate, name="Body")
    PlateOutputFactory(plate=mixed)

    save(variant.product, RecipeDraft(slots=(replace(BODY, name="Shell"),)))

    assert (own.slots.get().name, mixed.slots.get().name) == ("Shell", "Body")


def test_new_version_keeps_components_steps_and_parts():
    product, part, item = ProductFactory(), VariantFactory(), ItemFactory()
    draft = RecipeDraft(
        print_time_s=60,
        slots=(BODY,),
        components=(ComponentDraft(item_id=item.pk, quantity=Decimal("2.000")),),
        steps=(StepDraft(stage="pack", minutes=Decimal("1.50"), name="Wrap", is_paid=True),),
        parts=(PartDraft(variant_id=part.pk, pieces=2),),
    )

    assert draft_of(save(product, draft)) == draft


@pytest.mark.parametrize(
    "draft",
    [
        RecipeDraft(slots=(BODY, BODY)),
        RecipeDraft(steps=(StepDraft(stage="pack", minutes=1), StepDraft(stage="pack", minutes=2))),
        RecipeDraft(
            components=(ComponentDraft(item_id=1, quantity=Decimal(1)), ComponentDraft(item_id=1, quantity=Decimal(2)))
        ),
    ],
)
def test_new_version_refuses_two_of_the_same(draft):
    product = ProductFactory()

    with pytest.raises(DoubleName):
        save(product, draft)

    assert Recipe.objects.count() == 0


@pytest.mark.parametrize(
    "draft",
    [RecipeDraft(slots=(replace(BODY, grams=Decimal(-1)),)), RecipeDraft(print_time_s=-1)],
)
def test_new_version_refuses_negative_amounts(draft):
    with pytest.raises(ImpossibleAmount):
        save(ProductFactory(), draft)


def test_a_product_is_never_a_part_of_itself_not_even_through_another():
    wheel, axle = VariantFactory(), VariantFactory()
    save(axle.product, RecipeDraft(parts=(PartDraft(variant_id=wheel.pk),)))

    with pytest.raises(MadeOfItself):
        save(wheel.product, RecipeDraft(parts=(PartDraft(variant_id=axle.pk),)))
    with pytest.raises(MadeOfItself):
        save(wheel.product, RecipeDraft(parts=(PartDraft(variant_id=wheel.pk),)))


def test_restore_version_makes_an_old_one_current_as_a_new_one():
    product = make_product().product
    old = product.recipes.get()
    save(product, replace(draft_of(old), print_time_s=1800))

    restored = restore_version(old, by=None, at=NOON)

    assert (restored.version, restored.print_time_s, restored.origin) == (3, 3600, "as in version 1")


def test_per_piece_shares_time_and_grams():
    draft = per_piece(RecipeDraft(print_time_s=3601, slots=(BODY,)), 3)

    assert (draft.print_time_s, draft.slots[0].grams, draft.slots[0].purge_g) == (
        1200,
        Decimal("13.333"),
        Decimal("0.667"),
    )


def test_per_piece_refuses_no_piece():
    with pytest.raises(ImpossibleAmount):
        per_piece(RecipeDraft(), 0)


def test_draft_of_no_recipe_is_empty():
    assert recipes.draft_of(None) == RecipeDraft()
