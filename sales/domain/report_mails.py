"""The report of each month by email, to those who asked for it."""

from calendar import monthrange
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from nozzly.accounts.models import User
from nozzly.accounts.permissions import Permission
from sales.models import ReportMail

CLAIM = timedelta(hours=1)  # longer than the slowest report takes to draw and send


def ask_for(user: User, kinds: set[str]) -> None:
    """From now on exactly these reports; what was sent is remembered for those that stay."""
    with transaction.atomic():
        ReportMail.objects.filter(user=user).exclude(kind__in=kinds).delete()
        for kind in kinds:
            ReportMail.objects.get_or_create(user=user, kind=kind)


def asked_by(user: User) -> list[ReportMail]:
    """What this person waits for, while they may see it."""
    if not (user.is_active and user.has_permission(Permission.REPORT_VIEW)):
        return []
    return list(ReportMail.objects.filter(user=user).order_by("pk"))


def due(on: date) -> list[ReportMail]:
    """Reports of the month before ``on`` that were not sent, to people who may still see them."""
    month = month_before(on)
    rows = ReportMail.objects.exclude(sent_through__gte=month).select_related("user").order_by("pk")
    return [row for row in rows if row.user.is_active and row.user.has_permission(Permission.REPORT_VIEW)]


def take(row: ReportMail, on: date, *, at: datetime) -> bool:
    """Claim a mail before it is sent; False when it went out meanwhile or somebody else is sending it.

    A claim lapses: what a worker took that was killed before it said so is sent by the next one. Better twice than never.
    """
    free = Q(sending_since=None) | Q(sending_since__lt=at - CLAIM)
    due = ReportMail.objects.filter(free, pk=row.pk).exclude(sent_through__gte=month_before(on))
    return bool(due.update(sending_since=at))


def sent(row: ReportMail, on: date) -> None:
    """The mail server has it."""
    ReportMail.objects.filter(pk=row.pk).update(sent_through=month_before(on), sending_since=None)


def give_back(row: ReportMail) -> None:
    """It could not be sent after all."""
    ReportMail.objects.filter(pk=row.pk).update(sending_since=None)


def days_of_month(first: date) -> tuple[date, date]:
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def last_month(on: date) -> tuple[date, date]:
    """First and last day of the month before."""
    last = on.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def month_before(on: date) -> date:
    """The first day of the month before."""
    return last_month(on)[0]
