"""The tax class of lines: it follows the product until the order is confirmed or sent, and then stays."""

from collections.abc import Sequence

from catalog.models import Variant
from nozzly.tax.choices import TaxClass
from pricing.domain.terms import Terms
from sales.domain import figures, tax_parts
from sales.models import Order, OrderLine


def class_of(variant: Variant | None, said: str = "") -> str:
    """That of the product; of a line that names none, what was said of it."""
    return variant.product.tax_class if variant else said or TaxClass.STANDARD


def are_mixed(lines: Sequence[OrderLine]) -> bool:
    return len({line.tax_class for line in lines}) > 1


def follow(order: Order, lines: Sequence[OrderLine], *, terms: Terms | None = None) -> None:
    """Bring the order's tax to the classes of its lines, none of which is sent; saves it."""
    found = figures.figures_of(order, lines, terms=terms)
    order.tax_rate_pct = found.terms.treatment.rate_pct
    order.save(update_fields=["tax_rate_pct", "updated_at"])
    tax_parts.keep(order, found.rates, frozen=False)


def read_again(order: Order, lines: Sequence[OrderLine]) -> None:
    """Lines of an order that is not confirmed take the class that their product has now."""
    changed = [line for line in lines if line.variant_id and line.tax_class != line.variant.product.tax_class]
    for line in changed:
        line.tax_class = line.variant.product.tax_class
    if changed:
        OrderLine.objects.bulk_update(changed, ["tax_class"])
        follow(order, lines)
