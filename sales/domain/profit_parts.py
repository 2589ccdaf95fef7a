"""Where sums of profit are read from: months and stretches that are added up already, and the facts of single days."""

from datetime import date, timedelta

from django.db.models import Exists, Q, QuerySet

from sales.domain.months import after, whole_months, whole_stretches
from sales.models import ProfitFact, ProfitSum
from sales.report_choices import SumAxis, SumGrain

_DAY = timedelta(days=1)
_NONE = Q(pk__in=[])

# What a report looks into -> the column of the sums that tells it. What is not here is told by facts alone.
_TOLD_BY = {
    "channel": "channel", "country": "country", "category": "variant", "product": "variant", "variant": "variant",
    "printer": "printer",
}  # fmt: skip
_AXES = {
    frozenset(): SumAxis.CHANNEL,
    frozenset({"variant"}): SumAxis.VARIANT,
    frozenset({"channel"}): SumAxis.CHANNEL,
    frozenset({"country"}): SumAxis.COUNTRY,
    frozenset({"printer"}): SumAxis.PRINTER,
    frozenset({"variant", "channel"}): SumAxis.VARIANT_CHANNEL,
    frozenset({"variant", "country"}): SumAxis.VARIANT_COUNTRY,
    frozenset({"channel", "country"}): SumAxis.CHANNEL_COUNTRY,
}


def parts(axis: str | None, first: date, last: date, narrowed: dict) -> list[QuerySet]:
    """What to add up; ``axis`` is what the rows are told by, "" where any sum will do, None where only facts will.

    A month that has nothing booked after ``last`` counts as a whole one: that of today usually has not.
    """
    facts = ProfitFact.objects.narrowed(**narrowed)
    kept = axis_of(axis, narrowed)
    if kept is None:
        return [facts.between(first, last)]
    start, end = whole_months(first, last)
    if start > end:
        stretches, single = _days(first, last)
    else:
        before, after_them = _days(first, start - _DAY), _days(end, last)
        months = Q(grain=SumGrain.MONTH, on__gte=start, on__lt=end)
        if end <= last:
            later = Exists(ProfitFact.objects.filter(on__gt=last, on__lt=after(last)))
            months |= Q(grain=SumGrain.MONTH, on=end) & ~later
            after_them = tuple(days & later for days in after_them)
        stretches, single = months | before[0] | after_them[0], before[1] | after_them[1]
    return [ProfitSum.objects.filter(stretches, axis=kept).narrowed(**narrowed), facts.filter(single)]


def _days(first: date, last: date) -> tuple[Q, Q]:
    """Days, both included, as the stretches that are added up already and the single days beside them."""
    start, end = whole_stretches(first, last)
    if start >= end:
        return _NONE, Q(on__range=(first, last)) if first <= last else _NONE
    single = Q(on__gte=first, on__lt=start) | Q(on__gte=end, on__lte=last)
    return Q(grain=SumGrain.STRETCH, on__gte=start, on__lt=end), single


def axis_of(axis: str | None, narrowed: dict) -> str | None:
    """The axis whose sums tell all that is asked for."""
    asked = {name for name, value in narrowed.items() if value}
    if axis is None or not asked <= _TOLD_BY.keys():
        return None
    return _AXES.get(frozenset({axis} - {""} | {_TOLD_BY[name] for name in asked}))
