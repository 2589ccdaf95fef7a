"""How imports, statements and lines without a product are read."""

from datetime import date

from django.db import models
from django.db.models import Count, F, Max, Min, Q, Sum
from django.db.models.functions import Abs, Coalesce, TruncDate

from nozzly.core.models import AppendOnlyQuerySet
from sales.choices import FeeTax, OrderState

_NOTHING = models.Value(0, output_field=models.DecimalField(max_digits=14, decimal_places=2))


class StatementRowQuerySet(AppendOnlyQuerySet):
    def standing(self):
        """Rows that count: neither undone nor the undoing of another."""
        return self.filter(reverses=None, reversed_by=None)

    def standing_of_many(self):
        """The same of very many rows: those undone are read once, not looked for one by one."""
        undone = self.model.objects.filter(reverses__isnull=False).values("reverses")
        return self.filter(reverses=None).exclude(pk__in=undone)


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

    def audited(self, first: date, last: date, channel_id: int | None = None):
        """Charges, expected and real, of orders that a statement speaks of."""
        rows = self.standing_of_many().filter(charged=True, order__placed_on__range=(first, last))
        if channel_id:
            rows = rows.filter(order__channel=channel_id)
        # Tax that comes back is no cost, so the schedule does not expect it either; duty is the carrier's to ask for.
        others = Q(code="vat_on_fees", vat=FeeTax.RECLAIMED) | Q(code="duty")
        return self.model.objects.standing_of_many().filter(order__in=rows.values("order")).exclude(others)

    def differing(self, first: date, last: date, channel_id: int | None = None):
        """By order and code: what was expected and charged where the two are not the same, the most money first."""
        sums = self.audited(first, last, channel_id).values("order", "code").annotate(
            expected=Sum("amount", filter=Q(charged=False)), charged_sum=Sum("amount", filter=Q(charged=True))
        )  # fmt: skip
        gap = Coalesce(F("charged_sum"), _NOTHING) - Coalesce(F("expected"), _NOTHING)
        return sums.annotate(gap=Abs(gap)).filter(gap__gt=0).order_by("-gap", "-order", "code")


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
