from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from nozzly.core.models import Timestamped


class SavedView(Timestamped):
    """A list as somebody likes to see it: its filters and sorting under a name."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"), related_name="saved_views"
    )
    page = models.CharField(_("page"), max_length=100, help_text=_("URL name of the list."))
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("filters"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(fields=["user", "page", "name"], name="web_savedview_name_unique"),
            models.CheckConstraint(condition=~Q(name=""), name="web_savedview_named"),
        ]

    def __str__(self):
        return f"{self.name} ({self.page})"
