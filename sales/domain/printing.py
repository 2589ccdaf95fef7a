"""What reports say of the print floor."""

from datetime import datetime
from decimal import Decimal

from django.db.models import Count, F, Sum
from django.db.models.functions import Coalesce

from production.models import Run


def failures_by_reason(start: datetime, end: datetime) -> list[dict]:
    """Runs that failed in [start, end) by reason, the commonest first."""
    failed = Run.objects.finished_between(start, end).failed().order_by().annotate(name=F("failure_reason__name"))
    rows = failed.values("failure_reason", "name").annotate(
        runs=Count("pk"), loss=Coalesce(Sum("loss_cost"), Decimal(0))
    )  # fmt: skip
    rows = rows.order_by("-runs", "name")
    return [row | {"reason": row["failure_reason"]} for row in rows]
