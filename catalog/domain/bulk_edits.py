"""Changing many products at once: exactly those named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from catalog.domain.products import tag_named
from catalog.models import Category, DesignLicence, Product
from nozzly.accounts.models import User
from nozzly.core.changes import Changes, hold_rows, wanted_keys

_OF_PRODUCT = ("category", "licence", "tax_class", "personalisation")


@dataclass(frozen=True)
class ProductChanges(Changes):
    _texts = frozenset({"personalisation"})

    category: Category | None = None
    licence: DesignLicence | None = None
    tax_class: str | None = None
    personalisation: str | None = None
    add_tags: str | None = None  # with commas between them
    remove_tags: str | None = None


def change_products(product_ids: Sequence[int], changes: ProductChanges, *, by: User, at: datetime) -> int:
    """Write the changes to these products and no others; answers how many. All or none.

    Raises NothingToChange, GoneMeanwhile.
    """
    wanted = wanted_keys(product_ids, changes)
    with transaction.atomic():
        rows = hold_rows(Product.objects.all(), wanted)
        Product.objects.filter(pk__in=wanted).update(**changes.of(_OF_PRODUCT), updated_at=at)
        _tag(rows, changes)
    return len(wanted)


def _tag(rows: Sequence[Product], changes: ProductChanges) -> None:
    added = [tag_named(name) for name in _names(changes.add_tags)]
    removed = {name.casefold() for name in _names(changes.remove_tags)}
    for product in rows if added or removed else ():
        product.tags.add(*added)
        product.tags.remove(*[tag for tag in product.tags.all() if tag.name.casefold() in removed])


def _names(text: str | None) -> list[str]:
    return [name.strip()[:40] for name in (text or "").split(",") if name.strip()]
