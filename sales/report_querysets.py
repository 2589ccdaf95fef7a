"""Filters over the facts of profit and over expenses."""

from datetime import date

from django.db import models
from django.db.models import Q


class ProfitFactQuerySet(models.QuerySet):
    def between(self, first: date, last: date):
        """Both days included."""
        return self.filter(on__range=(first, last))

    def narrowed(self, **wanted):
        """Only facts of a channel, country, category, product or customer; a wish that is empty does not count."""
        columns = {
            "channel": "channel",
            "country": "country",
            "category": "variant__product__category",
            "product": "variant__product",
            "customer": "customer",
        }
        return self.filter(**{columns[name]: value for name, value in wanted.items() if value})


class ExpenseQuerySet(models.QuerySet):
    def matching(self, text: str):
        return self.filter(Q(text__icontains=text) | Q(supplier__icontains=text))

    def booked_between(self, first: date, last: date):
        return self.filter(booked_on__range=(first, last))

    def for_table(self):
        return self.select_related("reverses", "reversed_by")
