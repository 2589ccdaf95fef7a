"""How imports, statements and lines without a product are read."""

from datetime import date

from django.db import models
from django.db.models import Count, Max, Min, Q
from django.db.models.functions import Coalesce, TruncDate

from nozzly.core.models import AppendOnlyQuerySet
from sales.choices import OrderState


class StatementRowQuerySet(AppendOnlyQuerySet):
    def standing(self):
        """Rows that count: neither undone nor the undoing of another."""
        return self.filter(reverses=None, reversed_by=None)


class ChannelMoneyQuerySet(StatementRowQuerySet):
    def for_table(self):
        return self.standing().select_related("channel", "order_import")


class OrderChargeQuerySet(StatementRowQuerySet):
    def charged_by_day(self, first: date | None = None, last: date | None = None):
        """What statements charged, with the day it counts for, ``counts_on``; rows of old have none of their own."""
        rows = self.filter(charged=True).annotate(counts_on=Coalesce("booked_on", TruncDate("at")))
        if first is None:
            return rows
        return rows.filter(Q(booked_on__range=(first, last)) | Q(booked_on=None, counts_on__range=(first, last)))


class OrderImportQuerySet(models.QuerySet):
    def for_table(self):
        return self.select_related("channel", "created_by").prefetch_related("files")


class ImportedLineQuerySet(models.QuerySet):
    def unmatched_groups(self):
        """Lines that nobody has named, alike ones together: how many, the first of them, when it was last bought."""
        waiting = self.filter(line__variant=None).exclude(line__order__state=OrderState.CANCELLED)
        named = waiting.values(
            "line__order__channel__name", "line__title", "line__options", "sku", "listing"
        )  # fmt: skip
        counted = named.annotate(count=Count("pk"), first=Min("pk"), last_on=Max("line__order__placed_on"))
        return counted.order_by("-count", "first")
