from datetime import date

from django.apps import apps
from django.db import models
from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from inventory.models import Lot, Reservation
from nozzly.core.models import AppendOnlyQuerySet
from production.choices import RunState
from production.models import RunOutput
from sales.choices import OrderState, Readiness

_LINE = "order_line"
_NONE = Value(0, output_field=models.DecimalField(max_digits=14, decimal_places=3))


class CustomerQuerySet(models.QuerySet):
    def known(self):
        """Those whose data was not erased, each person once."""
        return self.filter(erased_at=None, merged_into=None)

    def matching(self, text: str):
        return self.filter(
            Q(name__icontains=text)
            | Q(company__icontains=text)
            | Q(email__icontains=text)
            | Q(postcode__istartswith=text)
            | Q(channel_handle__icontains=text)
        )

    def tagged(self, tag: str):
        return self.filter(tags__contains=[tag])

    def with_totals(self):
        """How often they bought, and what it earned by the facts of profit, refunds and returns in it."""
        orders = self.model._meta.get_field("orders").related_model.objects.filter(customer=OuterRef("pk"))
        orders = orders.order_by().values("customer")
        count = orders.exclude(state=OrderState.CANCELLED).annotate(count=models.Count("pk")).values("count")
        facts = apps.get_model("sales", "ProfitFact").objects.filter(customer=OuterRef("pk")).order_by()
        profit = facts.values("customer").annotate(total=Sum("profit")).values("total")
        return self.annotate(
            order_count=Coalesce(Subquery(count), 0),
            profit_home=Subquery(profit),
            first_order_on=Subquery(orders.annotate(first=models.Min("placed_on")).values("first")),
            last_order_on=Subquery(orders.annotate(last=models.Max("placed_on")).values("last")),
        )


class OrderQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state__in=OrderState.open())

    def sent(self):
        """Sold: shipped, whatever came of it later."""
        return self.filter(state__in=OrderState.sent())

    def shipped_between(self, first: date, last: date):
        """Both days included; a day is a day in the workspace's zone."""
        return self.filter(shipped_on__range=(first, last))

    def late(self, on: date):
        return self.open().filter(due_on__lt=on)

    def matching(self, text: str):
        return self.filter(
            Q(number__istartswith=text)
            | Q(external_id__istartswith=text)
            | Q(customer__name__icontains=text)
            | Q(customer__company__icontains=text)
            | Q(lines__title__icontains=text)
        ).distinct()

    def with_readiness(self):
        """``readiness`` of open orders, worked out from the shelf and the runs; nobody has to keep it up to date."""
        # PostgreSQL may work a subquery out for all lines at once; those of orders that were sent are most of them.
        lines = _line_model(self).filter(order=OuterRef("pk"), order__state__in=OrderState.open())
        short = lines.plain().with_shelf().filter(needed__gt=F("kept") + F("free"))
        parts = _part_model(self).filter(line__order=OuterRef("pk"), line__order__state=OrderState.CONFIRMED)
        short_parts = parts.with_shelf().filter(needed__gt=F("kept") + F("free"))
        planned = Exists(short.filter(Exists(_runs_for_line()))) | Exists(
            short_parts.filter(Exists(_runs_for_line("line")))
        )
        missing = Exists(short) | Exists(short_parts)
        return self.annotate(
            readiness=Case(
                When(~Q(state__in=OrderState.open()), then=Value("")),
                When(Exists(lines.filter(variant=None)), then=Value(Readiness.UNMATCHED)),
                When(planned, then=Value(Readiness.PRINTING)),
                When(missing, then=Value(Readiness.MISSING)),
                default=Value(Readiness.READY),
                output_field=models.CharField(max_length=10),
            )
        )

    def by_urgency(self):
        """What is to leave first stands first."""
        return self.order_by("-is_rush", F("due_on").asc(nulls_last=True), "pk")

    def inbox(self):
        return self.filter(state=OrderState.NEW)

    def to_print(self):
        """Confirmed, but something is not on the shelf yet."""
        waiting = [Readiness.MISSING, Readiness.PRINTING]
        return self.filter(state=OrderState.CONFIRMED).with_readiness().filter(readiness__in=waiting)

    def to_pack(self):
        """Packed already, or confirmed with everything on the shelf."""
        ready = Q(state=OrderState.PACKED) | Q(state=OrderState.CONFIRMED, readiness=Readiness.READY)
        return self.with_readiness().filter(ready)

    def waiting_counts(self) -> dict[str, int]:
        """How many stand in the inbox, to print and to pack, by one query for all three."""
        rows = self.open().with_readiness().order_by().values_list("state", "readiness").annotate(count=Count("pk"))
        counts = dict.fromkeys(("inbox", "to_print", "to_pack"), 0)
        for state, readiness, count in rows:
            if state == OrderState.NEW:
                counts["inbox"] += count
            elif state == OrderState.PACKED or readiness == Readiness.READY:
                counts["to_pack"] += count
            elif state == OrderState.CONFIRMED and readiness in {Readiness.MISSING, Readiness.PRINTING}:
                counts["to_print"] += count
        return counts

    def for_table(self):
        return (
            self.select_related("channel", "customer")
            .prefetch_related(
                models.Prefetch(
                    "lines", _line_model(self).in_order().select_related("variant__product", "variant__item")
                )
            )
            .with_readiness()
        )

    def for_page(self):
        """With all that its page shows; fees of a shipping that was undone are left out."""
        charges = self.model._meta.get_field("charges").related_model.objects.standing().order_by("pk")
        return self.for_table().prefetch_related(
            models.Prefetch("charges", charges), "parcels__service", "parcels__packaging", "parcels__lines__line",
            "events__by", "refunds__fees", "refunds__reversed_by", "refunds__line", "returns__lines__line",
            "returns__reversed_by", "returns__replacement", "payments__by", "replaces__order", "invoices",
        )  # fmt: skip


class OrderLineQuerySet(models.QuerySet):
    def in_order(self):
        return self.order_by("position", "pk")

    def plain(self):
        """Without kits whose contents are known: those take their parts from the shelf."""
        return self.filter(parts=None)

    def with_shelf(self):
        """Pieces ``needed``, ``kept`` back for the line, and ``free`` on the shelf for anybody."""
        needed = F("quantity") * F("pieces") - F("pieces_sent") - F("pieces_dropped")
        return _with_shelf(self, needed, line="pk")

    def sent(self):
        return self.filter(order__state__in=OrderState.sent())

    def for_report(self, first: date, last: date):
        return self.sent().filter(order__shipped_on__range=(first, last))


class InvoiceQuerySet(AppendOnlyQuerySet):
    def for_table(self):
        return self.select_related("order__customer", "corrects")

    def for_paper(self):
        return self.select_related("order", "corrects").prefetch_related(
            models.Prefetch("lines", self.model._meta.get_field("lines").related_model.objects.order_by("position")),
            models.Prefetch(
                "taxes", self.model._meta.get_field("taxes").related_model.objects.order_by("-tax_rate_pct")
            ),
        )

    def matching(self, text: str):
        return self.filter(Q(number__icontains=text) | Q(buyer__icontains=text) | Q(order__number__istartswith=text))

    def standing(self):
        """Invoices of which something is not taken back by credit notes."""
        credited = self.model.objects.filter(corrects=OuterRef("pk")).order_by().values("corrects")
        credited = Coalesce(Subquery(credited.annotate(total=Sum("gross")).values("total")), _NONE)
        return (
            self.filter(corrects=None)
            .annotate(credited=credited)
            .filter(Q(gross__gt=-F("credited")) | Q(gross=0, credit_notes=None))
        )


class OrderPartQuerySet(models.QuerySet):
    def with_shelf(self):
        """As that of lines: pieces ``needed``, ``kept`` back, ``free``."""
        kits = F("line__quantity") * F("line__pieces") - F("line__pieces_sent") - F("line__pieces_dropped")
        return _with_shelf(self, kits * F("pieces"), line="line")


def _with_shelf(rows: models.QuerySet, needed, *, line: str):
    item = OuterRef("variant__item")
    kept = Reservation.objects.filter(source=_LINE, source_id=OuterRef(line), item=item, lot__isnull=False)
    held = Lot.objects.filter(item=item, archived_at=None)
    spoken_for = Reservation.objects.filter(item=item, lot__isnull=False)
    return rows.annotate(
        needed=models.ExpressionWrapper(needed, output_field=IntegerField()),
        kept=_total(kept, "item", "quantity"),
        free=_total(held, "item", "on_hand") - _total(spoken_for, "item", "quantity"),
    )


def _total(queryset, group: str, column: str):
    total = queryset.order_by().values(group).annotate(total=Sum(column)).values("total")
    return Coalesce(Subquery(total), _NONE)


def _runs_for_line(line: str = "pk"):
    return RunOutput.objects.filter(source=_LINE, source_id=OuterRef(line), run__state__in=RunState.open())


def _line_model(orders: OrderQuerySet):
    return orders.model._meta.get_field("lines").related_model.objects.all()


def _part_model(orders: OrderQuerySet):
    lines = orders.model._meta.get_field("lines").related_model
    return lines._meta.get_field("parts").related_model.objects.all()
