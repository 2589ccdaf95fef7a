"""Work that does not keep a browser waiting."""

import logging

from celery import shared_task
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.documents import labels_pdf
from inventory.domain import checking, policies
from inventory.models import Lot
from nozzly.accounts.models import User
from nozzly.accounts.permissions import Permission
from nozzly.web.notifying import notify
from nozzly.web.working import Progress, job_kind

logger = logging.getLogger(__name__)


@job_kind("inventory.labels")
def print_labels(
    progress: Progress, *, lot_ids: list[int], layout: str, base: str, start: int, parts: list[str]
) -> str:
    progress.step(0, total=len(lot_ids), message=_("Drawing the labels"))
    lots = Lot.objects.for_label().in_bulk(lot_ids)
    content = labels_pdf([lots[pk] for pk in lot_ids if pk in lots], layout=layout, base=base, start=start, parts=parts)
    progress.save_file("labels.pdf", content)
    progress.step(len(lot_ids), total=len(lot_ids))
    return _("The labels are ready.")


@shared_task
def warn_of_shortages(**_kwargs) -> int:
    """Tell everybody who may buy what has gone short since the last look."""
    now = timezone.now()
    alerts = policies.raise_alerts(on=timezone.localdate(now), at=now)
    buyers = [user for user in User.objects.filter(is_active=True) if user.has_permission(Permission.STOCK_RECEIVE)]
    for alert in alerts:
        text = _("{what} is getting low: {left} left.").format(
            what=alert.policy, left=f"{alert.available.normalize():f}"
        )
        for user in buyers:
            notify(user, text, url=alert.policy.get_absolute_url(), at=now)
    return len(alerts)


@shared_task
def check_ledger(**_kwargs) -> int:
    """Every night: is each balance the sum of its rows? Answers the number of lots that are not."""
    found = checking.check_ledger()
    for mistake in found:
        logger.error("Ledger: %s", mistake)
    return len(found)
