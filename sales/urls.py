from django.urls import include, path

from sales.views import customers, orders

app_name = "sales"
urlpatterns = [
    path("", include("sales.urls_orders")),
    path("", include("sales.urls_imports")),
    path("orders/", orders.OrderList.as_view(), name="order_list"),
    path("orders/new/", orders.create_order, name="create_order"),
    path("orders/pack-next/", orders.pack_next, name="pack_next"),
    path("orders/<int:pk>/", orders.OrderDetail.as_view(), name="order_detail"),
    path("orders/<int:pk>/edit/", orders.OrderEdit.as_view(), name="edit_order"),
    path("orders/<int:pk>/confirm/", orders.confirm_order, name="confirm_order"),
    path("orders/<int:pk>/pack/", orders.pack_order, name="pack_order"),
    path("orders/<int:pk>/ship/", orders.ship_order, name="ship_order"),
    path("orders/<int:pk>/cancel/", orders.cancel_order, name="cancel_order"),
    path("orders/<int:pk>/cancel-runs/", orders.cancel_runs, name="cancel_runs"),
    path("orders/<int:pk>/print-missing/", orders.print_missing, name="print_missing"),
    path("orders/<int:pk>/packing-slip.pdf", orders.packing_slip, name="packing_slip"),
    path("customers/suggestions/", customers.CustomerSuggestions.as_view(), name="customer_suggestions"),
    path("order-lines/<int:pk>/match/", orders.match_line, name="match_line"),
    path("", include("sales.urls_reports")),
]
