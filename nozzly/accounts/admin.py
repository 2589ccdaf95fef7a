from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from nozzly.accounts.models import Invitation, SignIn, User
from nozzly.accounts.permissions import Permission


class TeamOnly(admin.ModelAdmin):
    """People are invited, changed and suspended on the team page; here they are looked up."""

    secrets = ()

    def lookup_allowed(self, lookup, value, request):
        """By asking for beginnings, ?password__startswith=…, a secret could be read letter by letter."""
        return lookup.split("__", maxsplit=1)[0] not in self.secrets and super().lookup_allowed(lookup, value, request)

    def has_module_permission(self, request):
        return request.user.has_permission(Permission.TEAM_EDIT)

    def has_view_permission(self, request, obj=None):
        return request.user.has_permission(Permission.TEAM_EDIT)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(User)
class UserAdmin(TeamOnly):
    list_display = ("email", "name", "role", "is_active", "last_login")
    list_filter = ("role", "is_active")
    search_fields = ("email", "name")
    exclude = secrets = ("password",)


@admin.register(Invitation)
class InvitationAdmin(TeamOnly):
    list_display = ("email", "role", "invited_by", "expires_at", "accepted_at", "revoked_at")
    exclude = secrets = ("token",)


@admin.register(SignIn)
class SignInAdmin(TeamOnly):
    list_display = ("user", "browser_name", "ip_address", "signed_in_at")
    exclude = secrets = ("session_key",)


# Their own pages show keys and recovery codes of everybody to whoever may open the back office.
admin.site.unregister([TOTPDevice, StaticDevice])
admin.site.unregister([AccessAttempt, AccessFailureLog, AccessLog])
admin.site.register([AccessAttempt, AccessFailureLog, AccessLog], TeamOnly)
