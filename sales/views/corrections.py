"""Exports of this app's lists, read back."""

from nozzly.web.pages.imports import import_page
from sales.importers import CustomerImporter, ExpenseImporter, InvoiceImporter, OrderImporter

correct_orders = import_page(OrderImporter)
correct_customers = import_page(CustomerImporter)
correct_expenses = import_page(ExpenseImporter)
compare_invoices = import_page(InvoiceImporter)
