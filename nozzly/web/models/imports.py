from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from nozzly.web.querysets import ListImportQuerySet


class ListImport(models.Model):
    """A file that a list took in: how many rows did what, and what is needed to take all of it back."""

    importer = models.CharField(_("importer"), max_length=40, help_text=_("The registered name of what read it."))
    title = models.CharField(_("title"), max_length=120)
    file_name = models.CharField(_("file"), max_length=200)
    key = models.UUIDField(unique=True, editable=False)
    new = models.PositiveIntegerField(_("rows added"), default=0)
    changed = models.PositiveIntegerField(_("rows changed"), default=0)
    unchanged = models.PositiveIntegerField(_("rows that changed nothing"), default=0)
    left_out = models.PositiveIntegerField(_("rows left out"), default=0)
    message = models.CharField(_("result"), max_length=300, blank=True)
    record = models.JSONField(_("what it made"), default=dict, blank=True, editable=False, encoder=DjangoJSONEncoder)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("undone by")
    )
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)

    objects = ListImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [models.Index(fields=["-at", "-id"], name="web_listimport_newest")]
        constraints = [
            models.CheckConstraint(condition=~Q(importer=""), name="web_listimport_importer_named"),
            models.CheckConstraint(
                condition=Q(undone_by=None) | Q(undone_at__isnull=False), name="web_listimport_undone_has_its_time"
            ),
        ]

    def __str__(self):
        return f"{self.title}: {self.file_name}"

    def get_absolute_url(self):
        return reverse("web:import_detail", args=[self.pk])
