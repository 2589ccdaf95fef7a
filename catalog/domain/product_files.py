"""Products from a table: which row is which product, what is different, and all of it stored at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.domain import products, rates, recosting
from catalog.domain.import_undo import product_as_stored
from catalog.domain.products import ProductFacts
from catalog.domain.recipes import RecipeDraft, SlotDraft
from catalog.domain.variants import VariantDraft
from catalog.models import Category, Product, Variant
from inventory.models import Item
from nozzly.accounts.models import User
from nozzly.tax.choices import TaxClass


@dataclass(frozen=True, kw_only=True)
class ProductRow:
    title: str
    number: int | None = None
    category: str = ""
    tags: str = ""
    kind: str = ""
    skus: str = ""
    grams: Decimal | None = None
    print_time_s: int | None = None
    tax_class: str = ""  # empty says nothing about it

    @property
    def tag_names(self) -> set[str]:
        return {name.strip().lower() for name in self.tags.split(",") if name.strip()}

    @property
    def sku_list(self) -> list[str]:
        return [sku.strip() for sku in self.skus.split(",") if sku.strip()]


@dataclass(frozen=True)
class Found:
    product: Product | None = None
    reason: str = ""


class KnownProducts:
    """The products that rows may mean, loaded once."""

    def __init__(self, by_number: dict[int, Product], by_title: dict[str, list[Product]], skus: set[str]):
        self._by_number, self._by_title, self._skus = by_number, by_title, skus

    def find(self, row: ProductRow) -> Found:
        if row.number:
            product = self._by_number.get(row.number)
            return Found(product, "" if product else _("There is no product with this number."))
        titled = self._by_title.get(row.title.lower(), [])
        if len(titled) > 1:
            return Found(reason=_("Several products have this title; give the number of the one you mean."))
        taken = [sku for sku in row.sku_list if sku in self._skus]
        if not titled and taken:
            return Found(reason=_("The SKU %(sku)s belongs to something else.") % {"sku": taken[0]})
        return Found(titled[0] if titled else None)


def known_products(rows: Sequence[ProductRow]) -> KnownProducts:
    loaded = Product.objects.for_table()
    numbers = {row.number for row in rows if row.number}
    by_number = {product.pk: product for product in loaded.filter(pk__in=numbers)}
    by_title: dict[str, list[Product]] = {}
    for product in loaded.active().filter(sort_title__in={row.title.lower() for row in rows if not row.number}):
        by_title.setdefault(product.title.lower(), []).append(product)
    skus = {sku for row in rows for sku in row.sku_list}
    taken = set(Item.objects.filter(sku__in=skus).values_list("sku", flat=True))
    return KnownProducts(by_number, by_title, taken)


def differs(product: Product, row: ProductRow) -> bool:
    """Whether the row says something else about title, category, tags, kind or tax class; recipes are changed on their page."""
    now = (
        product.title,
        str(product.category or "").lower(),
        {tag.name.lower() for tag in product.tags.all()},
        product.kind,
        product.tax_class,
    )
    return now != (row.title, row.category.strip().lower(), row.tag_names, row.kind, row.tax_class or product.tax_class)


@dataclass(frozen=True)
class Stored:
    """How many rows were added and corrected, and what ``import_undo`` needs to take them back."""

    added: int
    changed: int
    record: dict[str, object]


def apply(rows: Sequence[ProductRow], *, by: User | None, at: datetime) -> Stored:
    """Add and correct all rows or none."""
    rates.ensure_default_rates()
    added: list[Product] = []
    before: dict[int, dict] = {}
    with transaction.atomic():
        known = known_products(rows)
        for row in rows:
            product = known.find(row).product
            if product:
                before.setdefault(product.pk, product_as_stored(product))
                products.change_product(product, _facts(row, product))
            else:
                added.append(_add(row, by=by, at=at))
        recosting.recost(Variant.objects.filter(product__in=added), on=timezone.localdate(at), at=at)
        after = Product.objects.filter(pk__in=before).select_related("category").prefetch_related("tags")
        changed = {product.pk: [before[product.pk], product_as_stored(product)] for product in after}
    return Stored(len(added), len(before), {"added": [product.pk for product in added], "changed": changed})


def _add(row: ProductRow, *, by: User | None, at: datetime) -> Product:
    skus = row.sku_list
    draft = None
    if row.grams or row.print_time_s:
        slots = (SlotDraft(name=_("Body"), grams=row.grams),) if row.grams else ()
        draft = RecipeDraft(print_time_s=row.print_time_s or 0, slots=slots)
    first = VariantDraft(name=_("Standard"), sku=skus[0] if skus else "")
    return products.create_product(_facts(row, None), draft=draft, first_variant=first, by=by, at=at)


def _facts(row: ProductRow, product: Product | None) -> ProductFacts:
    name = row.category.strip()
    category = None
    if name:
        category = Category.objects.filter(name__iexact=name).first() or Category.objects.create(name=name)
    return ProductFacts(
        title=row.title,
        kind=row.kind,
        category=category,
        tags=tuple(row.tags.split(",")),
        description=product.description if product else "",
        personalisation=product.personalisation if product else "",
        licence=product.licence if product else None,
        tax_class=row.tax_class or (product.tax_class if product else TaxClass.STANDARD),
    )
