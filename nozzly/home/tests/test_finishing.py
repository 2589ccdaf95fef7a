"""What still fits on a roll, what a batch covers, and where an item is used."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from catalog.models import Variant
from inventory.domain import covering
from nozzly.home.domain import finishing
from nozzly.testing.factories.catalog import (
    RecipeComponentFactory,
    RecipeFactory,
    RecipeSlotFactory,
    VariantFactory,
    VariantSlotFactory,
)
from nozzly.testing.factories.inventory import FilamentFactory, ItemFactory, MaterialGroupFactory, SpoolFactory
from nozzly.testing.factories.pricing import ChannelFactory, ListingFactory

TODAY = date(2026, 3, 1)


def product(name, *, grams, purge_g=0, hours=1, price=None, channel=None, **bound):
    variant = VariantFactory(product__title=name, name="One")
    recipe = RecipeFactory(product=variant.product, print_time_s=hours * 3600)
    RecipeSlotFactory(recipe=recipe, name="body", grams=Decimal(grams), purge_g=Decimal(purge_g))
    VariantSlotFactory(variant=variant, slot_name="body", **bound)
    if price:
        ListingFactory(variant=variant, channel=channel, price=Decimal(price))
    return variant


@pytest.mark.parametrize("count", [1, 3])
def test_variants_that_fit_are_ranked_by_profit_per_print_hour(count, django_assert_num_queries):
    group = MaterialGroupFactory()
    silk = FilamentFactory(group=group)
    spool = SpoolFactory(filament=silk, on_hand=83)
    channel = ChannelFactory()
    slow = product("Slow", grams=40, hours=10, price="30.00", channel=channel, filament=silk, group=None)
    quick = product(
        "Quick", grams="20", purge_g="0.5", hours=1, price="20.00", channel=channel, filament=None, group=group
    )
    unpriced = product("Unpriced", grams=80, filament=silk, group=None)
    product("Too big", grams=84, filament=silk, group=None)
    for number in range(count):
        product(f"Another colour {number}", grams=5, filament=FilamentFactory(), group=None)
        product(f"More {number}", grams=83, hours=1, filament=silk, group=None)

    with django_assert_num_queries(19):
        found = finishing.fits(spool, on=TODAY, with_prices=True)

    assert [fit.variant for fit in found[:2]] == [quick, slow]
    assert [(fit.pieces, fit.rest_g) for fit in found[:2]] == [(4, Decimal("1.0")), (2, Decimal(3))]
    assert found[0].profit_per_print_hour > found[1].profit_per_print_hour
    assert found[0].profit == found[0].row.profit_at_home * 4
    assert found[-1].variant == unpriced
    assert (found[-1].row, len(found)) == (None, 3 + count)


def test_without_the_right_nobody_sees_money_on_the_page(client, operator):
    silk = FilamentFactory()
    spool = SpoolFactory(filament=silk, on_hand=83)
    product("Whistle", grams=12, price="7.77", channel=ChannelFactory(), filament=silk, group=None)

    page = client.get(reverse("home:finish_spool", args=[spool.lot.code])).content.decode()

    assert "Whistle" in page
    assert "Profit" not in page
    assert reverse("home:finish_spool", args=[spool.lot.code]) in client.get(spool.get_absolute_url()).content.decode()


def test_a_roll_as_uncertain_as_its_reel_warns_that_the_last_piece_is_risky(client, owner):
    silk = FilamentFactory()
    for tare_g in (180, 210):
        SpoolFactory(filament=silk, tare_g=tare_g)
    spool = SpoolFactory(filament=silk, on_hand=83)
    product("Whistle", grams=40, filament=silk, group=None)

    (fit,) = finishing.fits(spool, on=TODAY, with_prices=False)

    assert fit.doubt == "±15 g: too risky for 80 g"


def test_the_roll_of_one_batch_that_suffices_comes_before_several():
    silk = FilamentFactory()
    rolls = {
        (batch, grams): SpoolFactory(filament=silk, on_hand=grams, lot__batch=batch)
        for batch, grams in (("A", 120), ("A", 90), ("A", 30), ("B", 200), ("B", 700), ("C", 170), ("", 190), ("", 170))
    }

    found = covering.covers(silk, needed_g=Decimal(180))

    assert [(cover.batch, cover.rolls) for cover in found] == [
        ("", (rolls["", 190],)),
        ("B", (rolls["B", 200],)),
        ("A", (rolls["A", 90], rolls["A", 120])),
    ]
    assert found[2].total_g == 210


def test_the_page_of_a_job_says_which_rolls(client, operator):
    silk = FilamentFactory()
    roll = SpoolFactory(filament=silk, on_hand=200, lot__batch="B-7")
    url = reverse("inventory:cover", args=[silk.pk])

    assert roll.lot.code in client.get(url, {"needed_g": "0,18 kg"}).content.decode()
    assert "No batch has that much" in client.get(url, {"needed_g": "300"}).content.decode()
    assert client.get(url, {"needed_g": "x"}).status_code == 422


def test_pages_of_filaments_and_parts_say_where_they_are_used(client, owner):
    silk, magnet = FilamentFactory(), ItemFactory()
    variant = product("Whistle", grams=12, filament=silk, group=None)
    RecipeComponentFactory(recipe=variant.product.recipes.get(), item=magnet)

    for item in (silk, magnet):
        page = client.get(item.get_absolute_url()).content.decode()
        assert "Where it is used" in page
        assert "Whistle" in page
    assert "Where it is used" not in client.get(ItemFactory().get_absolute_url()).content.decode()
    assert Variant.objects.count() == 1
