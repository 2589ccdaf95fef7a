"""Kits: sold as one, taken from the shelf as what is in them."""

from collections.abc import Iterable

from catalog.choices import ProductKind
from catalog.models import RecipePart, Variant


def explode(lines: Iterable[tuple[Variant, int]]) -> list[tuple[Variant, int]]:
    """What an order line really takes: kits become their contents, also kits in kits; all else stays as it is."""
    found: dict[int, list] = {}
    waiting = [(variant, pieces) for variant, pieces in lines]
    while waiting:
        kits = {variant.product_id for variant, _pieces in waiting if variant.product.kind == ProductKind.KIT}
        contents: dict[int, list[RecipePart]] = {}
        parts = RecipePart.objects.filter(recipe__is_current=True, recipe__product__in=kits)
        for part in parts.select_related("variant__product", "variant__item", "recipe").order_by("pk") if kits else ():
            contents.setdefault(part.recipe.product_id, []).append(part)
        deeper = []
        for variant, pieces in waiting:
            inside = contents.get(variant.product_id, [])
            if inside:
                deeper += [(part.variant, part.pieces * pieces) for part in inside]
            else:
                found.setdefault(variant.pk, [variant, 0])[1] += pieces
        waiting = deeper
    return [(variant, pieces) for variant, pieces in found.values()]
