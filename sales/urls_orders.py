"""Addresses of what is done with an order beside taking it in and sending it."""

from django.urls import path

from sales.views import after_sale, bulk, bulk_edits, corrections, fairs, invoices

urlpatterns = [
    path("orders/bulk/", bulk.bulk_orders, name="bulk_orders"),
    path("orders/correct/", corrections.correct_orders, name="correct_orders"),
    path("customers/correct/", corrections.correct_customers, name="correct_customers"),
    path("expenses/import/", corrections.import_expenses, name="import_expenses"),
    path("invoices/compare/", corrections.compare_invoices, name="compare_invoices"),
    path("orders/edit-many/", bulk_edits.edit_orders, name="edit_orders"),
    path("orders/ship/", bulk.ship_orders, name="ship_orders"),
    path("orders/pick-list/", bulk.pick_list, name="pick_list"),
    path("orders/pick-list/print/", bulk.print_pick_list, name="print_pick_list"),
    path("orders/packing-slips.pdf", bulk.packing_slips, name="packing_slips"),
    path("orders/labels.csv", bulk.label_file, name="label_file"),
    path("orders/<int:pk>/undo-shipping/", after_sale.undo_shipping, name="undo_shipping"),
    path("orders/<int:pk>/refund/", after_sale.refund_order, name="refund_order"),
    path("orders/<int:pk>/return/", after_sale.return_order, name="return_order"),
    path("orders/<int:pk>/payment/", after_sale.take_payment, name="take_payment"),
    path("orders/<int:pk>/note/", after_sale.add_note, name="add_order_note"),
    path("orders/<int:pk>/delivered/", after_sale.deliver_order, name="deliver_order"),
    path("orders/<int:pk>/invoice/", invoices.issue_invoice, name="issue_invoice"),
    path("invoices/", invoices.InvoiceList.as_view(), name="invoice_list"),
    path("invoices/details/", invoices.SellerDetailsPage.as_view(), name="seller_details"),
    path("invoices/<int:pk>.pdf", invoices.invoice_pdf, name="invoice_pdf"),
    path("invoices/<int:pk>/credit/", invoices.issue_credit_note, name="issue_credit_note"),
    path("stalls/", fairs.fair_list, name="fair_list"),
    path("stalls/open/", fairs.open_stall, name="open_stall"),
    path("stalls/<int:pk>/", fairs.FairDetail.as_view(), name="fair_detail"),
    path("stalls/<int:pk>/sell/", fairs.fair_sell, name="fair_sell"),
    path("stalls/<int:pk>/sales/", fairs.book_fair_sale, name="book_fair_sale"),
    path("stalls/<int:pk>/state.json", fairs.fair_state, name="fair_state"),
    path("stalls/<int:pk>/count/", fairs.count_stall, name="count_stall"),
    path("stalls/<int:pk>/deals/", fairs.add_deal, name="add_deal"),
    path("stalls/<int:pk>/close/", fairs.close_stall, name="close_stall"),
    path("deals/<int:pk>/end/", fairs.drop_deal, name="drop_deal"),
    path("stall-sales/<int:pk>/undo/", fairs.UndoFairSale.as_view(), name="undo_fair_sale"),
    path("quotes/<int:pk>/order/", after_sale.order_from_quote, name="order_from_quote"),
    path("refunds/<int:pk>/take-back/", after_sale.TakeBackRefund.as_view(), name="take_back_refund"),
    path("returns/<int:pk>/take-back/", after_sale.UndoReturn.as_view(), name="undo_return"),
]
