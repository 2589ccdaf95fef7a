from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from nozzly.core.models import Timestamped
from nozzly.web.choices import JobState
from nozzly.web.querysets import JobQuerySet


class Job(Timestamped):
    """Long work that runs in the background while its progress can be watched."""

    kind = models.CharField(_("kind"), max_length=60, help_text=_("The registered name of the work."))
    title = models.CharField(_("title"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=JobState.choices, default=JobState.WAITING)
    arguments = models.JSONField(_("arguments"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    progress = models.PositiveIntegerField(_("steps done"), default=0)
    total = models.PositiveIntegerField(_("steps in all"), default=0, help_text=_("0 while nobody knows."))
    message = models.TextField(_("message"), blank=True)
    result = models.FileField(_("result"), upload_to="jobs/%Y/%m/", max_length=200, blank=True)
    result_url = models.CharField(_("page with the result"), max_length=300, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("started by"), related_name="jobs"
    )
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("background job")
        verbose_name_plural = _("background jobs")
        indexes = [models.Index(fields=["created_by", "-id"], name="web_job_by_creator")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="web_job_state_known"),
            models.CheckConstraint(
                condition=Q(total=0) | Q(progress__lte=F("total")), name="web_job_progress_in_range"
            ),
            models.CheckConstraint(
                condition=Q(state__in=JobState.open(), finished_at=None)
                | Q(state__in=JobState.closed(), finished_at__isnull=False),
                name="web_job_finished_at_when_finished",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("web:job_detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in JobState.open()
