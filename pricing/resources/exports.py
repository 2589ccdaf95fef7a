"""Columns of the files that pricing hands out; those of listings are what the import reads."""

from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from nozzly.core.money import minor_digits
from nozzly.web.exporting import ListResource
from pricing.domain.sheets import SheetContents


def _plain(number):
    return "" if number is None else f"{number.normalize():f}"


def _money(amount, currency):
    return "" if amount is None else f"{amount:.{minor_digits(currency)}f}"


class ChannelResource(ListResource):
    file = "channels"

    name = Field("name", _("Name"))
    kind = Field("kind", _("Kind"))
    schedule_id = Field("schedule_id", _("Fee schedule"))
    country = Field("country", _("Country"))
    currency = Field("currency", _("Currency"))
    target_margin_pct = Field(column_name=_("Target margin (%)"))
    cost_columns = ("target_margin_pct",)

    def dehydrate_target_margin_pct(self, channel):
        return _plain(channel.target_margin_pct)


class ShippingServiceResource(ListResource):
    file = "shipping"

    carrier = Field("carrier", _("Carrier"))
    name = Field("name", _("Name"))
    zone = Field("zone", _("Goes to"))
    max_weight_g = Field(column_name=_("Up to (g)"))
    max_length_mm = Field("max_length_mm", _("Length up to (mm)"))
    max_width_mm = Field("max_width_mm", _("Width up to (mm)"))
    max_height_mm = Field("max_height_mm", _("Height up to (mm)"))
    price = Field(column_name=_("Price"))
    valid_from = Field(column_name=_("From"))
    source = Field("source", _("Source"))
    number = Field("pk", _("Number"))

    def dehydrate_max_weight_g(self, service):
        return _plain(service.max_weight_g)

    def dehydrate_price(self, service):
        return f"{service.price:.2f}"

    def dehydrate_valid_from(self, service):
        return service.valid_from.isoformat()


class ListingResource(ListResource):
    file = "listings"

    product = Field("variant__product__title", _("Product"))
    variant = Field("variant__name", _("Variant"))
    sku = Field("variant__item__sku", _("SKU"))
    channel = Field("channel__name", _("Channel"))
    pieces = Field("pieces", _("Pieces"))
    price = Field(column_name=_("Price"))
    currency = Field("channel__currency", _("Currency"))
    postage_charged = Field(column_name=_("Postage charged"))
    external_id = Field("external_id", _("Number there"))
    option_text = Field("option_text", _("Options there"))

    def dehydrate_price(self, listing):
        return _money(listing.price, listing.channel.currency)

    def dehydrate_postage_charged(self, listing):
        return _money(listing.postage_charged, listing.channel.currency)


class SheetResource(ListResource):
    """The rows of a price sheet. Columns with costs exist on internal sheets only."""

    cost_columns = ("cost", "profit", "margin_pct")

    title = Field("title", _("Product"))
    variant = Field("variant", _("Variant"))
    sku = Field("sku", _("SKU"))
    category = Field("category", _("Category"))
    pieces = Field("pieces", _("Pieces"))
    price = Field(column_name=_("Price"))
    net_price = Field(column_name=_("Price without tax"))
    currency = Field(column_name=_("Currency"))
    tax = Field(column_name=_("Tax"))
    cost = Field(column_name=_("Cost"))
    profit = Field(column_name=_("Profit"))
    margin_pct = Field(column_name=_("Margin (%)"))

    def __init__(self, contents: SheetContents, *, user=None):
        super().__init__(user=user)
        self.contents = contents
        self.file = "-".join(contents.sheet.name.lower().split())

    def get_export_fields(self, selected_fields=None):
        chosen = super().get_export_fields(selected_fields)
        hidden = () if self.contents.shows_costs else self.cost_columns
        hidden = hidden if self.contents.shows_net else (*hidden, "net_price")
        unseen = {self.fields[name].column_name for name in hidden}
        return [field for field in chosen if field.column_name not in unseen]

    def iter_queryset(self, queryset):
        return iter(queryset)

    def dehydrate_price(self, row):
        return _money(row.price, self.contents.currency)

    def dehydrate_net_price(self, row):
        return _money(row.net_price, self.contents.currency)

    def dehydrate_currency(self, row):
        return self.contents.currency

    def dehydrate_tax(self, row):
        return self.contents.tax_label

    def dehydrate_cost(self, row):
        return _money(row.cost, self.contents.currency)

    def dehydrate_profit(self, row):
        return _money(row.profit, self.contents.currency)

    def dehydrate_margin_pct(self, row):
        return "" if row.margin_pct is None else f"{row.margin_pct:.1f}"
