from import_export.fields import Field

from nozzly.core.money import round_money
from nozzly.tenancy.current import current_workspace
from nozzly.web.exporting import ListResource


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


def _money(amount):
    return "" if amount is None else round_money(amount, current_workspace().currency)
