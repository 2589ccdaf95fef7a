"""Reports, expenses and what customers are beyond a name."""

from django.urls import path

from sales.views import customers, expenses, reports, tax, trends

urlpatterns = [
    path("customers/", customers.CustomerList.as_view(), name="customer_list"),
    path("customers/new/", customers.CustomerFormPage.as_view(), name="create_customer"),
    path("customers/<int:pk>/", customers.CustomerDetail.as_view(), name="customer_detail"),
    path("customers/<int:pk>/edit/", customers.CustomerFormPage.as_view(), name="edit_customer"),
    path("customers/retention/", customers.retention, name="customer_retention"),
    path("customers/<int:customer>/addresses/new/", customers.AddressFormPage.as_view(), name="create_address"),
    path("customers/<int:pk>/merge/", customers.merge_customer, name="merge_customer"),
    path("customers/<int:pk>/erase/", customers.EraseCustomer.as_view(), name="erase_customer"),
    path("customer-addresses/<int:pk>/edit/", customers.AddressFormPage.as_view(), name="edit_address"),
    path("customer-addresses/<int:pk>/delete/", customers.DeleteAddress.as_view(), name="delete_address"),
    path("customer-merges/<int:pk>/undo/", customers.undo_merge, name="undo_merge"),
    path("reports/", reports.profit, name="reports"),
    path("reports/by-email/", reports.by_email, name="report_mails"),
    path("reports/trends/", trends.page, name="trends"),
    path("reports/tax/", tax.report, name="tax_report"),
    path("reports/tax/entries/", tax.entries, name="tax_entries"),
    path("reports/tax/close/", tax.close_month, name="close_month"),
    path("reports/tax/threshold/", tax.add_threshold, name="add_threshold"),
    path("reports/of/<slug:name>/", reports.report, name="report"),
    path("expenses/", expenses.ExpenseList.as_view(), name="expense_list"),
    path("expenses/new/", expenses.ExpenseFormPage.as_view(), name="create_expense"),
    path("expenses/<int:pk>/", expenses.ExpenseDetail.as_view(), name="expense_detail"),
    path("expenses/<int:pk>/edit/", expenses.ExpenseFormPage.as_view(), name="edit_expense"),
    path("expenses/<int:pk>/delete/", expenses.DeleteExpense.as_view(), name="delete_expense"),
    path("expenses/<int:pk>/again/", expenses.set_rhythm, name="expense_rhythm"),
    path("expenses/<int:pk>/take-back/", expenses.take_back_expense, name="take_back_expense"),
]
