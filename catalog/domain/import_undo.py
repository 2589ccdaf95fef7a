"""Taking back a whole import of products or plates: what it added goes, what it changed gets its old values back.

A record holds the keys of what was ``added`` and, by key, what ``changed``: before and after. Undoing is refused when
something that was added has been used since; what somebody has changed since stays as it is and is counted.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.domain.plates import Load, Output, PlateFacts, change_plate
from catalog.domain.products import ProductFacts, archive_product, change_product
from catalog.domain.variants import Binding
from catalog.models import Category, Plate, Product, Variant
from inventory.models import Item
from nozzly.core.errors import DomainError
from nozzly.core.usage import Use, first_use

Counts = tuple[int, int, int]  # gone, as before, changed since and kept
_MADE_WITH_A_PRODUCT = ("catalog.Variant", "catalog.Recipe")
_MADE_WITH_A_VARIANT = ("catalog.VariantSlot", "catalog.CostSnapshot")
_MADE_WITH_AN_ITEM = ("catalog.Variant",)
_MADE_WITH_A_PLATE = ("catalog.PlateOutput", "catalog.PlateSlot")
_ONLY = {"variants": 1, "recipes": 1}


class UsedSince(DomainError):
    pass


def product_as_stored(product: Product) -> dict[str, object]:
    """What an import may say about a product, as it can be kept and compared."""
    return {
        "title": product.title,
        "kind": product.kind,
        "category": product.category.name if product.category else "",
        "tags": sorted(tag.name for tag in product.tags.all()),
        "tax_class": product.tax_class,
    }


def take_back_products(record: Mapping, *, at: datetime) -> Counts:
    """Products that were added go out of sight and give their SKUs free. Raises UsedSince."""
    with transaction.atomic():
        keys = {*record["added"], *map(int, record["changed"])}
        rows = Product.objects.filter(pk__in=keys).order_by("pk").select_for_update(of=("self",))
        products = {product.pk: product for product in rows.select_related("category").prefetch_related("tags")}
        added = [products[pk] for pk in record["added"] if pk in products]
        _refuse_used_products(added)
        for product in added:
            archive_product(product, at=at)
        Item.objects.filter(variant__product__in=added).update(sku="")
        restored = 0
        for pk, (before, after) in record["changed"].items():
            product = products.get(int(pk))
            if product is not None and _says(product, after):
                change_product(product, _product_facts(product, before))
                restored += 1
    return len(added), restored, len(record["changed"]) - restored


def _says(product: Product, stored: Mapping) -> bool:
    """Whether it is still what was stored; older records say less of it."""
    return product_as_stored(product).items() >= stored.items()


def _refuse_used_products(products: Sequence[Product]) -> None:
    titles = {product.pk: product.title for product in products}
    _refuse(first_use(products, apart_from=_MADE_WITH_A_PRODUCT), titles)
    variants = list(Variant.objects.filter(product__in=products).order_by("pk").select_for_update(of=("self",)))
    items = list(Item.objects.filter(pk__in=[each.item_id for each in variants]).order_by("pk").select_for_update())
    _refuse(first_use(variants, apart_from=_MADE_WITH_A_VARIANT), {v.pk: titles[v.product_id] for v in variants})
    _refuse(first_use(items, apart_from=_MADE_WITH_AN_ITEM), {v.item_id: titles[v.product_id] for v in variants})
    for product in products:
        for name, most in _ONLY.items():
            if getattr(product, name).count() > most:
                raise UsedSince(_("“{name}” has been worked on since; nothing was undone.").format(name=product.title))


def _refuse(use: Use | None, names: Mapping[int, str]) -> None:
    if use is not None:
        said = _("“{name}” has been used since ({by}); nothing was undone.")
        raise UsedSince(said.format(name=names[use.row_id], by=use.by))


def _product_facts(product: Product, before: Mapping) -> ProductFacts:
    name = before["category"]
    return ProductFacts(
        title=before["title"],
        kind=before["kind"],
        category=(Category.objects.filter(name=name).first() or Category.objects.create(name=name)) if name else None,
        tags=tuple(before["tags"]),
        description=product.description,
        personalisation=product.personalisation,
        licence=product.licence,
        tax_class=before.get("tax_class", product.tax_class),
    )


def plate_as_stored(plate: Plate) -> dict[str, object]:
    """What an import may say about a plate, as it can be kept and compared."""
    return {
        "name": plate.name,
        "note": plate.note,
        "outputs": sorted([output.variant_id, output.pieces] for output in plate.outputs.all()),
        "slots": sorted(
            [
                slot.position,
                slot.name,
                slot.filament_id,
                slot.group_id,
                slot.guessed,
                slot.material_type,
                slot.colour_hex,
            ]
            for slot in plate.slots.all()
        ),
    }


def take_back_plates(record: Mapping) -> Counts:
    """Plates that were added are gone again. Raises UsedSince."""
    with transaction.atomic():
        keys = {*record["added"], *map(int, record["changed"])}
        rows = Plate.objects.filter(pk__in=keys).order_by("pk").select_for_update(of=("self",))
        plates = {plate.pk: plate for plate in rows.prefetch_related("outputs", "slots")}
        added = [plates[pk] for pk in record["added"] if pk in plates]
        _refuse(first_use(added, apart_from=_MADE_WITH_A_PLATE), {plate.pk: plate.name for plate in added})
        Plate.objects.filter(pk__in=[plate.pk for plate in added]).delete()
        restored = 0
        for pk, (before, after) in record["changed"].items():
            plate = plates.get(int(pk))
            if plate is not None and plate_as_stored(plate) == after:
                change_plate(plate, _plate_facts(plate, before))
                restored += 1
    return len(added), restored, len(record["changed"]) - restored


def _plate_facts(plate: Plate, before: Mapping) -> PlateFacts:
    loads = [
        Load(
            name=name,
            binding=Binding(filament_id, group_id, guessed) if filament_id or group_id else None,
            material_type=material_type,
            colour_hex=colour_hex,
            position=position,
        )
        for position, name, filament_id, group_id, guessed, material_type, colour_hex in before["slots"]
    ]
    outputs = [Output(variant_id, pieces) for variant_id, pieces in before["outputs"]]
    return PlateFacts(
        name=before["name"], note=before["note"], bed_minutes=plate.bed_minutes, outputs=outputs, loads=loads
    )
