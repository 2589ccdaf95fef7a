"""The days on which the terms of a channel change, so that whoever looks at years of orders works them out once for each."""

from datetime import date, timedelta

from django.db.models import QuerySet

from nozzly.tax.domain.imports import shipped as shipped_borders
from nozzly.tax.domain.shipped import shipped_rates
from nozzly.tax.models import ExchangeRate, ImportRule, TaxRate, TaxStatus
from pricing.engine import schedules
from pricing.models import Channel, FeeOverride, OwnFee


def days_of_change(channel: Channel) -> list[date]:
    """In order; between two of them ``terms_of`` the channel says the same of every day. Two queries."""
    shipped = {version.effective_from for version in schedules.versions(channel.schedule_id)}
    shipped |= {row.valid_from for rows in shipped_rates().values() for row in rows}
    shipped |= {row.valid_from for row in shipped_borders()}
    own = OwnFee.objects.filter(channel=channel)
    typed = _days(own, "valid_from").union(
        _days(FeeOverride.objects.filter(channel=channel), "valid_from"),
        *(_days(model.objects.all(), "valid_from") for model in (TaxStatus, TaxRate, ImportRule)),
        _days(ExchangeRate.objects.all(), "on"),
    )
    ends = own.exclude(valid_until=None).values_list("valid_until", flat=True)
    return sorted({*shipped, *typed, *(end + timedelta(days=1) for end in ends if end < date.max)})


def _days(rows: QuerySet, name: str) -> QuerySet:
    return rows.order_by().values_list(name, flat=True)
