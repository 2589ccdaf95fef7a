"""Writing the log of who did what. Pages call it after their domain call, in the same request."""

from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from nozzly.web.models import AuditEntry


def record(
    action: str, *, subject: Model | None = None, details: dict | None = None, by_name: str = "", by, at: datetime
) -> AuditEntry:
    """Add one row: a verb phrase ("changed the settings"), what it was about, what changed.

    ``by_name`` says who it was where that is no person of the workspace.
    """
    return AuditEntry.objects.create(
        at=at,
        by=by,
        by_name=str(by) if by else by_name,
        action=action,
        content_type=ContentType.objects.get_for_model(subject) if subject is not None else None,
        object_id=subject.pk if subject is not None else None,
        subject_text=str(subject)[:200] if subject is not None else "",
        details=details or {},
    )
