"""Work that does not keep a browser waiting."""

import json
import logging
from collections.abc import Sequence
from datetime import datetime
from smtplib import SMTPException

from celery import shared_task
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.choices import AlertRoute
from inventory.documents import labels_pdf
from inventory.domain import alerts, checking, policies, stock_days
from inventory.domain.policies import Shortage
from inventory.models import AlertAddress, Location, Lot
from nozzly.accounts.models import User
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.tenancy.current import current_workspace
from nozzly.tenancy.domain.addresses import url_of
from nozzly.web import outgoing
from nozzly.web.notifying import notify
from nozzly.web.working import Progress, job_kind

logger = logging.getLogger(__name__)


@job_kind("inventory.labels")
def print_labels(  # noqa: PLR0913 - what is printed, on what, how
    progress: Progress,
    *,
    lot_ids: list[int],
    place_ids: list[int] = (),
    layout: str,
    base: str,
    start: int,
    parts: list[str],
) -> str:
    total = len(lot_ids) + len(place_ids)
    progress.step(0, total=total, message=_("Drawing the labels"))
    lots = Lot.objects.for_label().in_bulk(lot_ids)
    places = Location.objects.select_related("parent").in_bulk(place_ids)
    things = [lots[pk] for pk in lot_ids if pk in lots] + [places[pk] for pk in place_ids if pk in places]
    content = labels_pdf(
        things, layout=layout, base=base, start=start, parts=parts,
        after_each=lambda done: progress.step(done, total=total),
    )  # fmt: skip
    progress.save_file("labels.pdf", content)
    progress.step(total, total=total)
    return _("The labels are ready.")


@shared_task
def warn_of_shortages(**_kwargs) -> int:
    """Tell everybody who may buy what has gone short since the last look, here and at the addresses outside."""
    now = timezone.now()
    raised = policies.raise_alerts(on=timezone.localdate(now), at=now)
    for alert in raised:
        text = _("{what} is getting low: {left} left.").format(
            what=alert.policy, left=f"{alert.available.normalize():f}"
        )
        _tell(Permission.STOCK_RECEIVE, text, url=alert.policy.get_absolute_url(), at=now)
    for address in alerts.addresses_to_tell(at=now):
        _tell_outside(address, at=now)
    return len(raised)


@shared_task
def join_stock_days(**_kwargs) -> None:
    """Every night: what was added to a day of an item in many bookings becomes one row."""
    stock_days.join()


@shared_task
def check_ledger(**_kwargs) -> int:
    """Every night: is each balance the sum of its rows? Answers the number of lots that are not, and alerts."""
    found = checking.check_ledger()
    for mistake in found:
        logger.error("Ledger: %s", mistake)
    if found:
        text = ngettext(
            "The ledger does not add up for one lot: %(first)s",
            "The ledger does not add up for %(count)s lots, first %(first)s",
            len(found),
        ) % {"count": len(found), "first": found[0]}
        _tell(Permission.SETTINGS_EDIT, text, url=reverse("inventory:stock_value"), at=timezone.now())
    return len(found)


def deliver(address: AlertAddress, shortages: Sequence[Shortage]) -> None:
    """Send it on its way. Raises NotDelivered, AddressNotPublic."""
    workspace = current_workspace()
    url = url_of(workspace, reverse("inventory:shopping_list"))
    context = {"lines": alerts.lines_of(shortages), "url": url, "workspace": workspace}
    text = render_to_string("inventory/low_stock_mail.txt", context)
    if address.route == AlertRoute.EMAIL:
        _mail(address.target, _("{name}: low stock").format(name=workspace.name), text)
    elif address.route == AlertRoute.NTFY:
        outgoing.post(address.target, text.encode(), headers={"Title": "Low stock", "Tags": "package", "Click": url})
    else:
        body = {"event": "stock.low", "workspace": workspace.slug, "url": url, "items": context["lines"]}
        outgoing.post(address.target, json.dumps(body).encode(), headers={"Content-Type": "application/json"})


def _tell_outside(address: AlertAddress, *, at: datetime) -> None:
    news = alerts.news_for(address, on=timezone.localdate(at))
    if not news.shortages:
        return
    try:
        deliver(address, news.shortages)
    except DomainError as problem:
        alerts.note_problem(address, str(problem))
    else:
        alerts.note_told(address, news, at=at)


def _mail(to: str, subject: str, text: str) -> None:
    try:
        sent = send_mail(subject, text, None, [to])
    except (OSError, SMTPException) as trouble:
        raise outgoing.NotDelivered(_("The mail could not be sent.")) from trouble
    if not sent:
        raise outgoing.NotDelivered(_("The mail could not be sent."))


def _tell(permission: Permission, text: str, *, url: str, at: datetime) -> None:
    for user in User.objects.filter(is_active=True):
        if user.has_permission(permission):
            notify(user, text, url=url, at=at)
