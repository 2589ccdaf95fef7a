"""Who rents a place here. These tables live in public; no foreign key of a workspace points to them."""

from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin


class WorkspaceState(models.TextChoices):
    PROVISIONING = "provisioning", _("being prepared")
    READY = "ready", _("ready")
    SUSPENDED = "suspended", _("suspended")
    CLOSING = "closing", _("closing")


class Workspace(TenantMixin):
    """One business: its schema, its address and what every page needs to know of it."""

    auto_create_schema = False  # provisioning replays recorded SQL instead
    auto_drop_schema = False

    schema_name = models.CharField(_("schema"), max_length=40, unique=True, editable=False)
    name = models.CharField(_("business name"), max_length=120)
    slug = models.CharField(_("address"), max_length=40, unique=True, help_text=_("The subdomain."))
    code = models.CharField(
        _("code"), max_length=8, help_text=_("2 to 8 letters, in front of run numbers; fixed after the first run.")
    )
    code_fixed_at = models.DateTimeField(_("code fixed at"), null=True, blank=True, editable=False)
    country = models.CharField(_("country"), max_length=2, help_text=_("ISO 3166 code."))
    currency = models.CharField(_("currency"), max_length=3, help_text=_("ISO 4217 code."))
    time_zone = models.CharField(_("time zone"), max_length=64)
    locale = models.CharField(_("locale"), max_length=12, default="en", help_text=_("How numbers and dates look."))
    logo = models.CharField(_("logo"), max_length=200, blank=True, help_text=_("A file in the workspace's storage."))
    primary_colour = models.CharField(_("main colour"), max_length=7, blank=True)
    accent_colour = models.CharField(_("second colour"), max_length=7, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=WorkspaceState, default=WorkspaceState.PROVISIONING)
    suspended_because = models.CharField(_("suspended because"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("workspace")
        verbose_name_plural = _("workspaces")
        constraints = [
            models.CheckConstraint(
                condition=Q(schema_name__regex=r"^t_[a-z0-9]{1,38}$"), name="tenancy_workspace_schema_prefixed"
            ),
            models.CheckConstraint(
                condition=Q(slug__regex=r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$"), name="tenancy_workspace_slug_is_label"
            ),
            models.CheckConstraint(condition=Q(code__regex=r"^[A-Z]{2,8}$"), name="tenancy_workspace_code_letters"),
            models.CheckConstraint(condition=Q(country__regex=r"^[A-Z]{2}$"), name="tenancy_workspace_country_iso"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="tenancy_workspace_currency_iso"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(time_zone=""), name="tenancy_workspace_named"),
            models.CheckConstraint(
                condition=Q(primary_colour="") | Q(primary_colour__regex=r"^#[0-9a-f]{6}$"),
                name="tenancy_workspace_primary_colour_hex",
            ),
            models.CheckConstraint(
                condition=Q(accent_colour="") | Q(accent_colour__regex=r"^#[0-9a-f]{6}$"),
                name="tenancy_workspace_accent_colour_hex",
            ),
            models.CheckConstraint(condition=Q(state__in=WorkspaceState.values), name="tenancy_workspace_state_known"),
        ]

    def __str__(self):
        return f"{self.name} ({self.slug})"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def language(self) -> str:
        """The interface language; numbers and dates follow ``locale``."""
        return "en-gb" if self.locale.lower().replace("_", "-") == "en-gb" else "en"

    @property
    def is_ready(self) -> bool:
        return self.state == WorkspaceState.READY


class Domain(DomainMixin):
    """A host name that leads to a workspace."""

    class Meta:
        verbose_name = _("domain")
        verbose_name_plural = _("domains")
        constraints = [
            models.CheckConstraint(condition=Q(domain__regex=r"^[a-z0-9.:-]+$"), name="tenancy_domain_lower_case"),
        ]


class SchemaScript(models.Model):
    """The SQL that the migrations of one release issued, as it is replayed for a new workspace."""

    fingerprint = models.CharField(max_length=64, primary_key=True)
    sql = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("schema script")
        verbose_name_plural = _("schema scripts")

    def __str__(self):
        return self.fingerprint[:12]
