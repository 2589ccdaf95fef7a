"""Filters over the facts of profit and over expenses."""

from datetime import date

from django.db import models
from django.db.models import Q

from sales.report_choices import FactKind

_COLUMNS = {
    "channel": "channel",
    "country": "country",
    "category": "variant__product__category",
    "product": "variant__product",
    "variant": "variant",
    "customer": "customer",
    "printer": "printer",
}


class ProfitFactQuerySet(models.QuerySet):
    def between(self, first: date, last: date):
        """Both days included."""
        return self.filter(on__range=(first, last))

    def narrowed(self, **wanted):
        """Only facts of a channel, country, category, product …; a wish that is empty does not count.

        ``without="channel"``: sales, refunds and returns that have none.
        """
        found = self
        if without := wanted.pop("without", ""):
            nothing = {"country": ""} if without == "country" else {f"{_COLUMNS[without]}__isnull": True}
            found = found.filter(**nothing).exclude(kind__in=FactKind.unassigned())
        return found.filter(**{_COLUMNS[name]: value for name, value in wanted.items() if value})


class ExpenseQuerySet(models.QuerySet):
    def matching(self, text: str):
        return self.filter(Q(text__icontains=text) | Q(supplier__icontains=text))

    def booked_between(self, first: date, last: date):
        return self.filter(booked_on__range=(first, last))

    def for_table(self):
        return self.select_related("reverses", "reversed_by")
