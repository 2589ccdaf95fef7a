"""Pictures of the stock room."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from nozzly.web import charts
from nozzly.web.formatting import grams

_MOST_POINTS = 40


def left_chart(course: Sequence[tuple[datetime, Decimal]]) -> charts.Chart | None:
    """What was left over time; nothing to draw from fewer than three points."""
    if len(course) < 3:
        return None
    step = -(-len(course) // _MOST_POINTS)
    points = [*course[::step], course[-1]] if (len(course) - 1) % step else course[::step]
    labels = [date_format(timezone.localtime(at), "j M") for at, _left in points]
    return charts.lines(title=_("Left"), labels=labels, series={_("Left"): [left for _at, left in points]}, show=grams)
