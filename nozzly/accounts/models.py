"""People who sign in to one workspace. Each workspace has its own; the bare host has the platform's own."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from nozzly.accounts.permissions import ROLE_PERMISSIONS, Permission, Role
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
        return self.create_user(email, password, is_staff=True, is_superuser=True, role=Role.OWNER, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who works here, known by email."""

    email = models.EmailField(_("email"), max_length=254)
    name = models.CharField(_("name"), max_length=120, blank=True)
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, default=Role.VIEWER)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_staff = models.BooleanField(_("may open the back office"), default=False)
    joined_at = models.DateTimeField(_("joined at"), auto_now_add=True)

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
    token = models.UUIDField(unique=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="accounts_invitation_role_known"),
        ]

    def __str__(self):
        return f"{self.email} ({self.get_role_display()})"
