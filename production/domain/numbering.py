"""Run numbers: ``NZ-20261122-001``, without a gap on any day of entry."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.timezone import localdate

from nozzly.core.numbering import next_number
from nozzly.tenancy.current import current_workspace
from nozzly.tenancy.domain import workspaces
from production.models import RunCounter


@dataclass(frozen=True)
class RunNumber:
    text: str
    entry_on: date
    sequence: int


def next_run_number(*, at: datetime) -> RunNumber:
    """Take the next number of the day that ``at`` is in the workspace's time zone.

    Locks the day's counter to the end of the transaction: call it late. Backdating a run later does not change it.
    The first number fixes the workspace's code.
    """
    workspaces.fix_code(at=at)
    entry_on = localdate(at)
    sequence = next_number(table=RunCounter._meta.db_table, series=f"{entry_on:%Y%m%d}")
    return RunNumber(f"{current_workspace().code}-{entry_on:%Y%m%d}-{sequence:03d}", entry_on, sequence)
