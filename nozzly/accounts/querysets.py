from datetime import datetime

from django.db import models


class InvitationQuerySet(models.QuerySet):
    def open(self, at: datetime):
        """Neither accepted, revoked nor expired at that moment."""
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=at)
