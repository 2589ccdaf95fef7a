"""Order files, lines without a product, and what channels charge."""

from django.urls import path

from sales.views import channel_charges, fee_audit, imports, unmatched

urlpatterns = [
    path("orders/imports/", imports.ImportList.as_view(), name="import_list"),
    path("orders/imports/new/", imports.upload_orders, name="upload_orders"),
    path("orders/imports/books/", imports.BooksStart.as_view(), name="books_start"),
    path("orders/imports/<int:pk>/", imports.show_import, name="import_detail"),
    path("orders/imports/<int:pk>/apply/", imports.apply_import, name="apply_import"),
    path("orders/imports/<int:pk>/forget/", imports.drop_import, name="drop_import"),
    path("orders/imports/<int:pk>/undo/", imports.UndoImport.as_view(), name="undo_import"),
    path("orders/unmatched/", unmatched.unmatched_lines, name="unmatched_lines"),
    path("orders/unmatched/products/", unmatched.make_products, name="make_products"),
    path("orders/unmatched/<int:pk>/", unmatched.answer_line, name="answer_line"),
    path("orders/answers/", unmatched.MatchRuleList.as_view(), name="match_rule_list"),
    path("orders/answers/<int:pk>/forget/", unmatched.ForgetRule.as_view(), name="forget_rule"),
    path("reports/fees/", fee_audit.fee_audit, name="fee_audit"),
    path("reports/channel-charges/", fee_audit.ChannelChargeList.as_view(), name="channel_charge_list"),
    path(
        "reports/channel-charges/<int:pk>/",
        channel_charges.ChannelChargeDetail.as_view(),
        name="channel_charge_detail",
    ),
    path("reports/payouts/", fee_audit.PayoutList.as_view(), name="payout_list"),
]
