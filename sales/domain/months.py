"""Days cut into whole months, which are added up already, and what is left of them at either end."""

from datetime import date, timedelta

_DAY = timedelta(days=1)


def after(day: date) -> date:
    """The first day of the month after that of a day."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def whole_months(first: date, last: date) -> tuple[date, date]:
    """The first day of the first whole month, and the day after the last one."""
    start = first if first.day == 1 else after(first)
    return start, (last + _DAY).replace(day=1)


def parts_of(first: date, last: date) -> tuple[tuple[date, date] | None, list[tuple[date, date]]]:
    """Whole months, up to but not with the second day, if there are any; and the stretches of days beside them."""
    start, end = whole_months(first, last)
    if start >= end:
        return None, [(first, last)]
    return (start, end), [(one, other) for one, other in ((first, start - _DAY), (end, last)) if one <= other]
