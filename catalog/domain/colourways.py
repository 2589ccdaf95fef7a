"""New variants from old ones: in other colours, one or many at once, with the beds that print them."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.domain import bindings, plates, variants
from catalog.domain.variants import Binding, VariantDraft
from catalog.models import Product, Variant
from nozzly.core.errors import DomainError


class NothingToVary(DomainError):
    pass


def add_variant(product: Product, draft: VariantDraft) -> Variant:
    """One variant, with beds like those of the product's first. Raises NameTaken, SkuTaken."""
    return _add(product, [draft])[0]


def add_colourways(product: Product, *, slot_name: str, choices: Sequence[str]) -> list[Variant]:
    """A variant for each choice in the slot; the other slots stay as in the first variant.

    A colour that the product already comes in is left out.

    Raises UnknownFilament, NothingToVary.
    """
    like = product.variants.active().in_order().prefetch_related("slots").first()
    if like is None:
        raise NothingToVary(_("Add a first variant before varying it."))
    kept = {slot.slot_name: Binding(slot.filament_id, slot.group_id, slot.guessed) for slot in like.slots.all()}
    with transaction.atomic():
        found = [bindings.binding_of(choice) for choice in choices]
        drafts = {
            name: VariantDraft(name=name, options={_("Colour"): name}, bindings=kept | {slot_name: binding})
            for binding in found
            if (name := bindings.colour_word(binding))
        }
        taken = set(product.variants.filter(name__in=drafts).values_list("name", flat=True))
        fresh = [draft for name, draft in drafts.items() if name not in taken]
        if not fresh:
            raise NothingToVary(_("The product already comes in all of these."))
        return _add(product, fresh)


def _add(product: Product, drafts: Sequence[VariantDraft]) -> list[Variant]:
    with transaction.atomic():
        like = product.variants.active().in_order().first()
        made = variants.add_variants(product, drafts)
        if like:
            for variant, draft in zip(made, drafts, strict=True):
                plates.plates_for_variant(variant, like=like, bindings=draft.bindings)
    return made
