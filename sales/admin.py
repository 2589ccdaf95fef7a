"""The back office reads orders; what changes them goes through their own pages."""

from django.contrib import admin
from import_export.admin import ImportExportModelAdmin

from nozzly.web.read_only import ReadOnlyAdmin
from sales.models import (
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
    Parcel,
    ParcelLine,
    Payout,
    ProfitFact,
    ProfitSum,
    Refund,
    RefundFee,
    ReportMail,
    Return,
    ReturnLine,
    SellerDetails,
    TaxFiling,
    WaitingRow,
)


@admin.register(Customer)
class CustomerAdmin(ImportExportModelAdmin):
    list_display = ("name", "company", "email", "country")
    search_fields = ("name", "company", "email")


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = ("number", "channel", "customer", "state", "placed_on", "shipped_on", "profit_home")
    list_filter = ("state",)
    list_select_related = ("channel", "customer")
    search_fields = ("number", "external_id")


@admin.register(OrderLine)
class OrderLineAdmin(ReadOnlyAdmin):
    list_display = ("order", "title", "quantity", "unit_price", "cost_origin", "profit_home")
    list_select_related = ("order",)


@admin.register(OrderCharge)
class OrderChargeAdmin(ReadOnlyAdmin):
    list_display = ("order", "label", "amount", "charged", "source")
    list_select_related = ("order",)


@admin.register(Parcel)
class ParcelAdmin(ReadOnlyAdmin):
    list_display = ("order", "service", "postage", "tracking")
    list_select_related = ("order", "service")


@admin.register(OrderEvent)
class OrderEventAdmin(ReadOnlyAdmin):
    list_display = ("order", "kind", "text", "at", "by")
    list_select_related = ("order", "by")


@admin.register(OrderCounter)
class OrderCounterAdmin(ReadOnlyAdmin):
    list_display = ("series", "last")


@admin.register(ChannelCharge)
class ChannelChargeAdmin(ReadOnlyAdmin):
    list_display = ("on", "channel", "code", "label", "amount", "currency")
    list_select_related = ("channel",)


@admin.register(Payout)
class PayoutAdmin(ReadOnlyAdmin):
    list_display = ("on", "channel", "amount", "currency", "reference")
    list_select_related = ("channel",)


@admin.register(WaitingRow)
class WaitingRowAdmin(ReadOnlyAdmin):
    list_display = ("order_name", "on", "label", "amount", "channel")
    list_select_related = ("channel",)


@admin.register(OrderImport)
class OrderImportAdmin(ReadOnlyAdmin):
    list_display = ("name", "channel", "state", "created_at", "applied_at")
    list_select_related = ("channel",)


@admin.register(ImportFile)
class ImportFileAdmin(ReadOnlyAdmin):
    list_display = ("name", "kind", "order_import")
    list_select_related = ("order_import",)


@admin.register(ImportedOrder)
class ImportedOrderAdmin(ReadOnlyAdmin):
    list_display = ("order", "order_import", "action", "is_history")
    list_select_related = ("order", "order_import")


@admin.register(ImportedLine)
class ImportedLineAdmin(ReadOnlyAdmin):
    list_display = ("line", "sku", "listing")
    list_select_related = ("line",)


@admin.register(MatchRule)
class MatchRuleAdmin(ReadOnlyAdmin):
    list_display = ("words", "channel", "variant", "pieces")
    list_select_related = ("channel", "variant__product")


@admin.register(ImportSettings)
class ImportSettingsAdmin(ReadOnlyAdmin):
    list_display = ("books_start_on",)


@admin.register(ParcelLine)
class ParcelLineAdmin(ReadOnlyAdmin):
    list_display = ("parcel", "line", "pieces", "full_home")
    list_select_related = ("parcel__order", "line")


@admin.register(OrderPart)
class OrderPartAdmin(ReadOnlyAdmin):
    list_display = ("line", "variant", "pieces")
    list_select_related = ("line", "variant__product")


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    list_display = ("order", "on", "booked_on", "gross", "net_home", "fees_home", "reason")
    list_select_related = ("order",)


@admin.register(RefundFee)
class RefundFeeAdmin(ReadOnlyAdmin):
    list_display = ("refund", "label", "returned", "kept")
    list_select_related = ("refund__order",)


@admin.register(Return)
class ReturnAdmin(ReadOnlyAdmin):
    list_display = ("order", "on", "booked_on", "reason")
    list_select_related = ("order",)


@admin.register(ReturnLine)
class ReturnLineAdmin(ReadOnlyAdmin):
    list_display = ("returned", "line", "pieces", "to", "full_home")
    list_select_related = ("returned__order", "line")


@admin.register(OrderPayment)
class OrderPaymentAdmin(ReadOnlyAdmin):
    list_display = ("order", "on", "amount", "method", "is_deposit")
    list_select_related = ("order",)


@admin.register(CustomerAddress)
class CustomerAddressAdmin(ReadOnlyAdmin):
    list_display = ("customer", "label", "city", "country")
    list_select_related = ("customer",)


@admin.register(CustomerMerge)
class CustomerMergeAdmin(ReadOnlyAdmin):
    list_display = ("kept", "gone", "at", "by", "undone_at")
    list_select_related = ("kept", "gone", "by")


@admin.register(CustomerSettings)
class CustomerSettingsAdmin(ReadOnlyAdmin):
    list_display = ("retention_months",)


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


@admin.register(ExpenseRhythm)
class ExpenseRhythmAdmin(ReadOnlyAdmin):
    list_display = ("expense", "every", "next_on", "by")
    list_select_related = ("expense", "by")


@admin.register(ReportMail)
class ReportMailAdmin(ReadOnlyAdmin):
    list_display = ("user", "kind", "sent_through")
    list_select_related = ("user",)


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin):
    list_display = ("number", "kind", "order", "issued_on", "gross", "currency")
    list_select_related = ("order",)
    search_fields = ("number",)


@admin.register(InvoiceLine)
class InvoiceLineAdmin(ReadOnlyAdmin):
    list_display = ("invoice", "text", "quantity", "total")
    list_select_related = ("invoice",)


@admin.register(InvoiceTax)
class InvoiceTaxAdmin(ReadOnlyAdmin):
    list_display = ("invoice", "tax_rate_pct", "net", "tax")
    list_select_related = ("invoice",)


@admin.register(SellerDetails)
class SellerDetailsAdmin(ReadOnlyAdmin):
    list_display = ("legal_name", "prefix", "terms_days")


@admin.register(TaxFiling)
class TaxFilingAdmin(ReadOnlyAdmin):
    list_display = ("first_on", "last_on", "basis", "output_tax", "input_tax", "at", "by")
    list_select_related = ("by",)


@admin.register(FairStall)
class FairStallAdmin(ReadOnlyAdmin):
    list_display = ("event", "location", "opened_at", "closed_at")
    list_select_related = ("event", "location")


@admin.register(FairDeal)
class FairDealAdmin(ReadOnlyAdmin):
    list_display = ("stall", "unit_price", "pieces", "price")
    list_select_related = ("stall__event",)


@admin.register(FairSale)
class FairSaleAdmin(ReadOnlyAdmin):
    list_display = ("stall", "order", "method", "total", "short_pieces", "sold_at")
    list_select_related = ("stall__event", "order")


@admin.register(FairCount)
class FairCountAdmin(ReadOnlyAdmin):
    list_display = ("stall", "at", "cash_expected", "cash_counted")
    list_select_related = ("stall__event",)


@admin.register(FairCountLine)
class FairCountLineAdmin(ReadOnlyAdmin):
    list_display = ("count", "variant", "expected", "counted")
    list_select_related = ("count__stall__event", "variant__product")
