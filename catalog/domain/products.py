"""Products: made, changed, copied, put away."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.choices import ProductKind
from catalog.domain import recipes, variants
from catalog.domain.recipes import RecipeDraft
from catalog.domain.variants import Binding, VariantDraft
from catalog.models import Category, DesignLicence, Product, Tag, Variant
from inventory.models import Item
from nozzly.accounts.models import User
from nozzly.tax.choices import TaxClass


@dataclass(frozen=True, kw_only=True)
class ProductFacts:
    """What one form says about a product."""

    title: str
    kind: str = ProductKind.PRINTED
    category: Category | None = None
    tags: tuple[str, ...] = ()
    description: str = ""
    personalisation: str = ""
    licence: DesignLicence | None = None
    tax_class: str = TaxClass.STANDARD


def create_product(
    facts: ProductFacts,
    *,
    draft: RecipeDraft | None = None,
    first_variant: VariantDraft | None = None,
    origin: str = "",
    by: User | None,
    at: datetime,
) -> Product:
    """A product with a recipe, if there is a draft of one, and its first variant."""
    with transaction.atomic():
        product = Product.objects.create(**_columns(facts))
        _set_tags(product, facts.tags)
        if draft:
            recipes.new_version(product, draft, origin=origin, by=by, at=at)
        variants.add_variants(product, [first_variant or VariantDraft(name=_("Standard"))])
    return product


def change_product(product: Product, facts: ProductFacts) -> Product:
    with transaction.atomic():
        renamed = Product.objects.select_for_update(no_key=True).get(pk=product.pk).title != facts.title
        for name, value in _columns(facts).items():
            setattr(product, name, value)
        product.save()
        _set_tags(product, facts.tags)
        if renamed:
            variants.rename_items(product)
    return product


def archive_product(product: Product, *, at: datetime) -> None:
    """Out of lists and choices; its history, stock and old orders stay."""
    with transaction.atomic():
        Product.objects.filter(pk=product.pk).update(archived_at=at)
        Item.objects.filter(variant__product=product).update(archived_at=at)


def restore_product(product: Product) -> None:
    with transaction.atomic():
        Product.objects.filter(pk=product.pk).update(archived_at=None)
        Item.objects.filter(variant__product=product, variant__archived_at=None).update(archived_at=None)


def duplicate_product(product: Product, *, by: User | None, at: datetime) -> Product:
    """A copy with recipe, variants and bindings under new SKUs; pictures, plates and history stay with the first."""
    title = _("%(title)s (copy)") % {"title": product.title[:150]}
    with transaction.atomic():
        copy = Product.objects.create(
            title=title,
            kind=product.kind,
            category=product.category,
            description=product.description,
            personalisation=product.personalisation,
            licence=product.licence,
            tax_class=product.tax_class,
        )
        copy.tags.set(product.tags.all())
        current = recipes.current_recipe(product)
        if current:
            origin = _("copied from %(product)s") % {"product": product}
            recipes.new_version(copy, recipes.draft_of(current), origin=origin, by=by, at=at)
        originals = product.variants.active().in_order().prefetch_related("slots")
        variants.add_variants(copy, [_draft_of(variant) for variant in originals])
    return copy


def _draft_of(variant: Variant) -> VariantDraft:
    return VariantDraft(
        name=variant.name,
        options=variant.options,
        print_time_s=variant.print_time_s,
        bindings={
            slot.slot_name: Binding(slot.filament_id, slot.group_id, slot.guessed, slot.grams, slot.purge_g)
            for slot in variant.slots.all()
        },
    )


def _columns(facts: ProductFacts) -> dict:
    return {
        "title": facts.title,
        "kind": facts.kind,
        "category": facts.category,
        "description": facts.description,
        "personalisation": facts.personalisation,
        "licence": facts.licence,
        "tax_class": facts.tax_class,
    }


def _set_tags(product: Product, names: tuple[str, ...]) -> None:
    wanted = dict.fromkeys(each.strip()[:40] for each in names if each.strip())
    product.tags.set([tag_named(name) for name in wanted])


def tag_named(name: str) -> Tag:
    return Tag.objects.filter(name__iexact=name).first() or Tag.objects.create(name=name)
