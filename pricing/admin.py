"""The back office of prices; listings change through their own pages, which write the history."""

from django.contrib import admin
from import_export.admin import ImportExportModelAdmin

from nozzly.web.read_only import ReadOnlyAdmin
from pricing.models import (
    Channel,
    Event,
    FeeOverride,
    JobQuote,
    JobQuotePlate,
    JobQuotePrice,
    JobQuoteSlot,
    Listing,
    ListingMatch,
    MarginAlarm,
    OwnFee,
    PriceChange,
    PriceSheet,
    ShippingService,
)


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
class ShippingServiceAdmin(ImportExportModelAdmin):
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


@admin.register(OwnFee)
class OwnFeeAdmin(admin.ModelAdmin):
    list_display = ("channel", "label", "pct", "fixed", "per", "valid_from", "valid_until")
    list_select_related = ("channel",)
    list_filter = ("channel",)
    ordering = ("channel", "label", "-valid_from")


@admin.register(ListingMatch)
class ListingMatchAdmin(ReadOnlyAdmin):
    list_display = ("title", "option_text", "channel", "variant", "pieces", "is_ignored")
    list_select_related = ("channel", "variant__product")
    list_filter = ("channel", "is_ignored")
    search_fields = ("title", "sku")
    ordering = ("-pk",)


class JobQuoteSlotInline(admin.TabularInline):
    model = JobQuoteSlot
    extra = 0
    can_delete = False
    fields = readonly_fields = ("name", "grams", "purge_g", "material_type", "filament", "group")

    def has_add_permission(self, request, obj=None):
        return False


class JobQuotePlateInline(admin.TabularInline):
    model = JobQuotePlate
    extra = 0
    can_delete = False
    fields = readonly_fields = ("number", "bed_time_s", "pieces")

    def has_add_permission(self, request, obj=None):
        return False


class JobQuotePriceInline(admin.TabularInline):
    model = JobQuotePrice
    extra = 0
    can_delete = False
    fields = readonly_fields = ("quantity", "price_each")

    def has_add_permission(self, request, obj=None):
        return False


@admin.register(JobQuote)
class JobQuoteAdmin(ReadOnlyAdmin):
    list_display = ("number", "title", "customer", "state", "quantity", "sent_at", "decided_at")
    list_filter = ("state",)
    search_fields = ("title", "customer")
    inlines = (JobQuotePlateInline, JobQuoteSlotInline, JobQuotePriceInline)
    ordering = ("-pk",)


@admin.register(JobQuoteSlot)
class JobQuoteSlotAdmin(ReadOnlyAdmin):
    list_display = ("quote", "name", "grams", "purge_g", "material_type")
    list_select_related = ("quote",)
    ordering = ("-pk",)


@admin.register(JobQuotePrice)
class JobQuotePriceAdmin(ReadOnlyAdmin):
    list_display = ("quote", "quantity", "price_each")
    list_select_related = ("quote",)
    ordering = ("-pk",)


@admin.register(JobQuotePlate)
class JobQuotePlateAdmin(ReadOnlyAdmin):
    list_display = ("quote", "number", "bed_time_s", "pieces")
    list_select_related = ("quote",)
    ordering = ("-pk",)
