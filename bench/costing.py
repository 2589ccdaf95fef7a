"""Working out what everything costs: ``.venv/bin/python -m bench.costing [products]``. A database of its own, dropped at the end.

Re-costs 800 products of three variants each, every one of them changed by a new wage, and counts the queries of 200 and
of 400 variants. Exits 1 when a limit is broken.
"""

import nozzly.testing.environment  # noqa: F401, I001 - before Django reads the settings

import django

django.setup()

import sys  # noqa: E402
import time  # noqa: E402
from decimal import Decimal  # noqa: E402

from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from catalog.choices import RateKind  # noqa: E402
from catalog.domain import rates, recosting  # noqa: E402
from catalog.models import Product, Recipe, RecipeSlot, RecipeStep, Variant, VariantSlot  # noqa: E402
from inventory.choices import ItemKind  # noqa: E402
from inventory.models import Item  # noqa: E402
from nozzly.tenancy.current import in_workspace  # noqa: E402
from nozzly.tenancy.models import Workspace  # noqa: E402
from nozzly.testing import databases  # noqa: E402
from nozzly.testing.factories.inventory import SpoolFactory  # noqa: E402

PRODUCTS, VARIANTS, SLOTS, FILAMENTS = 800, 3, 2, 40
MAX_SECONDS = 5


def main(products: int = PRODUCTS) -> int:
    with databases.session_database(), in_workspace(Workspace.objects.get(slug="ta")):
        rates.ensure_default_rates()
        fill(products)
        held = [recosted(products), constant()]
    return 0 if all(held) else 1


def fill(products: int) -> None:
    now = timezone.now()
    filaments = [SpoolFactory().lot.item.filament for _number in range(FILAMENTS)]
    made = Product.objects.bulk_create(Product(title=f"Product {n}") for n in range(products))
    recipes = Recipe.objects.bulk_create(
        Recipe(product=product, version=1, print_time_s=3600 + number, created_at=now)
        for number, product in enumerate(made)
    )
    RecipeSlot.objects.bulk_create(
        RecipeSlot(
            recipe=recipe, position=n, name=f"s{n}", grams=Decimal(10 + n), purge_g=Decimal(1), material_type="PLA"
        )
        for recipe in recipes
        for n in range(SLOTS)
    )
    RecipeStep.objects.bulk_create(
        RecipeStep(recipe=recipe, stage="assemble", minutes=Decimal(3)) for recipe in recipes
    )
    items = [
        Item(kind=ItemKind.PRODUCT, name=f"{product} {n}", sku=f"P{product.pk}-{n}")
        for product in made
        for n in range(VARIANTS)
    ]
    Item.objects.bulk_create(items)
    variants = Variant.objects.bulk_create(
        Variant(product=product, item=items[number * VARIANTS + n], name=f"V{n}")
        for number, product in enumerate(made)
        for n in range(VARIANTS)
    )
    VariantSlot.objects.bulk_create(
        VariantSlot(variant=variant, slot_name=f"s{n}", filament=filaments[(variant.pk + n) % FILAMENTS])
        for variant in variants
        for n in range(SLOTS)
    )


def recosted(products: int) -> bool:
    today, now = timezone.localdate(), timezone.now()
    recosting.recost_everything(on=today, at=now)
    rates.set_rate(RateKind.LABOUR_PER_H, value=Decimal(99), valid_from=today, by=None)
    begin = time.perf_counter()
    moved = recosting.recost_everything(on=today, at=now)
    seconds = time.perf_counter() - begin
    print(f"{products} products, {len(moved)} costs moved: {seconds:.2f} s (limit ≤ {MAX_SECONDS} s)")
    begin = time.perf_counter()
    recosting.recost_everything(on=today, at=now)
    print(f"and once more, when nothing moved: {time.perf_counter() - begin:.2f} s")
    return seconds <= MAX_SECONDS and len(moved) == products * VARIANTS


def constant() -> bool:
    """Twice as many variants take twice as many queries, and no more."""
    counts = []
    for chunks in (1, 2):
        some = list(Variant.objects.active().order_by("pk")[: recosting.AT_ONCE * chunks])
        with CaptureQueriesContext(connection) as seen:
            recosting.recost(some, on=timezone.localdate(), at=timezone.now())
        counts.append(len(seen))
    print(f"queries for each {recosting.AT_ONCE} variants: {counts[0]}; for twice as many: {counts[1]}")
    return counts[1] <= 2 * counts[0]


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
