from decimal import Decimal

import pytest

from catalog.choices import Origin
from catalog.domain.bindings import UnknownFilament, binding_of, choice_of
from catalog.domain.slice_drafts import draft_plate
from catalog.domain.variants import Binding
from catalog.slices import Plate, SlotUse
from inventory.domain.colour_words import colour_name


def use(slot=0, **facts):
    return SlotUse(slot=slot, **({"grams": Decimal(10), "used": True, "type": "PLA"} | facts))


def slots(*uses, **plate):
    return draft_plate(Plate(index=1, filaments=uses, **plate)).recipe.slots


def test_two_slots_of_one_colour_are_numbered():
    names = [slot.name for slot in slots(use(0, colour="#FFFFFF"), use(1, colour="#FEFEFE"), use(2, colour="#FDFDFD"))]

    assert names == ["White", "White 2", "White 3"]


def test_slots_without_a_colour_are_numbered_too():
    assert [slot.name for slot in slots(use(0), use(1))] == ["Colour", "Colour 2"]


def test_only_used_slots_count():
    draft = draft_plate(Plate(index=1, filaments=(use(0, used=False, grams=Decimal(0)), use(3))))

    assert (draft.positions, len(draft.recipe.slots)) == ([3], 1)


def test_where_no_slot_says_whether_it_is_used_all_may_be():
    assert len(slots(use(0, used=None), use(1, used=None))) == 2
    assert len(slots(use(0, used=False), use(1, used=False))) == 1


def test_unknown_grams_are_unknown():
    (slot,) = slots(use(grams=None))

    assert (slot.grams, slot.origin) == (0, Origin.UNKNOWN)


@pytest.mark.parametrize(("material", "origin"), [("PLA", Origin.COMPUTED), (None, Origin.ASSUMED)])
def test_grams_of_a_length_say_whether_the_density_is_a_guess(material, origin):
    (slot,) = slots(use(grams=None, millimetres=Decimal(1000), type=material))

    assert (slot.grams, slot.origin) == (Decimal("2.983"), origin)


def test_purge_of_a_slot_is_taken_out_of_its_grams():
    (slot,) = slots(use(purge_grams=Decimal(3)))

    assert (slot.grams, slot.purge_g) == (7, 3)


def test_a_sum_of_purge_is_shared_by_grams():
    shared = slots(use(0, grams=Decimal(30)), use(1, grams=Decimal(10)), purge_grams=Decimal(4))

    assert [(slot.grams, slot.purge_g) for slot in shared] == [(27, 3), (9, 1)]


def test_more_purge_than_grams_leaves_nothing_in_the_part():
    (slot,) = slots(use(purge_grams=Decimal(30)))

    assert (slot.grams, slot.purge_g) == (0, 10)


@pytest.mark.parametrize(
    ("written", "kept"), [("#FF8000", "#ff8000"), ("#FF8000FF", "#ff8000"), ("orange", ""), (None, "")]
)
def test_colours_are_kept_as_six_digits(written, kept):
    assert slots(use(colour=written))[0].colour_hex == kept


def test_a_plate_is_named_after_its_colours_and_materials():
    names = [
        draft_plate(Plate(index=1, filaments=filaments)).variant_name
        for filaments in ((use(colour="#ff8000"),), (use(0, colour="#ffffff"), use(1, type="PETG")), (use(type=None),))
    ]

    assert names == ["Orange PLA", "White PLA / PETG", "Standard"]


def test_colour_names_are_plain_words():
    assert [colour_name(colour) for colour in ("#00ae42", "#161616", "")] == ["Green", "Black", ""]


def test_choices_of_bindings_read_back():
    assert [choice_of(binding) for binding in (None, Binding(), Binding(3), Binding(None, 4))] == ["", "", "f:3", "g:4"]
    assert binding_of("") is None
    with pytest.raises(UnknownFilament):
        binding_of("g:999999")
