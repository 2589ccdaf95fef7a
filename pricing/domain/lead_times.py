"""When a new job could be ready: what stands in the queue, and how much the printers get done in a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from heapq import heapreplace

from django.db.models import Sum
from django.db.models.functions import Coalesce

from production.models import Printer, Run

_SECONDS_IN_AN_HOUR = Decimal(3600)
# Without a history: beds are changed in waking hours, so a printer rests part of the day.
_USUAL_HOURS_A_DAY = Decimal(10)
_LOOKED_BACK = timedelta(days=28)
# To clean, glue and pack what comes off the last bed.
_FINISHING_DAYS = 1


@dataclass(frozen=True)
class LeadTime:
    """Hours are printer hours. ``hours_a_day`` is for one printer, ``learned`` when its own weeks say so."""

    queue_h: Decimal
    job_h: Decimal
    printers: int
    hours_a_day: Decimal
    learned: bool
    days: int


def lead_time(loads: Sequence[tuple[int, int]], *, at: datetime) -> LeadTime:
    """Days until a job is ready when it stands behind all planned runs; one printer is assumed at least.

    ``loads`` are numbers of beds, each with the seconds that one of them prints.
    """
    printers = max(Printer.objects.active().count(), 1)
    queue_h = _hours(Run.objects.open().aggregate(seconds=Sum("print_time_s"))["seconds"])
    hours_a_day, learned = _hours_a_day(printers, at)
    job_h = _hours(sum(beds * time_s for beds, time_s in loads))
    wait = queue_h / (printers * hours_a_day)
    printing = _hours(_longest_printer_s(loads, printers)) / hours_a_day
    days = int((wait + printing).to_integral_value(rounding=ROUND_CEILING)) + _FINISHING_DAYS
    return LeadTime(queue_h, job_h, printers, hours_a_day, learned, days)


def _longest_printer_s(loads: Sequence[tuple[int, int]], printers: int) -> int:
    """Full rounds on all printers, then each remaining bed, the longest first, to the printer that is free first."""
    busy = [sum(beds // printers * time_s for beds, time_s in loads)] * printers
    rest = [time_s for beds, time_s in loads for _bed in range(beds % printers)]
    for time_s in sorted(rest, reverse=True):
        heapreplace(busy, busy[0] + time_s)
    return max(busy)


def _hours_a_day(printers: int, at: datetime) -> tuple[Decimal, bool]:
    """What a printer did a day in the last four weeks, if that is more than usual: a quiet month is no limit."""
    runs = Run.objects.finished_between(at - _LOOKED_BACK, at)
    done = runs.aggregate(seconds=Sum(Coalesce("actual_time_s", "print_time_s")))["seconds"]
    each = _hours(done) / _LOOKED_BACK.days / printers
    return (min(each, Decimal(24)), True) if each > _USUAL_HOURS_A_DAY else (_USUAL_HOURS_A_DAY, False)


def _hours(seconds: int | None) -> Decimal:
    return Decimal(seconds or 0) / _SECONDS_IN_AN_HOUR
