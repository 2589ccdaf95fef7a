"""The back office of prices; listings change through their own pages, which write the history."""

from django.contrib import admin

from pricing.models import (
    Channel,
    Event,
    FeeOverride,
    Listing,
    MarginAlarm,
    PriceChange,
    PriceSheet,
    ShippingService,
)


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


class FeeOverrideInline(admin.TabularInline):
    model = FeeOverride
    extra = 0


@admin.register(Channel)
class ChannelAdmin(admin.ModelAdmin):
    list_display = ("name", "kind", "schedule_id", "country", "currency", "target_margin_pct", "archived_at")
    list_filter = ("kind",)
    search_fields = ("name",)
    inlines = (FeeOverrideInline,)
    ordering = ("position", "name")

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(FeeOverride)
class FeeOverrideAdmin(admin.ModelAdmin):
    list_display = ("channel", "name", "value", "valid_from")
    list_select_related = ("channel",)
    list_filter = ("channel",)
    ordering = ("channel", "name", "-valid_from")


@admin.register(Listing)
class ListingAdmin(ReadOnlyAdmin):
    list_display = ("variant", "channel", "pieces", "price", "postage_charged", "external_id", "ended_at")
    list_select_related = ("variant__product", "channel")
    list_filter = ("channel",)
    search_fields = ("variant__product__title", "variant__item__sku", "external_id")
    ordering = ("-pk",)


@admin.register(PriceChange)
class PriceChangeAdmin(ReadOnlyAdmin):
    list_display = ("at", "listing", "before", "after", "reason", "note", "by")
    list_select_related = ("listing__variant__product", "listing__channel", "by")
    list_filter = ("reason",)
    ordering = ("-pk",)


@admin.register(MarginAlarm)
class MarginAlarmAdmin(ReadOnlyAdmin):
    list_display = ("found_at", "listing", "before_pct", "after_pct", "target_pct", "cleared_at")
    list_select_related = ("listing__variant__product", "listing__channel")
    ordering = ("-pk",)


@admin.register(Event)
class EventAdmin(admin.ModelAdmin):
    list_display = ("name", "starts_on", "days", "channel", "stall", "travel", "expected_units")
    list_select_related = ("channel",)
    search_fields = ("name",)
    ordering = ("-starts_on", "pk")


@admin.register(ShippingService)
class ShippingServiceAdmin(admin.ModelAdmin):
    list_display = ("name", "carrier", "zone", "max_weight_g", "price", "valid_from", "assumed", "archived_at")
    list_filter = ("zone", "assumed")
    search_fields = ("name", "carrier")
    ordering = ("zone", "price", "pk")

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(PriceSheet)
class PriceSheetAdmin(admin.ModelAdmin):
    list_display = ("name", "kind", "channel", "category", "valid_until", "made_by")
    list_select_related = ("channel", "category", "made_by")
    list_filter = ("kind",)
    search_fields = ("name",)
    ordering = ("name",)
