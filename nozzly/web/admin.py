from django.contrib import admin

from nozzly.web.models import Attachment, AuditEntry, Job, ListImport, Notification, SavedView
from nozzly.web.read_only import ReadOnlyAdmin


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("title", "kind", "state", "progress", "total", "created_by", "created_at")
    list_filter = ("state", "kind")
    list_select_related = ("created_by",)
    ordering = ("-pk",)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "by_name", "action", "subject_text")
    search_fields = ("by_name", "action", "subject_text")
    ordering = ("-at",)


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    list_display = ("name", "media_type", "size_bytes", "uploaded_by", "uploaded_at")
    list_select_related = ("uploaded_by",)
    ordering = ("-pk",)


@admin.register(SavedView)
class SavedViewAdmin(admin.ModelAdmin):
    list_display = ("name", "page", "user")
    list_select_related = ("user",)
    ordering = ("page", "name")


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ("text", "user", "created_at", "read_at")
    list_select_related = ("user",)
    ordering = ("-pk",)


@admin.register(ListImport)
class ListImportAdmin(ReadOnlyAdmin):
    list_display = ("title", "file_name", "new", "changed", "left_out", "by", "at", "undone_at")
    list_select_related = ("by",)
    ordering = ("-pk",)
