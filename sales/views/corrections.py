"""Exports of this app's lists, read back; receipts out of a file."""

from nozzly.web.pages.imports import import_page
from sales.expense_importer import ExpenseImporter
from sales.importers import CustomerImporter, InvoiceImporter, OrderImporter

correct_orders = import_page(OrderImporter)
correct_customers = import_page(CustomerImporter)
import_expenses = import_page(ExpenseImporter)
compare_invoices = import_page(InvoiceImporter)
