from datetime import datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db import models

from nozzly.web.choices import JobState

# A job that has said nothing for so long has lost its worker.
LOST_AFTER = timedelta(hours=2)


class JobQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(created_by=user)

    def unfinished(self):
        return self.filter(state__in=JobState.open())

    def lost(self, *, at: datetime):
        return self.unfinished().filter(updated_at__lt=at - LOST_AFTER)

    def for_table(self):
        return self.select_related("created_by").order_by("-pk")


class SubjectQuerySet(models.QuerySet):
    """Rows that belong to any one object of the workspace."""

    def about(self, subject):
        return self.filter(content_type=ContentType.objects.get_for_model(subject), object_id=subject.pk)


class NotificationQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(user=user)

    def unread(self):
        return self.filter(read_at=None)


class ListImportQuerySet(models.QuerySet):
    def for_table(self):
        """Without what is needed to undo them, which may be long."""
        return self.select_related("by", "undone_by").defer("record")
