from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from nozzly.web.querysets import SubjectQuerySet


class Attachment(models.Model):
    """A file that belongs to something: a photo of a product, an invoice of a delivery."""

    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    subject = GenericForeignKey()
    file = models.FileField(_("file"), upload_to="attachments/%Y/%m/", max_length=200)
    name = models.CharField(_("name"), max_length=200)
    media_type = models.CharField(_("media type"), max_length=100)
    size_bytes = models.PositiveBigIntegerField(_("size in bytes"))
    width_px = models.PositiveIntegerField(_("width in pixels"), null=True, blank=True)
    height_px = models.PositiveIntegerField(_("height in pixels"), null=True, blank=True)
    permission = models.CharField(
        _("permission"), max_length=40, help_text=_("Who may open the file: the permission of the page that shows it.")
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, verbose_name=_("uploaded by"), related_name="+"
    )
    uploaded_at = models.DateTimeField(_("uploaded at"))

    objects = SubjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        indexes = [models.Index(fields=["content_type", "object_id"], name="web_attachment_subject")]
        constraints = [
            models.UniqueConstraint(fields=["file"], name="web_attachment_file_unique"),
            models.CheckConstraint(
                condition=Q(width_px=None, height_px=None) | Q(width_px__gt=0, height_px__gt=0),
                name="web_attachment_picture_has_size",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("web:attachment", args=[self.pk])

    @property
    def is_picture(self) -> bool:
        return self.width_px is not None
