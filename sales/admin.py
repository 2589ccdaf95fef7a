"""The back office reads orders; what changes them goes through their own pages."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export.admin import ImportExportModelAdmin
from import_export.resources import ModelResource

from nozzly.web.read_only import ReadOnlyAdmin
from sales.models import (
    BuyerSum,
    ChannelCharge,
    Customer,
    CustomerAddress,
    CustomerMerge,
    CustomerSettings,
    Expense,
    ExpenseRhythm,
    FairCount,
    FairCountLine,
    FairDeal,
    FairSale,
    FairStall,
    FeeCheck,
    ImportedLine,
    ImportedOrder,
    ImportFile,
    ImportSettings,
    Invoice,
    InvoiceLine,
    InvoiceTax,
    MatchRule,
    Order,
    OrderCharge,
    OrderCounter,
    OrderEvent,
    OrderImport,
    OrderLine,
    OrderPart,
    OrderPayment,
    OrderTax,
    Parcel,
    ParcelLine,
    Payout,
    ProfitFact,
    ProfitMark,
    ProfitRank,
    ProfitSum,
    Refund,
    RefundFee,
    RefundTax,
    ReportMail,
    Return,
    ReturnLine,
    SellerDetails,
    TaxFiling,
    TaxMark,
    TaxSum,
    WaitingRow,
)


class CustomerRows(ModelResource):
    """What a file says of customers. Who is erased or merged was so by their own pages, and stays as it is."""

    class Meta:
        model = Customer
        exclude = ("erased_at", "merged_into", "created_at", "updated_at")

    def before_save_instance(self, instance, row, **kwargs):
        if instance.erased_at or instance.merged_into_id:
            raise ValidationError(_("This customer was erased or merged with another one and is not changed any more."))


@admin.register(Customer)
class CustomerAdmin(ImportExportModelAdmin):
    list_display = ("name", "company", "email", "country")
    search_fields = ("name", "company", "email")
    readonly_fields = ("erased_at",)
    resource_classes = (CustomerRows,)

    def has_change_permission(self, request, obj=None):
        settled = obj is not None and (obj.erased_at or obj.merged_into_id)
        return not settled and super().has_change_permission(request, obj)


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = ("number", "channel", "customer", "state", "placed_on", "shipped_on", "profit_home")
    list_filter = ("state",)
    list_select_related = ("channel", "customer")
    search_fields = ("number", "external_id")


@admin.register(Expense)
class ExpenseAdmin(ReadOnlyAdmin):
    list_display = ("booked_on", "category", "text", "net", "tax", "cost")
    list_filter = ("category",)


@admin.register(ProfitFact)
class ProfitFactAdmin(ReadOnlyAdmin):
    list_display = ("on", "kind", "source_id", "net", "profit")
    list_filter = ("kind",)


@admin.register(ProfitSum)
class ProfitSumAdmin(ReadOnlyAdmin):
    list_display = ("on", "axis", "kind", "net", "profit")
    list_filter = ("axis",)


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin):
    list_display = ("number", "kind", "order", "issued_on", "gross", "currency")
    list_select_related = ("order",)
    search_fields = ("number",)


# Model, what its list shows, what is loaded with it.
_ONLY_READ = (
    (OrderLine, ("order", "title", "quantity", "unit_price", "cost_origin", "profit_home"), ("order",)),
    (OrderCharge, ("order", "label", "amount", "charged", "source"), ("order",)),
    (Parcel, ("order", "service", "postage", "tracking"), ("order", "service")),
    (OrderEvent, ("order", "kind", "text", "at", "by"), ("order", "by")),
    (OrderCounter, ("series", "last"), ()),
    (ChannelCharge, ("on", "channel", "code", "label", "amount", "currency"), ("channel",)),
    (Payout, ("on", "channel", "amount", "currency", "reference"), ("channel",)),
    (WaitingRow, ("order_name", "on", "label", "amount", "channel"), ("channel",)),
    (OrderImport, ("name", "channel", "state", "created_at", "applied_at"), ("channel",)),
    (ImportFile, ("name", "kind", "order_import"), ("order_import",)),
    (ImportedOrder, ("order", "order_import", "action", "is_history"), ("order", "order_import")),
    (ImportedLine, ("line", "sku", "listing"), ("line",)),
    (MatchRule, ("words", "channel", "variant", "pieces"), ("channel", "variant__product")),
    (ImportSettings, ("books_start_on",), ()),
    (ParcelLine, ("parcel", "line", "pieces", "full_home"), ("parcel__order", "line")),
    (OrderPart, ("line", "variant", "pieces"), ("line", "variant__product")),
    (Refund, ("order", "on", "booked_on", "gross", "net_home", "fees_home", "reason"), ("order",)),
    (RefundFee, ("refund", "label", "returned", "kept"), ("refund__order",)),
    (RefundTax, ("refund", "tax_rate_pct", "gross", "net", "tax"), ("refund__order",)),
    (OrderTax, ("order", "tax_rate_pct", "gross", "net_home", "tax_home"), ("order",)),
    (Return, ("order", "on", "booked_on", "reason"), ("order",)),
    (ReturnLine, ("returned", "line", "pieces", "to", "full_home"), ("returned__order", "line")),
    (OrderPayment, ("order", "on", "amount", "method", "is_deposit"), ("order",)),
    (CustomerAddress, ("customer", "label", "city", "country"), ("customer",)),
    (CustomerMerge, ("kept", "gone", "at", "by", "undone_at"), ("kept", "gone", "by")),
    (CustomerSettings, ("retention_months",), ()),
    (ExpenseRhythm, ("expense", "every", "next_on", "by"), ("expense", "by")),
    (ReportMail, ("user", "kind", "sent_through", "sending_since"), ("user",)),
    (InvoiceLine, ("invoice", "text", "quantity", "total"), ("invoice",)),
    (InvoiceTax, ("invoice", "tax_rate_pct", "net", "tax"), ("invoice",)),
    (SellerDetails, ("legal_name", "prefix", "terms_days"), ()),
    (TaxFiling, ("first_on", "last_on", "basis", "output_tax", "input_tax", "at", "by"), ("by",)),
    (FairStall, ("event", "location", "opened_at", "closed_at"), ("event", "location")),
    (FairDeal, ("stall", "unit_price", "pieces", "price"), ("stall__event",)),
    (FairSale, ("stall", "order", "method", "total", "short_pieces", "sold_at"), ("stall__event", "order")),
    (FairCount, ("stall", "at", "cash_expected", "cash_counted"), ("stall__event",)),
    (FairCountLine, ("count", "variant", "expected", "counted"), ("count__stall__event", "variant__product")),
    (ProfitRank, ("on", "axis", "key", "profit"), ()),
    (BuyerSum, ("on", "channel", "new_count", "back_count"), ("channel",)),
    (FeeCheck, ("order", "code", "expected", "charged"), ("order",)),
    (ProfitMark, ("kind", "source_id"), ()),
    (TaxMark, ("on",), ()),
    (TaxSum, ("on", "basis", "box", "country", "net", "tax"), ()),
)
for _model, _shown, _loaded in _ONLY_READ:
    admin.site.register(_model, ReadOnlyAdmin, list_display=_shown, list_select_related=_loaded or False)
