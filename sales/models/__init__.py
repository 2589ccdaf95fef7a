from sales.models.channel_money import ChannelCharge, Payout, WaitingRow
from sales.models.charges import OrderCharge
from sales.models.customers import Customer, CustomerAddress, CustomerMerge, CustomerSettings
from sales.models.expenses import Expense
from sales.models.fairs import FairCount, FairCountLine, FairDeal, FairSale, FairStall
from sales.models.imports import ImportedLine, ImportedOrder, ImportFile, ImportSettings, MatchRule, OrderImport
from sales.models.invoices import Invoice, InvoiceLine, InvoiceTax, SellerDetails
from sales.models.orders import Order, OrderCounter, OrderEvent, OrderLine, OrderTax
from sales.models.parcels import Parcel, ParcelLine
from sales.models.parts import OrderPart
from sales.models.payments import OrderPayment
from sales.models.profit import BuyerSum, FeeCheck, ProfitFact, ProfitMark, ProfitRank, ProfitSum
from sales.models.refunds import Refund, RefundFee, RefundTax
from sales.models.report_mails import ReportMail
from sales.models.returns import Return, ReturnLine
from sales.models.rhythms import ExpenseRhythm
from sales.models.tax_filings import TaxFiling
from sales.models.tax_sums import TaxMark, TaxSum

__all__ = [
    "BuyerSum",
    "ChannelCharge",
    "Customer",
    "CustomerAddress",
    "CustomerMerge",
    "CustomerSettings",
    "Expense",
    "ExpenseRhythm",
    "FairCount",
    "FairCountLine",
    "FairDeal",
    "FairSale",
    "FairStall",
    "FeeCheck",
    "ImportFile",
    "ImportSettings",
    "ImportedLine",
    "ImportedOrder",
    "Invoice",
    "InvoiceLine",
    "InvoiceTax",
    "MatchRule",
    "Order",
    "OrderCharge",
    "OrderCounter",
    "OrderEvent",
    "OrderImport",
    "OrderLine",
    "OrderPart",
    "OrderPayment",
    "OrderTax",
    "Parcel",
    "ParcelLine",
    "Payout",
    "ProfitFact",
    "ProfitMark",
    "ProfitRank",
    "ProfitSum",
    "Refund",
    "RefundFee",
    "RefundTax",
    "ReportMail",
    "Return",
    "ReturnLine",
    "SellerDetails",
    "TaxFiling",
    "TaxMark",
    "TaxSum",
    "WaitingRow",
]
