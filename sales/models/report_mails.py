from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from nozzly.core.models import Timestamped
from sales.report_choices import ReportMailKind


class ReportMail(Timestamped):
    """Somebody wants a report of each month by email; ``sent_through`` is the first day of the last month sent.

    ``sending_since`` stands while a worker is sending it; left behind by one that was killed, it is a claim that lapses.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="report_mails", verbose_name=_("goes to")
    )
    kind = models.CharField(_("report"), max_length=20, choices=ReportMailKind.choices)
    sent_through = models.DateField(_("last month sent"), null=True, blank=True, editable=False)
    sending_since = models.DateTimeField(_("being sent since"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("monthly report")
        verbose_name_plural = _("monthly reports")
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="sales_reportmail_unique"),
            models.CheckConstraint(condition=Q(kind__in=ReportMailKind.values), name="sales_reportmail_kind_known"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.user}"
