"""The back office reads the stock room; what changes stock goes through its own pages."""

from django.contrib import admin
from import_export.admin import ImportExportModelAdmin

from inventory.models import (
    AlertAddress,
    Barcode,
    Brand,
    Delivery,
    DeliveryLine,
    Drying,
    Filament,
    Item,
    Location,
    Lot,
    Material,
    MaterialGroup,
    Offer,
    Reservation,
    Spool,
    StockAlert,
    StockDay,
    StockPolicy,
    Stocktake,
    StocktakeLine,
    Supplier,
    Weighing,
)
from inventory.models.movements import Movement
from nozzly.web.read_only import ReadOnlyAdmin


@admin.register(Brand)
class BrandAdmin(ImportExportModelAdmin):
    list_display = ("name", "empty_reel_g")
    search_fields = ("name",)
    ordering = ("name",)


@admin.register(Material)
class MaterialAdmin(ImportExportModelAdmin):
    list_display = ("name", "density_g_cm3")
    search_fields = ("name",)
    ordering = ("name",)


@admin.register(MaterialGroup)
class MaterialGroupAdmin(ImportExportModelAdmin):
    list_display = ("name", "material", "colour_hex")
    list_select_related = ("material",)
    search_fields = ("name",)
    ordering = ("name",)


@admin.register(Supplier)
class SupplierAdmin(ImportExportModelAdmin):
    list_display = ("name", "url")
    search_fields = ("name",)
    ordering = ("name",)


@admin.register(Item)
class ItemAdmin(ReadOnlyAdmin):
    list_display = ("name", "kind", "sku", "unit", "archived_at")
    list_filter = ("kind",)
    search_fields = ("name", "sku")
    ordering = ("name",)


@admin.register(Filament)
class FilamentAdmin(ReadOnlyAdmin):
    list_display = ("item", "brand", "material", "colour_name", "net_weight_g", "group")
    list_select_related = ("item", "brand", "material", "group")
    list_filter = ("material",)
    search_fields = ("item__name",)
    ordering = ("item__name",)


@admin.register(Location)
class LocationAdmin(ReadOnlyAdmin):
    list_display = ("path", "kind", "code")
    list_filter = ("kind",)
    search_fields = ("path", "code")
    ordering = ("path",)


@admin.register(Lot)
class LotAdmin(ReadOnlyAdmin):
    list_display = ("code", "title", "on_hand", "location", "received_on", "is_b_grade", "needs_count")
    list_select_related = ("location",)
    list_filter = ("needs_count", "is_b_grade")
    search_fields = ("code", "title", "batch")
    ordering = ("-pk",)


@admin.register(Spool)
class SpoolAdmin(ReadOnlyAdmin):
    list_display = ("lot", "state", "net_weight_g", "tare_g", "opened_at")
    list_select_related = ("lot",)
    list_filter = ("state",)
    search_fields = ("lot__code", "lot__title")
    ordering = ("-pk",)


@admin.register(StockDay)
class StockDayAdmin(ReadOnlyAdmin):
    list_display = ("day", "item", "quantity", "bought_value", "full_value", "gone", "printed")
    list_select_related = ("item",)
    ordering = ("-day", "-pk")


@admin.register(Movement)
class MovementAdmin(ReadOnlyAdmin):
    list_display = ("occurred_at", "lot", "kind", "quantity", "source", "source_text", "by")
    list_select_related = ("lot", "by")
    list_filter = ("kind", "late")
    search_fields = ("lot__code", "source_text")
    ordering = ("-pk",)


@admin.register(Weighing)
class WeighingAdmin(ReadOnlyAdmin):
    list_display = ("at", "spool", "gross_g", "tare_g", "net_g", "by")
    list_select_related = ("spool__lot", "by")
    search_fields = ("spool__lot__code",)
    ordering = ("-pk",)


class DeliveryLineInline(admin.TabularInline):
    model = DeliveryLine
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ("received_on", "supplier", "invoice_number", "postage", "by")
    list_select_related = ("supplier", "by")
    search_fields = ("supplier__name", "invoice_number")
    inlines = (DeliveryLineInline,)
    ordering = ("-pk",)


@admin.register(DeliveryLine)
class DeliveryLineAdmin(ReadOnlyAdmin):
    list_display = ("delivery", "item", "count", "quantity_each", "line_total", "landed_total")
    list_select_related = ("delivery__supplier", "item")
    search_fields = ("item__name",)
    ordering = ("-pk",)


@admin.register(Reservation)
class ReservationAdmin(ReadOnlyAdmin):
    list_display = ("item", "group", "quantity", "source", "source_text")
    list_select_related = ("item", "group")
    list_filter = ("source",)
    ordering = ("-pk",)


@admin.register(Stocktake)
class StocktakeAdmin(ReadOnlyAdmin):
    list_display = ("name", "state", "started_at", "started_by", "closed_at")
    list_select_related = ("started_by",)
    ordering = ("-pk",)


@admin.register(StocktakeLine)
class StocktakeLineAdmin(ReadOnlyAdmin):
    list_display = ("stocktake", "lot", "expected", "counted", "counted_by")
    list_select_related = ("stocktake", "lot", "counted_by")
    ordering = ("-pk",)


@admin.register(StockPolicy)
class StockPolicyAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "minimum", "on_order", "snoozed_until")
    list_select_related = ("item", "group")
    ordering = ("-pk",)


@admin.register(StockAlert)
class StockAlertAdmin(ReadOnlyAdmin):
    list_display = ("policy", "available", "raised_at", "cleared_at")
    list_select_related = ("policy__item", "policy__group")
    ordering = ("-pk",)


@admin.register(Drying)
class DryingAdmin(ReadOnlyAdmin):
    list_display = ("spool", "temperature_c", "hours", "started_at", "ended_at", "by")
    list_select_related = ("spool__lot", "by")
    ordering = ("-pk",)


@admin.register(Offer)
class OfferAdmin(ReadOnlyAdmin):
    list_display = ("item", "supplier", "pack_size", "pack_price", "noted_on")
    list_select_related = ("item", "supplier")
    search_fields = ("item__name", "supplier__name", "order_code")
    ordering = ("-pk",)


@admin.register(Barcode)
class BarcodeAdmin(ReadOnlyAdmin):
    list_display = ("digits", "item")
    list_select_related = ("item",)
    search_fields = ("digits", "item__name")
    ordering = ("-pk",)


@admin.register(AlertAddress)
class AlertAddressAdmin(ReadOnlyAdmin):
    list_display = ("route", "target", "is_active", "told_at", "last_problem")
    ordering = ("-pk",)
