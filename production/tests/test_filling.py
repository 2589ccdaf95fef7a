from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from catalog.models import Product, Variant
from inventory.domain import reservations
from nozzly.testing.factories.catalog import RecipeFactory, RecipePartFactory
from production.domain import board as boards
from production.domain import filling, runs
from production.domain.filling import Lack
from production.domain.runs import Pieces
from production.models import Run
from production.tests import shop
from production.tests.shop import EVENING, MORNING


@pytest.fixture
def left():
    return shop.printer("Left")


def plate_of(variant, pieces, black, *, hours=2, model=None, name="Bed"):
    slots = [("body", black, 40 * pieces, 2)]
    return shop.plate([(variant, pieces)], slots, seconds=hours * 3600, model=model, name=name)


def want(variant, pieces):
    reservations.reserve(item=variant.item, quantity=Decimal(pieces), source="order_line", source_id=1)


def proposals():
    return filling.propose(boards.time_axis(at=EVENING))


def test_missing_pieces_are_spoken_for_and_neither_there_nor_planned(user, dragon):
    owl = shop.variant("Owl")
    want(dragon, 5)
    want(owl, 1)
    runs.plan_run(outputs=[Pieces(dragon, 2), Pieces(owl, 1)], by=user, at=EVENING)
    (done,) = runs.plan_run(outputs=[Pieces(dragon, 1)], by=user, at=EVENING)
    runs.complete_run(done, key=uuid4(), by=user, at=MORNING)

    assert filling.lacking_pieces() == {dragon.pk: Lack(orders=2)}


def test_what_is_put_together_lacks_its_parts(user):
    lamp, base, shade, screw = (shop.variant(name) for name in ("Lamp", "Base", "Shade", "Clip"))
    for whole, rows in ((lamp, [(base, 1), (shade, 3)]), (base, [(screw, 4)])):
        Product.objects.filter(pk=whole.product_id).update(kind="assembled")
        recipe = whole.product.recipes.filter(is_current=True).first() or RecipeFactory(product=whole.product)
        for part, pieces in rows:
            RecipePartFactory(recipe=recipe, variant=part, pieces=pieces)
    Variant.objects.filter(pk=lamp.pk).update(stock_target=1)
    Variant.objects.filter(pk=screw.pk).update(stock_target=2)
    want(lamp, 2)
    runs.plan_run(outputs=[Pieces(shade, 1)], by=user, at=EVENING)

    assert filling.lacking_pieces() == {shade.pk: Lack(orders=5, stock=3), screw.pk: Lack(orders=8, stock=6)}


def test_propose_fills_idle_printers_until_nothing_is_missing(dragon, black, left):
    shop.printer("Right")
    plate = plate_of(dragon, 2, black)
    want(dragon, 5)

    found = proposals()

    assert [(each.lane.printer.name, each.plate, each.start) for each in found] == [
        ("Left", plate, EVENING),
        ("Left", plate, EVENING + timedelta(hours=2)),
        ("Left", plate, EVENING + timedelta(hours=4)),
    ]
    assert [covered.pieces for each in found for covered in each.covers] == [2, 2, 1]


def test_propose_prefers_the_plate_that_covers_most_with_least_beside(dragon, black, left):
    plate_of(dragon, 1, black, name="one")
    six = plate_of(dragon, 6, black, name="six")
    plate_of(dragon, 12, black, name="twelve")
    want(dragon, 6)

    assert [each.plate for each in proposals()] == [six]


def test_propose_leaves_out_files_for_another_machine(dragon, black, left):
    plate_of(dragon, 6, black, model=shop.printer_model("Mini"))
    want(dragon, 1)

    assert proposals() == []


def test_propose_leaves_busy_printers_alone(user, dragon, black, left):
    plate_of(dragon, 6, black)
    want(dragon, 20)
    long = shop.variant("Statue", {"body": (black, 40, 0)}, seconds=20 * 3600)
    runs.plan_run(outputs=[Pieces(long, 1)], printer=left, by=user, at=EVENING)

    assert proposals() == []


def test_propose_nothing_when_nobody_waits(dragon, black, left):
    plate_of(dragon, 6, black)

    assert proposals() == []


def test_fill_plans_each_bed_once(user, dragon, black, left):
    plate_of(dragon, 2, black)
    want(dragon, 4)
    found, key = proposals(), uuid4()

    filling.fill(found, key=key, by=user, at=EVENING)
    filling.fill(found, key=key, by=user, at=EVENING)

    assert list(Run.objects.values_list("printer__name", flat=True)) == ["Left", "Left"]
    assert proposals() == []


@pytest.mark.parametrize("count", [1, 3, 30])
def test_fill_tonight_query_count_does_not_grow(client, owner, black, django_assert_num_queries, count):
    for number in range(count):
        made = shop.variant(f"Animal {number}", {"body": (black, 1, 0)})
        plate_of(made, 1, black, name=f"Bed {number}")
        shop.printer(f"P{number}")
        want(made, 1)
    shop.page(client, "fill_tonight")

    with django_assert_num_queries(12):
        shop.page(client, "fill_tonight")


def test_many_proposals_are_paged_and_each_page_is_planned_by_itself(client, owner, dragon, black):
    for number in range(26):
        shop.printer(f"P{number:02}")
    plate_of(dragon, 1, black, hours=13)
    want(dragon, 26)

    first, second = (shop.page(client, "fill_tonight", page=number) for number in (1, 2))

    (slug,) = second.context["form"].proposals
    assert (len(first.context["form"].proposals), b"25 of 26" in first.content) == (25, True)
    url = reverse("production:fill_tonight") + "?page=2"
    assert client.post(url, {"beds": slug, "key": uuid4()}).status_code == 302
    assert Run.objects.get().printer.name == "P25"


# What is kept in stock


def keep(variant, pieces):
    variant.stock_target = pieces
    variant.save()


def test_pieces_lack_up_to_what_is_kept_in_stock(user, dragon):
    owl, cat = shop.variant("Owl"), shop.variant("Cat")
    keep(dragon, 4)
    keep(owl, 3)
    keep(cat, 1)
    want(dragon, 2)
    want(owl, 1)
    (done, planned) = runs.plan_run(outputs=[Pieces(owl, 3), Pieces(cat, 1)], copies=2, by=user, at=EVENING)
    runs.complete_run(done, key=uuid4(), by=user, at=MORNING)
    runs.cancel_run(planned, by=user, at=MORNING)

    assert filling.lacking_pieces() == {dragon.pk: Lack(orders=2, stock=4), owl.pk: Lack(stock=1)}


def test_propose_prints_what_people_wait_for_before_stock(dragon, black, left):
    owl = shop.variant("Owl", {"body": (black, 40, 2)})
    plate_of(owl, 6, black, name="six owls")
    plate_of(dragon, 1, black, name="a dragon")
    keep(owl, 6)
    want(dragon, 1)

    found = proposals()

    assert [(each.plate.name, each.covers[0].for_orders) for each in found] == [("a dragon", 1), ("six owls", 0)]


def test_propose_leaves_out_files_for_another_nozzle(dragon, black, left):
    plate = plate_of(dragon, 6, black)
    plate.slice_files.update(nozzle_mm="0.60")
    keep(dragon, 6)

    assert proposals() == []
    left.nozzle_mm = Decimal("0.6")
    left.save()
    assert len(proposals()) == 1
