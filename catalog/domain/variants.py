"""Variants: what can be bought of a product. The recipe is the product's; a variant says which filament fills a slot."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from catalog.models import PlateSlot, Product, Variant, VariantSlot
from inventory.choices import ItemKind, Unit
from inventory.domain.searching import refresh_items
from inventory.models import Item
from nozzly.core.errors import DomainError

SKU_LENGTH = 40


class NameTaken(DomainError):
    pass


class SkuTaken(DomainError):
    pass


class LastVariant(DomainError):
    pass


@dataclass(frozen=True)
class Binding:
    """What fills a slot: one filament, or any of a group; grams only where they differ from the recipe."""

    filament_id: int | None = None
    group_id: int | None = None
    guessed: bool = False
    grams: Decimal | None = None
    purge_g: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class VariantDraft:
    name: str
    sku: str = ""
    options: dict[str, str] = field(default_factory=dict)
    bindings: dict[str, Binding] = field(default_factory=dict)
    print_time_s: int | None = None
    stock_target: int | None = None


def add_variants(product: Product, drafts: Sequence[VariantDraft]) -> list[Variant]:
    """Add several variants at once, each with its item; SKUs that are left empty are made from the names.

    Raises NameTaken, SkuTaken.
    """
    with transaction.atomic():
        Product.objects.select_for_update(no_key=True).get(pk=product.pk)
        _refuse_taken_names(product, [draft.name for draft in drafts])
        skus = _skus(product, drafts)
        items = Item.objects.bulk_create(
            Item(kind=ItemKind.PRODUCT, unit=Unit.PIECE, name=_item_name(product, draft.name), sku=sku)
            for draft, sku in zip(drafts, skus, strict=True)
        )
        refresh_items(item.pk for item in items)
        last = product.variants.aggregate(last=Max("position"))["last"]
        start = 0 if last is None else last + 1
        variants = Variant.objects.bulk_create(
            Variant(
                product=product,
                item=item,
                name=draft.name,
                options=draft.options,
                print_time_s=draft.print_time_s,
                stock_target=draft.stock_target or None,
                position=start + offset,
            )
            for offset, (draft, item) in enumerate(zip(drafts, items, strict=True))
        )
        _bind([(variant, draft.bindings) for variant, draft in zip(variants, drafts, strict=True)])
    return variants


def change_variant(variant: Variant, draft: VariantDraft) -> Variant:
    """Name, SKU, options, bindings of one variant. Beds that make nothing else load the new filament too.

    Raises NameTaken, SkuTaken.
    """
    with transaction.atomic():
        variant = Variant.objects.select_related("product", "item").select_for_update(of=("self",)).get(pk=variant.pk)
        if draft.name != variant.name:
            _refuse_taken_names(variant.product, [draft.name])
        sku = draft.sku.strip() or variant.item.sku
        if Item.objects.filter(sku=sku).exclude(pk=variant.item_id).exclude(sku="").exists():
            raise SkuTaken(_("The SKU %(sku)s is already used.") % {"sku": sku})
        Item.objects.filter(pk=variant.item_id).update(name=_item_name(variant.product, draft.name), sku=sku)
        refresh_items([variant.item_id])
        variant.name, variant.options, variant.print_time_s = draft.name, draft.options, draft.print_time_s
        variant.stock_target = draft.stock_target or None
        variant.save(update_fields=["name", "options", "print_time_s", "stock_target"])
        variant.slots.all().delete()
        _bind([(variant, draft.bindings)])
        load_on_own_plates(variant, draft.bindings)
    return variant


def archive_variant(variant: Variant, *, at: datetime) -> None:
    """Raises LastVariant: a product without any is archived itself."""
    with transaction.atomic():
        Product.objects.select_for_update(no_key=True).get(pk=variant.product_id)
        others = Variant.objects.filter(product=variant.product_id, archived_at=None).exclude(pk=variant.pk)
        if not others.exists():
            raise LastVariant(_("It is the only variant; archive the product instead."))
        Variant.objects.filter(pk=variant.pk).update(archived_at=at)
        Item.objects.filter(pk=variant.item_id).update(archived_at=at)


def restore_variant(variant: Variant) -> None:
    with transaction.atomic():
        Variant.objects.filter(pk=variant.pk).update(archived_at=None)
        Item.objects.filter(pk=variant.item_id).update(archived_at=None)


def rename_items(product: Product) -> None:
    """Items follow the title of their product."""
    variants = list(product.variants.all())
    items = [Item(pk=variant.item_id, name=_item_name(product, variant.name)) for variant in variants]
    Item.objects.bulk_update(items, ["name"])
    refresh_items(item.pk for item in items)


def load_on_own_plates(variant: Variant, bindings: dict[str, Binding]) -> None:
    """Beds that make only this variant load what it is bound to, slot by slot name."""
    for name, binding in bindings.items():
        slots = PlateSlot.objects.filter(name=name, plate__outputs__variant=variant).exclude(
            plate__outputs__variant__in=Variant.objects.exclude(pk=variant.pk)
        )
        PlateSlot.objects.filter(pk__in=slots.values("pk")).update(
            filament_id=binding.filament_id, group_id=binding.group_id, guessed=binding.guessed
        )


def _bind(pairs: Iterable[tuple[Variant, dict[str, Binding]]]) -> None:
    VariantSlot.objects.bulk_create(
        VariantSlot(
            variant=variant,
            slot_name=name,
            filament_id=binding.filament_id,
            group_id=binding.group_id,
            grams=binding.grams,
            purge_g=binding.purge_g,
            guessed=binding.guessed,
        )
        for variant, bindings in pairs
        for name, binding in bindings.items()
        if binding.filament_id or binding.group_id
    )


def _item_name(product: Product, variant_name: str) -> str:
    return f"{product.title} · {variant_name}"[:200]


def _refuse_taken_names(product: Product, names: list[str]) -> None:
    taken = set(product.variants.filter(name__in=names).values_list("name", flat=True))
    for name in names:
        if name in taken:
            raise NameTaken(_("There is already a variant called “%(name)s”.") % {"name": name})
        taken.add(name)


def _skus(product: Product, drafts: Sequence[VariantDraft]) -> list[str]:
    """Given SKUs as they are, the others from title and name, numbered where two would be the same."""
    wanted = [draft.sku.strip() or _sku_from(product, draft.name) for draft in drafts]
    stems = {sku[: SKU_LENGTH - 4] for sku in wanted if sku}
    taken: set[str] = set()
    for stem in stems:
        taken |= set(Item.objects.filter(sku__startswith=stem).values_list("sku", flat=True))
    skus = []
    for draft, sku in zip(drafts, wanted, strict=True):
        if sku in taken and draft.sku.strip():
            raise SkuTaken(_("The SKU %(sku)s is already used.") % {"sku": sku})
        skus.append(_free(sku, taken))
        taken.add(skus[-1])
    return skus


def _sku_from(product: Product, name: str) -> str:
    return slugify(f"{product.title} {name}").upper()[: SKU_LENGTH - 4].strip("-")


def _free(sku: str, taken: set[str]) -> str:
    if not sku or sku not in taken:
        return sku
    number = 2
    while f"{sku}-{number}" in taken:
        number += 1
    return f"{sku}-{number}"
