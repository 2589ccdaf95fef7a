"""The back office: runs are written by their domain alone, so here they are for reading."""

from django.contrib import admin
from import_export.admin import ImportExportModelAdmin

from nozzly.web.read_only import ReadOnlyAdmin
from production.models import (
    FailureReason,
    FloorSettings,
    MaintenanceLog,
    MaintenanceTask,
    Printer,
    PrinterSlot,
    RecipeAdvice,
    Run,
    RunCostLine,
    RunCounter,
    RunEvent,
    RunMaterial,
    RunOutput,
    RunShare,
)


@admin.register(Printer)
class PrinterAdmin(ReadOnlyAdmin):
    list_display = ("name", "model", "location", "archived_at")
    list_select_related = ("model", "location")
    search_fields = ("name",)


@admin.register(PrinterSlot)
class PrinterSlotAdmin(ReadOnlyAdmin):
    list_display = ("printer", "position", "location")
    list_select_related = ("printer", "location")


@admin.register(FailureReason)
class FailureReasonAdmin(ImportExportModelAdmin):
    list_display = ("name", "position", "archived_at")
    search_fields = ("name",)


@admin.register(MaintenanceTask)
class MaintenanceTaskAdmin(ImportExportModelAdmin):
    list_display = ("name", "printer", "every_h", "archived_at")
    list_select_related = ("printer",)


@admin.register(MaintenanceLog)
class MaintenanceLogAdmin(ReadOnlyAdmin):
    list_display = ("text", "printer", "at", "at_hours_h")
    list_select_related = ("printer",)


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = ("number", "title", "state", "printer", "entry_on", "finished_at")
    list_filter = ("state",)
    list_select_related = ("printer",)
    search_fields = ("number", "title", "reference")


@admin.register(RunOutput)
class RunOutputAdmin(ReadOnlyAdmin):
    list_display = ("run", "variant", "planned", "good", "b_grade", "scrapped")
    list_select_related = ("run", "variant__product")


@admin.register(RunMaterial)
class RunMaterialAdmin(ReadOnlyAdmin):
    list_display = ("run", "slot_name", "lot", "estimated_g", "actual_g", "method")
    list_select_related = ("run", "lot")


@admin.register(RunShare)
class RunShareAdmin(ReadOnlyAdmin):
    list_display = ("material", "output", "grams_each")
    list_select_related = ("material__run", "output__run")


@admin.register(RunCostLine)
class RunCostLineAdmin(ReadOnlyAdmin):
    list_display = ("run", "stage", "code", "label", "amount", "is_loss")
    list_select_related = ("run",)
    list_filter = ("stage", "code")


@admin.register(RunEvent)
class RunEventAdmin(ReadOnlyAdmin):
    list_display = ("run", "kind", "occurred_at", "by")
    list_select_related = ("run", "by")


@admin.register(RunCounter)
class RunCounterAdmin(ReadOnlyAdmin):
    list_display = ("series", "last")


@admin.register(FloorSettings)
class FloorSettingsAdmin(ReadOnlyAdmin):
    list_display = ("variance_alert_pct", "advice_pct")


@admin.register(RecipeAdvice)
class RecipeAdviceAdmin(ReadOnlyAdmin):
    list_display = ("recipe", "slot_name", "answer", "grams", "until")
    list_select_related = ("recipe__product",)
