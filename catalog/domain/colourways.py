"""New variants from old ones: in other colours, one or many at once, with the beds that print them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.domain import bindings, plates, variants
from catalog.domain.variants import Binding, VariantDraft
from catalog.models import Product, Variant
from nozzly.core.errors import DomainError

MOST_AT_ONCE = 200


class NothingToVary(DomainError):
    pass


@dataclass(frozen=True)
class Option:
    """Something else that a buyer chooses: "Size" with "S", "M", "L"."""

    name: str
    values: tuple[str, ...]


def add_variant(product: Product, draft: VariantDraft) -> Variant:
    """One variant, with beds like those of the product's first. Raises NameTaken, SkuTaken."""
    return _add(product, [draft])[0]


def add_colourways(
    product: Product, *, slot_name: str, choices: Sequence[str], option: Option | None = None
) -> list[Variant]:
    """A variant for each choice in the slot, and for each value of an option beside it: size × colour.

    The other slots stay as in the first variant; what the product already comes in is left out.

    Raises UnknownFilament, NothingToVary.
    """
    like = product.variants.active().in_order().prefetch_related("slots").first()
    if like is None:
        raise NothingToVary(_("Add a first variant before varying it."))
    kept = {slot.slot_name: Binding(slot.filament_id, slot.group_id, slot.guessed) for slot in like.slots.all()}
    with transaction.atomic():
        found = [binding for choice in choices if (binding := bindings.binding_of(choice))]
        drafts = {
            draft.name: draft
            for binding in found
            for draft in _drafts(bindings.colour_word(binding), kept | {slot_name: binding}, option)
        }
        taken = set(product.variants.filter(name__in=drafts).values_list("name", flat=True))
        fresh = [draft for name, draft in drafts.items() if name not in taken]
        if not fresh:
            raise NothingToVary(_("The product already comes in all of these."))
        if len(fresh) > MOST_AT_ONCE:
            raise NothingToVary(_("These are %(count)s variants; add at most 200 at once.") % {"count": len(fresh)})
        return _add(product, fresh)


def _drafts(colour: str, bound: dict[str, Binding], option: Option | None) -> list[VariantDraft]:
    options = {_("Colour"): colour}
    if option is None:
        return [VariantDraft(name=colour, options=options, bindings=bound)]
    return [
        VariantDraft(name=f"{colour}, {value}"[:120], options=options | {option.name: value}, bindings=bound)
        for value in option.values
    ]


def _add(product: Product, drafts: Sequence[VariantDraft]) -> list[Variant]:
    with transaction.atomic():
        like = product.variants.active().in_order().first()
        made = variants.add_variants(product, drafts)
        beds = plates.plates_of_only(like) if like else []
        for variant, draft in zip(made, drafts, strict=True):
            plates.plates_for_variant(variant, like=beds, bindings=draft.bindings)
    return made
