"""Choosing one of thousands of variants by typing."""

import pytest

from catalog.forms.bench import CompareForm
from nozzly.testing.factories.catalog import ProductFactory, VariantFactory


@pytest.fixture
def dragons():
    return [VariantFactory(product=ProductFactory(title="Dragon"), name=name) for name in ("Black", "Red")]


def chosen(text):
    form = CompareForm({"left": text, "right": text})
    return form.cleaned_data["left"] if form.is_valid() else form.errors["left"][0]


def test_variant_is_chosen_by_the_suggestion_its_name_or_its_number(dragons):
    black = dragons[0]
    assert [chosen(text) for text in (f"Dragon · Black #{black.pk}", "dragon black", str(black.pk))] == [black] * 3


def test_name_that_fits_several_is_asked_back_and_one_that_fits_none_says_so(dragons):
    black, red = dragons
    assert chosen("dragon") == (f"Several fit: {black} #{black.pk}, {red} #{red.pk}. Choose one of the suggestions.")
    assert chosen("otter") == "Nothing is called “otter”."


def test_suggestions_follow_what_is_typed(client, operator, dragons):
    page = client.get("/products/variants/suggestions/", {"outputs-0-variant": "red"}).content.decode()
    assert page == f'<option value="{dragons[1]} #{dragons[1].pk}"></option>'


def test_box_shows_the_row_it_was_given_and_keeps_a_wrong_text(dragons):
    shown = str(CompareForm(initial={"left": dragons[0]})["left"])
    kept = str(CompareForm({"left": "otter", "right": ""})["left"])
    assert (f'value="{dragons[0]} #{dragons[0].pk}"' in shown, 'value="otter"' in kept) == (True, True)
