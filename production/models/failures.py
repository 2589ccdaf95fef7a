"""Why a print was lost, in the shop's own words."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from production.querysets import FailureReasonQuerySet


class FailureReason(models.Model):
    name = models.CharField(_("name"), max_length=80, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = FailureReasonQuerySet.as_manager()

    class Meta:
        verbose_name = _("failure reason")
        verbose_name_plural = _("failure reasons")

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("production:failure_reason_list")
