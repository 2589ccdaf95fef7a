"""Columns of the lists of orders and customers."""

from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from nozzly.web.exporting import ListResource


class OrderResource(ListResource):
    file = "orders"
    cost_columns = ("fees", "cost", "post", "profit")

    number = Field("number", _("Number"))
    channel = Field("channel__name", _("Channel"))
    external_id = Field("external_id", _("Number on the channel"))
    customer = Field("customer__name", _("Customer"))
    state = Field("state", _("State"))
    placed_on = Field("placed_on", _("Placed on"))
    due_on = Field("due_on", _("Due on"))
    shipped_on = Field("shipped_on", _("Shipped on"))
    country = Field("ship_to_country", _("Goes to"))
    lines = Field(column_name=_("Lines"))
    total = Field(column_name=_("Total"))
    currency = Field("currency", _("Currency"))
    net = Field("net_home", _("Net revenue"))
    fees = Field("fees_home", _("Fees"))
    cost = Field("cost_home", _("Cost of the goods"))
    post = Field("post_home", _("Postage and packaging"))
    profit = Field("profit_home", _("Profit"))

    def dehydrate_lines(self, order):
        return "; ".join(str(line) for line in order.lines.all())

    def dehydrate_total(self, order):
        return f"{order.goods_total + order.postage_charged + order.gift_wrap_charged:.2f}"


class CustomerResource(ListResource):
    file = "customers"
    cost_columns = ("profit",)

    number = Field("pk", _("Number"))
    name = Field("name", _("Name"))
    company = Field("company", _("Company"))
    email = Field("email", _("Email"))
    city = Field("city", _("City"))
    postcode = Field("postcode", _("Postcode"))
    country = Field("country", _("Country"))
    orders = Field("order_count", _("Orders"))
    last_order_on = Field("last_order_on", _("Last order on"))
    profit = Field("profit_home", _("Profit"))


class ExpenseResource(ListResource):
    file = "expenses"

    number = Field("pk", _("Number"))
    spent_on = Field("spent_on", _("Date of the receipt"))
    booked_on = Field("booked_on", _("Counts for"))
    category = Field("get_category_display", _("Category"))
    text = Field("text", _("What for"))
    supplier = Field("supplier", _("Paid to"))
    net = Field("net", _("Net amount"))
    tax = Field("tax", _("Tax on it"))
    cost = Field("cost", _("Lowers profit by"))
    in_costs = Field(column_name=_("Already in the cost of the pieces"))

    def dehydrate_in_costs(self, expense):
        return _("yes") if expense.in_costs else _("no")


class InvoiceResource(ListResource):
    file = "invoices"

    number = Field("number", _("Number"))
    kind = Field("kind", _("Kind"))
    order = Field("order__number", _("Order"))
    issued_on = Field("issued_on", _("Issued on"))
    supplied_on = Field("supplied_on", _("Supplied on"))
    buyer = Field("buyer", _("To"))
    buyer_tax_number = Field("buyer_tax_number", _("Their tax number"))
    currency = Field("currency", _("Currency"))
    net = Field("net", _("Net"))
    tax = Field("tax", _("Tax"))
    gross = Field("gross", _("Gross"))
