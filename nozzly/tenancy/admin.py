"""The platform's back office, on the bare host only."""

from django.contrib import admin

from nozzly.tenancy.models import Domain, SchemaScript, Workspace


class PlatformAdmin(admin.AdminSite):
    site_header = site_title = "Nozzly platform"
    index_title = "Workspaces"
    login_template = "tenancy/platform_sign_in.html"


platform_admin = PlatformAdmin(name="platform")


class DomainInline(admin.TabularInline):
    model = Domain
    extra = 0


class OnlyRead(admin.ModelAdmin):
    """Workspaces are made, suspended and renamed by ``manage.py workspace``, which does all of it."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Workspace, site=platform_admin)
class WorkspaceAdmin(OnlyRead):
    list_display = ("name", "slug", "state", "country", "currency", "created_at")
    list_filter = ("state", "country")
    search_fields = ("name", "slug")
    inlines = (DomainInline,)


@admin.register(SchemaScript, site=platform_admin)
class SchemaScriptAdmin(OnlyRead):
    list_display = ("fingerprint", "recorded_at")
