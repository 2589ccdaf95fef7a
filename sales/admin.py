"""The back office reads orders; what changes them goes through their own pages."""

from django.contrib import admin
from import_export.admin import ImportExportModelAdmin

from sales.models import Customer, Order, OrderCharge, OrderCounter, OrderEvent, OrderLine, Parcel


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that have a single writer elsewhere."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


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
