"""Days cut into whole months and stretches of five days, which are added up already, and what is left at either end."""

from datetime import date, timedelta

_DAY = timedelta(days=1)


def after(day: date) -> date:
    """The first day of the month after that of a day."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def whole_months(first: date, last: date) -> tuple[date, date]:
    """The first day of the first whole month, and the day after the last one."""
    start = first if first.day == 1 else after(first)
    return start, (last + _DAY).replace(day=1)


def stretch_of(day: date) -> date:
    """The first day of the stretch it stands in: six a month, of five days each but for the last."""
    return day.replace(day=min((day.day - 1) // 5 * 5 + 1, 26))


def after_stretch(day: date) -> date:
    """The first day of the stretch after that of a day."""
    start = stretch_of(day)
    return after(day) if start.day == 26 else start.replace(day=start.day + 5)


def whole_stretches(first: date, last: date) -> tuple[date, date]:
    """The first day of the first whole stretch, and the day after the last one."""
    start = first if first == stretch_of(first) else after_stretch(first)
    return start, stretch_of(last + _DAY)


def parts_of(first: date, last: date) -> tuple[tuple[date, date] | None, list[tuple[date, date]]]:
    """Whole stretches, up to but not with the second day, if there are any; and the days beside them."""
    start, end = whole_stretches(first, last)
    if start >= end:
        return None, [(first, last)]
    return (start, end), [(one, other) for one, other in ((first, start - _DAY), (end, last)) if one <= other]
