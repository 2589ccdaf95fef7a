from decimal import Decimal

from django.utils.timezone import localtime
from import_export.fields import Field

from catalog.documents import snapshot_moves
from nozzly.core.money import round_money
from nozzly.tenancy.current import current_workspace
from nozzly.web.exporting import ListResource

_TENTH = Decimal("0.1")


class ProductResource(ListResource):
    """One row for each product of the list."""

    file = "products"
    cost_columns = ("full_cost_from", "full_cost_to")

    number = Field(attribute="pk", column_name="Number")
    title = Field(column_name="Product")
    category = Field(column_name="Category")
    tags = Field(column_name="Tags")
    kind = Field(column_name="Kind")
    variants = Field(column_name="Variants")
    skus = Field(column_name="SKUs")
    grams = Field(column_name="Grams")
    print_time_s = Field(attribute="print_time_s", column_name="Print time (s)")
    tax_class = Field(column_name="Tax class")
    full_cost_from = Field(column_name="Cost from")
    full_cost_to = Field(column_name="Cost to")

    def dehydrate_title(self, product):
        return product.title

    def dehydrate_category(self, product):
        return str(product.category or "")

    def dehydrate_tags(self, product):
        return ", ".join(sorted(tag.name for tag in product.tags.all()))

    def dehydrate_kind(self, product):
        return product.get_kind_display()

    def dehydrate_tax_class(self, product):
        return product.get_tax_class_display()

    def dehydrate_variants(self, product):
        return len(product.variant_list)

    def dehydrate_skus(self, product):
        return ", ".join(variant.item.sku for variant in product.variant_list if variant.item.sku)

    def dehydrate_grams(self, product):
        slots = [slot for recipe in product.current_recipes for slot in recipe.slots.all()]
        return sum(slot.grams + slot.purge_g for slot in slots) if slots else ""

    def dehydrate_full_cost_from(self, product):
        return _money(product.full_cost_from)

    def dehydrate_full_cost_to(self, product):
        return _money(product.full_cost_to)


class CostChangeResource(ListResource):
    """Before and after of every cost that moved, for people with COST_VIEW alone (the list asks for it)."""

    file = "cost-changes"

    product = Field(column_name="Product")
    variant = Field(column_name="Variant")
    sku = Field(column_name="SKU")
    at = Field(column_name="When")
    recipe = Field(column_name="Recipe version")
    before = Field(attribute="before", column_name="Before")
    after = Field(attribute="full_cost", column_name="After")
    difference = Field(column_name="Difference")
    difference_pct = Field(column_name="Difference (%)")
    moved_by = Field(column_name="What moved it")

    def dehydrate_product(self, snapshot):
        return snapshot.variant.product.title

    def dehydrate_variant(self, snapshot):
        return snapshot.variant.name

    def dehydrate_sku(self, snapshot):
        return snapshot.variant.item.sku

    def dehydrate_at(self, snapshot):
        return localtime(snapshot.at).strftime("%Y-%m-%d %H:%M")

    def dehydrate_recipe(self, snapshot):
        return snapshot.recipe.version

    def dehydrate_difference(self, snapshot):
        return snapshot.full_cost - snapshot.before

    def dehydrate_difference_pct(self, snapshot):
        change = (snapshot.full_cost - snapshot.before) * 100
        return (change / snapshot.before).quantize(_TENTH) if snapshot.before else ""

    def dehydrate_moved_by(self, snapshot):
        moves = snapshot_moves(snapshot.before_lines or [], snapshot.lines)
        return "; ".join(f"{move.label} {move.before} → {move.after}" for move in moves)


def _money(amount):
    return "" if amount is None else round_money(amount, current_workspace().currency)
