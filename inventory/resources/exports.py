"""Columns as people see them; those of spools and deliveries are what the imports read."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from inventory.choices import ItemKind
from inventory.models import DeliveryLine, Item, Location, Supplier
from nozzly.web.exporting import ListResource


def plain(number: Decimal | None) -> str:
    """1000, 12.5: as a person would type it."""
    return "" if number is None else f"{number.normalize():f}"


class SpoolResource(ListResource):
    file = "spools"
    cost_columns = ("value",)

    code = Field("code", _("Code"))
    brand = Field("item__filament__brand__name", _("Brand"))
    material = Field("item__filament__material__name", _("Material"))
    colour_name = Field("item__filament__colour_name", _("Colour"))
    colour_hexes = Field(column_name=_("How it looks"))
    finish = Field("item__filament__finish", _("Finish"))
    diameter_mm = Field(column_name=_("Diameter (mm)"))
    net_weight_g = Field(column_name=_("Full reel (g)"))
    left_g = Field(column_name=_("Left (g)"))
    tare_g = Field(column_name=_("Own empty reel (g)"))
    state = Field("spool__state", _("State"))
    place = Field("location__path", _("Place"))
    supplier = Field("supplier__name", _("Supplier"))
    batch = Field("batch", _("Batch"))
    received_on = Field(column_name=_("Received on"))
    note = Field("note", _("Note"))
    value = Field(column_name=_("Value"))

    def iter_queryset(self, queryset):
        """Thousands of rolls are of a few hundred filaments in a few dozen places: those are read once each."""
        known = (
            ("item", Item.objects.filter(kind=ItemKind.FILAMENT).select_related("filament__brand", "filament__material")),
            ("location", Location.objects.all()),
            ("supplier", Supplier.objects.all()),
        )  # fmt: skip
        tables = [(name, f"{name}_id", rows.in_bulk() | {None: None}) for name, rows in known]
        for lot in queryset.select_related(None).select_related("spool").defer("search").iterator(2000):
            for name, column, rows in tables:
                lot._state.fields_cache[name] = rows[lot.__dict__[column]]
            yield lot

    def dehydrate_colour_hexes(self, lot):
        return " ".join(lot.item.filament.colour_hexes)

    def dehydrate_diameter_mm(self, lot):
        return plain(lot.item.filament.diameter_mm)

    def dehydrate_net_weight_g(self, lot):
        return plain(lot.spool.net_weight_g)

    def dehydrate_left_g(self, lot):
        return plain(lot.on_hand)

    def dehydrate_tare_g(self, lot):
        return plain(lot.spool.tare_g)

    def dehydrate_received_on(self, lot):
        return lot.received_on.isoformat() if lot.received_on else ""

    def dehydrate_value(self, lot):
        return f"{lot.bought_value:.2f}"


class FilamentResource(ListResource):
    file = "filaments"
    cost_columns = ("list_price",)

    brand = Field("brand__name", _("Brand"))
    material = Field("material__name", _("Material"))
    colour_name = Field("colour_name", _("Colour"))
    colour_hexes = Field(column_name=_("How it looks"))
    finish = Field("finish", _("Finish"))
    diameter_mm = Field(column_name=_("Diameter (mm)"))
    net_weight_g = Field(column_name=_("Full reel (g)"))
    empty_reel_g = Field(column_name=_("Empty reel (g)"))
    density_g_cm3 = Field(column_name=_("Density (g/cm³)"))
    group = Field("group__name", _("Group"))
    stock_g = Field(column_name=_("Stock (g)"))
    list_price = Field(column_name=_("List price"))

    def dehydrate_colour_hexes(self, filament):
        return " ".join(filament.colour_hexes)

    def dehydrate_diameter_mm(self, filament):
        return plain(filament.diameter_mm)

    def dehydrate_net_weight_g(self, filament):
        return plain(filament.net_weight_g)

    def dehydrate_empty_reel_g(self, filament):
        return plain(filament.tare_g)

    def dehydrate_density_g_cm3(self, filament):
        return plain(filament.density)

    def dehydrate_stock_g(self, filament):
        return plain(filament.stock_g)

    def dehydrate_list_price(self, filament):
        return plain(filament.list_price)


class ItemResource(ListResource):
    file = "parts"
    cost_columns = ("list_price", "last_cost")

    kind = Field("kind", _("Kind"))
    name = Field("name", _("Name"))
    sku = Field("sku", _("SKU"))
    unit = Field("unit", _("Unit"))
    stock = Field(column_name=_("Stock"))
    reserved = Field(column_name=_("Reserved"))
    supplier = Field("preferred_supplier__name", _("Supplier"))
    pack_size = Field(column_name=_("Pack size"))
    list_price = Field(column_name=_("Usual price for one"))
    last_cost = Field(column_name=_("Last cost for one"))

    def dehydrate_pack_size(self, item):
        return plain(item.pack_size)

    def dehydrate_list_price(self, item):
        return plain(item.list_price_per_unit)

    def dehydrate_stock(self, item):
        return plain(item.stock)

    def dehydrate_reserved(self, item):
        return plain(item.reserved)

    def dehydrate_last_cost(self, item):
        return plain(item.last_cost_per_unit)


class DeliveryResource(ListResource):
    """A row for each line of the deliveries shown. Only people who may receive deliveries open that list."""

    file = "deliveries"

    supplier = Field("delivery__supplier__name", _("Supplier"))
    invoice_number = Field("delivery__invoice_number", _("Invoice number"))
    received_on = Field(column_name=_("Received on"))
    item = Field("item__name", _("Colour or part"))
    count = Field(column_name=_("Count"))
    quantity_each = Field(column_name=_("Each holds"))
    total = Field(column_name=_("Row total"))
    postage = Field(column_name=_("Postage and duty"))
    batch = Field("batch", _("Batch"))

    def iter_queryset(self, queryset):
        lines = DeliveryLine.objects.filter(delivery__in=queryset.order_by().values("pk"))
        return lines.select_related("delivery__supplier", "item").order_by("delivery_id", "pk").iterator(2000)

    def dehydrate_received_on(self, line):
        return line.delivery.received_on.isoformat()

    def dehydrate_count(self, line):
        return str(line.count)

    def dehydrate_quantity_each(self, line):
        return plain(line.quantity_each)

    def dehydrate_total(self, line):
        return f"{line.line_total:.2f}"

    def dehydrate_postage(self, line):
        return f"{line.delivery.postage:.2f}"


class StockValueResource(ListResource):
    """Rows are those of ``inventory.domain.values``. Only people who see costs open that page."""

    file = "stock-value"

    kind = Field(column_name=_("Kind"))
    name = Field("item__name", _("Name"))
    sku = Field("item__sku", _("SKU"))
    quantity = Field(column_name=_("Quantity"))
    unit = Field("item__unit", _("Unit"))
    bought_value = Field(column_name=_("Bought value"))
    full_value = Field(column_name=_("Full value"))
    days_on_hand = Field(column_name=_("Days on hand"))
    turnover = Field(column_name=_("Turnover a year"))

    def iter_queryset(self, queryset):
        return iter(queryset)

    def dehydrate_kind(self, row):
        return str(row.item.get_kind_display())

    def dehydrate_quantity(self, row):
        return plain(row.quantity)

    def dehydrate_bought_value(self, row):
        return f"{row.bought_value:.2f}"

    def dehydrate_full_value(self, row):
        return f"{row.full_value:.2f}"

    def dehydrate_days_on_hand(self, row):
        return "" if row.days_on_hand is None else str(row.days_on_hand)

    def dehydrate_turnover(self, row):
        return "" if row.turnover is None else plain(row.turnover)
