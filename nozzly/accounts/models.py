"""People who sign in to one workspace. Each workspace has its own; the bare host has the platform's own."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from nozzly.accounts import browsers
from nozzly.accounts.permissions import ROLE_PERMISSIONS, Permission, Role
from nozzly.accounts.querysets import InvitationQuerySet
from nozzly.core.models import Timestamped


class UserManager(BaseUserManager):
    """The door that Django's own commands knock at; people are made by ``accounts.domain``."""

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)

    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_superuser=True, role=Role.OWNER, **fields)


class User(AbstractBaseUser):
    """Somebody who works here, known by email."""

    email = models.EmailField(_("email"), max_length=254)
    name = models.CharField(_("name"), max_length=120, blank=True)
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, default=Role.VIEWER)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_superuser = models.BooleanField(_("runs the platform"), default=False)
    joined_at = models.DateTimeField(_("joined at"), auto_now_add=True)
    list_columns = models.JSONField(
        _("columns of lists"), default=dict, blank=True, editable=False,
        help_text=_("URL name of a list: keys of the columns this person wants to see there."),
    )  # fmt: skip

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="accounts_user_email_unique"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="accounts_user_role_known"),
        ]

    def __str__(self):
        return self.name or self.email

    def has_permission(self, permission: Permission) -> bool:
        """Whether this person's role carries the permission; nobody signed out has any."""
        return self.is_active and permission in ROLE_PERMISSIONS[self.role]

    @property
    def is_staff(self) -> bool:
        """May open the back office."""
        return self.is_superuser or self.has_permission(Permission.ADMIN_USE)

    def has_perm(self, perm, obj=None) -> bool:
        """The back office asks this of every model; what a role may not touch there, its ModelAdmin says."""
        return self.is_active and self.is_staff

    def has_module_perms(self, app_label) -> bool:
        return self.is_active and self.is_staff

    @property
    def sees_cost(self) -> bool:
        return self.has_permission(Permission.COST_VIEW)

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name.split(" ")[0] or self.email


class Invitation(Timestamped):
    """A link by which somebody joins the workspace with a role."""

    email = models.EmailField(_("email"))
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    invited_by = models.ForeignKey(User, models.CASCADE, verbose_name=_("invited by"), related_name="invitations")
    token = models.UUIDField(_("token"), unique=True)
    expires_at = models.DateTimeField(_("expires at"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="accounts_invitation_role_known"),
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True) | models.Q(revoked_at__isnull=True),
                name="accounts_invitation_ends_once",
            ),
        ]

    def __str__(self):
        return f"{self.email} ({self.get_role_display()})"


class SignIn(models.Model):
    """A browser that is signed in: the session it holds and where it was seen."""

    user = models.ForeignKey(User, models.CASCADE, verbose_name=_("user"), related_name="sign_ins")
    session_key = models.CharField(_("session"), max_length=40, unique=True)
    ip_address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    browser = models.CharField(_("browser"), max_length=200, blank=True)
    signed_in_at = models.DateTimeField(_("signed in at"))

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")

    def __str__(self):
        return f"{self.user} · {self.signed_in_at:%Y-%m-%d %H:%M}"

    @property
    def browser_name(self) -> str:
        return browsers.describe(self.browser)
