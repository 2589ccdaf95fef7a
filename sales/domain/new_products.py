"""A shop that starts with its orders: products out of lines that no product is known for, many at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import NAMESPACE_OID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.domain import products, variants
from catalog.domain.products import ProductFacts
from catalog.domain.variants import SKU_LENGTH, VariantDraft
from catalog.models import Product, Variant
from inventory.models import Item
from nozzly.accounts.models import User
from production.domain import once
from sales.domain import matching, unmatched
from sales.domain.matching import plain
from sales.domain.settling import settle_lines
from sales.models import ImportedLine, OrderLine
from sales.orderfiles.joining import UNLISTED

MOST = 100  # groups of alike lines at once
MOST_LINES = 5000
_LONGEST_TITLE, _LONGEST_NAME = 160, 120


@dataclass
class NewVariant:
    """``lines`` are one of each group of alike lines; ``known`` is a variant of that name that is there already."""

    name: str
    options: dict[str, str]
    sku: str = ""
    known: Variant | None = None
    lines: list[OrderLine] = field(default_factory=list)


@dataclass
class NewProduct:
    title: str
    known: Product | None = None
    variants: dict[str, NewVariant] = field(default_factory=dict)


@dataclass(frozen=True)
class Made:
    products: int = 0
    variants: int = 0
    lines: int = 0


def lines_to_name(pks: Iterable[int] | None = None) -> list[OrderLine]:
    """One line of each group that waits: those given, or the first of all groups."""
    groups = ImportedLine.objects.unmatched_groups()
    if pks is not None:
        groups = groups.filter(pk__in=list(pks))
    first = [row["first"] for row in groups[:MOST]]
    rows = OrderLine.objects.filter(pk__in=first, variant=None).exclude(title=UNLISTED)
    return list(rows.select_related("order__channel", "imported").order_by("pk"))


def plan_products(lines: Sequence[OrderLine]) -> list[NewProduct]:
    """A product for each title, a variant for each option text; writes nothing. Three queries for any number of lines."""
    known = {plain(product.title): product for product in _products_called(lines)}
    skus = _free_skus(lines)
    found: dict[str, NewProduct] = {}
    for line in lines:
        title = plain(line.title) or line.title
        product = found.setdefault(title, NewProduct(line.title[:_LONGEST_TITLE], known.get(title)))
        name, options = _variant_of(line.options)
        variant = product.variants.setdefault(plain(name) or name, NewVariant(name, options))
        variant.lines.append(line)
        sku = line.imported.sku.strip()
        if not variant.sku and sku.casefold() in skus:
            variant.sku = sku
            skus.discard(sku.casefold())
    for product in found.values():
        _find_known_variants(product)
    return list(found.values())


def _products_called(lines: Sequence[OrderLine]) -> Iterable[Product]:
    titles = {line.title[:_LONGEST_TITLE] for line in lines}
    rows = Product.objects.filter(title__in=titles, archived_at=None)
    return rows.prefetch_related("variants").order_by("-pk")


def _free_skus(lines: Sequence[OrderLine]) -> set[str]:
    """SKUs of the file that no item has, in small letters."""
    wanted = {sku for line in lines if 0 < len(sku := line.imported.sku.strip()) <= SKU_LENGTH}
    taken = {sku.casefold() for sku in Item.objects.exclude(sku="").values_list("sku", flat=True)} if wanted else set()
    return {sku.casefold() for sku in wanted} - taken


def _variant_of(text: str) -> tuple[str, dict[str, str]]:
    """``Colour: Blue, Size: Large`` is the variant “Blue, Large”."""
    if not text:
        return _("Standard"), {}
    options, words = {}, []
    for part in text.split(", "):
        name, colon, value = part.partition(": ")
        words.append(value if colon else part)
        if colon and name and value:
            options[name[:60]] = value[:120]
    return ", ".join(words)[:_LONGEST_NAME], options


def _find_known_variants(product: NewProduct) -> None:
    here = {plain(each.name): each for each in product.known.variants.all()} if product.known else {}
    for name, variant in product.variants.items():
        variant.known = here.get(name)


def make_products(lines: Sequence[OrderLine], *, by: User, at: datetime) -> Made:
    """Make what ``plan_products`` says and answer the lines with it; lines that are known meanwhile are left alone."""
    with transaction.atomic():
        once.lock(uuid5(NAMESPACE_OID, "products out of lines"))
        waiting = set(
            OrderLine.objects.filter(pk__in=[line.pk for line in lines], variant=None).values_list("pk", flat=True)
        )
        plans = plan_products([line for line in lines if line.pk in waiting])
        made = [_make(plan, by=by, at=at) for plan in plans]
        known = _answer(plans, by=by, at=at)
    return Made(sum(fresh for fresh, _count in made), sum(count for _fresh, count in made), known)


def _answer(plans: Sequence[NewProduct], *, by: User, at: datetime) -> int:
    """Remember what each line is, and settle all lines that are named alike; answers how many."""
    meant: dict[tuple, Variant] = {}
    for variant in (each for plan in plans for each in plan.variants.values()):
        for line in variant.lines:
            words, channel = unmatched.words_of(line), line.order.channel
            matching.remember(words, channel=channel, variant=variant.known, pieces=1, by=by, at=at)
            meant[line.order.channel_id, line.title, line.options] = variant.known
    titles = {title for _channel, title, _options in meant}
    rows = OrderLine.objects.filter(variant=None, title__in=titles).select_related("order").order_by("pk")
    alike = [(row, meant.get((row.order.channel_id, row.title, row.options))) for row in rows[:MOST_LINES]]
    return settle_lines([(row, variant.pk, 1) for row, variant in alike if variant], by=by, at=at)


def _make(plan: NewProduct, *, by: User, at: datetime) -> tuple[int, int]:
    """Answers how many products and variants."""
    fresh = [each for each in plan.variants.values() if each.known is None]
    drafts = [VariantDraft(name=each.name, sku=each.sku, options=each.options) for each in fresh]
    product = plan.known
    if product is None:
        product = products.create_product(
            ProductFacts(title=plan.title), first_variant=drafts[0], origin=_("orders"), by=by, at=at
        )
        made = [product.variants.get(), *variants.add_variants(product, drafts[1:])]
    else:
        made = variants.add_variants(product, drafts)
    for each, variant in zip(fresh, made, strict=True):
        each.known = variant
    return int(plan.known is None), len(fresh)
