from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from nozzly.core.models import AppendOnlyModel, AppendOnlyQuerySet
from nozzly.web.querysets import SubjectQuerySet


class AuditQuerySet(SubjectQuerySet, AppendOnlyQuerySet):
    def for_table(self):
        return self.select_related("by", "content_type")


class AuditEntry(AppendOnlyModel):
    """Who did what to what, and when. Written once."""

    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("by"), related_name="+"
    )
    by_name = models.CharField(_("name"), max_length=254, help_text=_("As it was then."))
    action = models.CharField(_("action"), max_length=80)
    content_type = models.ForeignKey(ContentType, models.PROTECT, null=True, blank=True, related_name="+")
    object_id = models.PositiveBigIntegerField(null=True, blank=True)
    subject_text = models.CharField(_("about"), max_length=200, blank=True)
    details = models.JSONField(_("details"), default=dict, blank=True, encoder=DjangoJSONEncoder)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [
            models.Index(fields=["-at", "-id"], name="web_auditentry_newest"),
            models.Index(fields=["content_type", "object_id"], name="web_auditentry_subject"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(action=""), name="web_auditentry_action_named"),
            models.CheckConstraint(
                condition=Q(content_type=None, object_id=None) | Q(content_type__isnull=False, object_id__isnull=False),
                name="web_auditentry_subject_whole",
            ),
        ]

    def __str__(self):
        return f"{self.by_name}: {self.action} {self.subject_text}".strip()
