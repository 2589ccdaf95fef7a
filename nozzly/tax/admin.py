from django.contrib import admin
from import_export.admin import ImportExportModelAdmin

from nozzly.tax.models import ClosedPeriod, ExchangeRate, TaxRate, TaxStatus


@admin.register(TaxStatus)
class TaxStatusAdmin(admin.ModelAdmin):
    list_display = ("valid_from", "registered", "scheme", "number", "ships_from")


@admin.register(TaxRate)
class TaxRateAdmin(ImportExportModelAdmin):
    list_display = ("country", "tax_class", "pct", "valid_from", "source")
    list_filter = ("country", "tax_class")


@admin.register(ExchangeRate)
class ExchangeRateAdmin(ImportExportModelAdmin):
    list_display = ("currency", "on", "rate", "source")
    list_filter = ("currency",)


@admin.register(ClosedPeriod)
class ClosedPeriodAdmin(admin.ModelAdmin):
    list_display = ("through_on", "closed_at", "closed_by")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
