"""The shop's own list of what goes wrong."""

from datetime import datetime

from production.models import FailureReason


def remove_reason(reason: FailureReason, *, at: datetime) -> None:
    """Off the list; runs that name it keep it, and one that no run names is forgotten."""
    if reason.runs.exists():
        FailureReason.objects.filter(pk=reason.pk).update(archived_at=at)
    else:
        reason.delete()
