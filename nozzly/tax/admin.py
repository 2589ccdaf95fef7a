from django.contrib import admin
from import_export.admin import ImportExportModelAdmin

from nozzly.accounts.permissions import Permission
from nozzly.tax.models import ClosedPeriod, ExchangeRate, ImportRule, TaxRate, TaxStatus, TaxThreshold


class TaxEditorsWrite(admin.ModelAdmin):
    """Everybody in the back office reads; who may not edit tax on its own page may not here."""

    def has_add_permission(self, request):
        return request.user.has_permission(Permission.TAX_EDIT)

    def has_change_permission(self, request, obj=None):
        return request.user.has_permission(Permission.TAX_EDIT)

    def has_delete_permission(self, request, obj=None):
        return request.user.has_permission(Permission.TAX_EDIT)

    def has_import_permission(self, request):
        return request.user.has_permission(Permission.TAX_EDIT)


@admin.register(TaxStatus)
class TaxStatusAdmin(TaxEditorsWrite):
    list_display = ("valid_from", "registered", "scheme", "number", "ships_from")


@admin.register(TaxRate)
class TaxRateAdmin(TaxEditorsWrite, ImportExportModelAdmin):
    list_display = ("country", "tax_class", "pct", "valid_from", "source")
    list_filter = ("country", "tax_class")


@admin.register(ExchangeRate)
class ExchangeRateAdmin(TaxEditorsWrite, ImportExportModelAdmin):
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


@admin.register(TaxThreshold)
class TaxThresholdAdmin(TaxEditorsWrite, ImportExportModelAdmin):
    list_display = ("country", "amount", "valid_from", "source")
    list_filter = ("country",)


@admin.register(ImportRule)
class ImportRuleAdmin(TaxEditorsWrite, ImportExportModelAdmin):
    list_display = ("country", "ships_from", "valid_from", "duty_pct", "source")
    list_filter = ("country",)
