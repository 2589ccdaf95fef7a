from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from nozzly.web.querysets import NotificationQuerySet


class Notification(models.Model):
    """Something a person should know that happened while they were elsewhere."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"), related_name="notifications"
    )
    text = models.CharField(_("text"), max_length=300)
    url = models.CharField(_("page"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created at"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [
            models.Index(fields=["user", "-id"], condition=Q(read_at=None), name="web_notification_unread"),
        ]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="web_notification_says_something")]

    def __str__(self):
        return self.text
