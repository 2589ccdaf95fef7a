"""The back office: rows as they are. Recipes, snapshots and builds have one writer each and are read-only here."""

from django.contrib import admin
from import_export.admin import ImportExportModelAdmin

from catalog import models
from nozzly.web.read_only import ReadOnly, ReadOnlyAdmin


class ReadOnlyInline(ReadOnly, admin.TabularInline):
    extra = 0


@admin.register(models.PrinterModel)
class PrinterModelAdmin(ImportExportModelAdmin):
    list_display = ("name", "maker", "power_w", "price", "life_h", "assumed", "is_default")
    list_filter = ("maker", "assumed")
    search_fields = ("maker", "name")
    ordering = ("maker", "name")


@admin.register(models.Category, models.Tag)
class NamedAdmin(ImportExportModelAdmin):
    search_fields = ("name",)
    ordering = ("name",)


@admin.register(models.DesignLicence)
class DesignLicenceAdmin(admin.ModelAdmin):
    list_display = ("name", "owner", "allows_selling", "royalty_per_piece", "expires_on")
    list_filter = ("allows_selling",)
    search_fields = ("name", "owner")
    ordering = ("name",)


class VariantInline(ReadOnlyInline):
    model = models.Variant
    fields = ("name", "item", "position", "full_cost", "archived_at")
    readonly_fields = fields


class PhotoInline(ReadOnlyInline):
    model = models.ProductPhoto
    fields = ("image", "alt_text", "position", "from_slicer")


@admin.register(models.Product)
class ProductAdmin(ReadOnlyAdmin):
    list_display = ("title", "kind", "category", "created_at", "archived_at")
    list_filter = ("kind", "category", "tax_class")
    list_select_related = ("category",)
    search_fields = ("title",)
    ordering = ("-pk",)
    inlines = (VariantInline, PhotoInline)


class VariantSlotInline(ReadOnlyInline):
    model = models.VariantSlot


@admin.register(models.Variant)
class VariantAdmin(ReadOnlyAdmin):
    list_display = ("name", "product", "item", "bought_cost", "full_cost", "cost_assumed", "costed_at")
    list_select_related = ("product", "item")
    search_fields = ("name", "product__title", "item__sku")
    ordering = ("-pk",)
    inlines = (VariantSlotInline,)


class RecipeSlotInline(ReadOnlyInline):
    model = models.RecipeSlot


class RecipeComponentInline(ReadOnlyInline):
    model = models.RecipeComponent


class RecipeStepInline(ReadOnlyInline):
    model = models.RecipeStep


class RecipePartInline(ReadOnlyInline):
    model = models.RecipePart


@admin.register(models.Recipe)
class RecipeAdmin(ReadOnlyAdmin):
    list_display = ("product", "version", "is_current", "print_time_s", "printer_model", "created_at")
    list_filter = ("is_current",)
    list_select_related = ("product", "printer_model")
    search_fields = ("product__title",)
    ordering = ("-pk",)
    inlines = (RecipeSlotInline, RecipeComponentInline, RecipeStepInline, RecipePartInline)


class PlateOutputInline(ReadOnlyInline):
    model = models.PlateOutput


class PlateSlotInline(ReadOnlyInline):
    model = models.PlateSlot


@admin.register(models.Plate)
class PlateAdmin(ReadOnlyAdmin):
    list_display = ("name", "created_at", "archived_at")
    search_fields = ("name",)
    ordering = ("-pk",)
    inlines = (PlateOutputInline, PlateSlotInline)


class SliceSlotInline(ReadOnlyInline):
    model = models.SliceSlot


@admin.register(models.SliceFile)
class SliceFileAdmin(ReadOnlyAdmin):
    list_display = ("original_name", "plate", "slicer", "printer_model", "print_time_s", "uploaded_at")
    list_select_related = ("plate", "printer_model")
    search_fields = ("original_name", "sha256")
    ordering = ("-pk",)
    inlines = (SliceSlotInline,)


@admin.register(models.Rate)
class RateAdmin(admin.ModelAdmin):
    list_display = ("kind", "product", "value", "valid_from", "origin", "source")
    list_filter = ("kind", "origin")
    list_select_related = ("product",)
    ordering = ("-valid_from", "kind")


@admin.register(models.CostSnapshot)
class CostSnapshotAdmin(ReadOnlyAdmin):
    list_display = ("variant", "bought_cost", "full_cost", "at")
    list_select_related = ("variant__product",)
    ordering = ("-pk",)


@admin.register(models.Build)
class BuildAdmin(ReadOnlyAdmin):
    list_display = ("variant", "pieces", "minutes", "full_cost", "built_at")
    list_select_related = ("variant__product",)
    ordering = ("-pk",)
