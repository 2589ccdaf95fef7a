from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from django.apps import apps
from django.db import models
from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from catalog.models import ProductPhoto
from inventory.models import Lot, Reservation
from nozzly.core.models import AppendOnlyQuerySet
from production.choices import RunState
from production.models import RunOutput
from sales.choices import OrderState, Readiness

_LINE = "order_line"
_NEEDED = F("quantity") * F("pieces") - F("pieces_sent") - F("pieces_dropped")
_KITS = F("line__quantity") * F("line__pieces") - F("line__pieces_sent") - F("line__pieces_dropped")
_NEEDED_OF_PART = _KITS * F("pieces")
_NONE = Value(0, output_field=models.DecimalField(max_digits=14, decimal_places=3))


class CustomerQuerySet(models.QuerySet):
    def known(self):
        """Those whose data was not erased, each person once."""
        return self.filter(erased_at=None, merged_into=None)

    def matching(self, text: str):
        """Also by the email of a row that was merged into it."""
        merged = self.model.objects.filter(merged_into__isnull=False, email__icontains=text)
        return self.filter(
            Q(name__icontains=text)
            | Q(pk__in=merged.values("merged_into"))
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

    def with_readiness(self, among: Sequence[int] | None = None):
        """``readiness`` of open orders, worked out from the shelf and the runs; nobody has to keep it up to date.

        ``among`` are the keys of the only orders it is asked for, where they are known.
        """
        # PostgreSQL may work a subquery out for all lines at once; those of orders that were sent are most of them.
        lines = _line_model(self).filter(order=OuterRef("pk"), order__state__in=OrderState.open())
        parts = _part_model(self).filter(line__order=OuterRef("pk"), line__order__state=OrderState.CONFIRMED)
        if among is not None:
            lines, parts = lines.filter(order__in=among), parts.filter(line__order__in=among)
        short = lines.plain().with_shelf().filter(needed__gt=F("kept") + F("free"))
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

    def to_print_now(self):
        """What ``to_print`` finds, from plain rows: four queries here, and none of them again for pages and counts."""
        short, unmatched = _held_up(self)
        return self.filter(state=OrderState.CONFIRMED, pk__in=short - unmatched)

    def to_pack_now(self):
        """What ``to_pack`` finds, in the same way."""
        short, unmatched = _held_up(self)
        ready = Q(state=OrderState.CONFIRMED) & ~Q(pk__in=short | unmatched)
        return self.filter(Q(state=OrderState.PACKED) | ready)

    def to_pack_keys(self) -> list[int]:
        """What is packed next, the first first: what ``to_pack`` finds, worked out from plain rows in five queries."""
        rows = self.open().exclude(state=OrderState.NEW).by_urgency().values_list("pk", flat=True)
        short, unmatched = _held_up(self)
        return [order for order in rows if order not in short and order not in unmatched]

    def waiting_counts(self) -> dict[str, int]:
        """How many stand in the inbox, to print and to pack: what ``with_readiness`` says, summed from plain rows.

        Five queries, a fraction of the time that PostgreSQL takes to plan the question for each order.
        """
        states = dict(self.open().order_by().values_list("state").annotate(Count("pk")))
        short, unmatched = _held_up(self)
        ready = states.get(OrderState.CONFIRMED, 0) - len(short | unmatched)
        return {
            "inbox": states.get(OrderState.NEW, 0),
            "to_print": len(short - unmatched),
            "to_pack": states.get(OrderState.PACKED, 0) + ready,
        }

    def for_table(self, among: Sequence[int] | None = None):
        return self.select_related("channel", "customer").with_lines().with_readiness(among)

    def readiness_of(self, orders: Sequence) -> dict[int, str]:
        """Readiness of a few orders by key, as ``with_readiness`` has it, from plain rows; those that are sent or cancelled have none.

        Five queries, or none: for a page of orders Django takes longer to write that question down.
        """
        keys = [order.pk for order in orders if order.is_open]
        if not keys:
            return {}
        lines = _line_model(self).filter(order__in=keys).plain()
        parts = _part_model(self).filter(line__order__in=keys, line__order__state=OrderState.CONFIRMED)
        short, unmatched = _short_lines(lines, parts)
        runs = RunOutput.objects.filter(source=_LINE, source_id__in=short, run__state__in=RunState.open())
        planned = {short[line] for line in runs.values_list("source_id", flat=True)} if short else set()
        missing = set(short.values())

        def readiness(key: int) -> Readiness:
            if key in unmatched:
                return Readiness.UNMATCHED
            if key in planned:
                return Readiness.PRINTING
            return Readiness.MISSING if key in missing else Readiness.READY

        return {key: readiness(key) for key in keys}

    def with_lines(self):
        lines = _line_model(self).in_order().select_related("variant__product", "variant__item")
        return self.prefetch_related(models.Prefetch("lines", lines))

    def with_pictures(self):
        """The pictures of the products of its lines, the first first, as ``photo_list``; for rows with lines."""
        photos = ProductPhoto.objects.order_by("position", "pk")
        return self.prefetch_related(models.Prefetch("lines__variant__product__photos", photos, to_attr="photo_list"))

    def for_page(self):
        """With all that its page shows; fees of a shipping that was undone are left out."""
        history = (models.Prefetch(name, rows) for name, rows in _history(self).items())
        return self._with_events().prefetch_related(*history)

    def for_page_by_need(self, pk: int):
        """The same for one order and whoever calls ``load_history`` after it: what never happened to the order is not asked for."""
        fields = ((name, self.model._meta.get_field(name).related_model) for name in _history(self))
        there = {f"has_{name}": Exists(model.objects.filter(order=OuterRef("pk"))) for name, model in fields}
        return self._with_events([pk]).annotate(**there)

    def _with_events(self, among: Sequence[int] | None = None):
        events = self.model._meta.get_field("events").related_model.objects.select_related("by")
        joined = self.for_table(among).select_related("channel", "customer", "replaces__order")
        return joined.prefetch_related(models.Prefetch("events", events))


def load_history(order) -> None:
    """What came of an order from ``for_page_by_need()``; a kind that it has none of costs no query."""
    wanted = (
        models.Prefetch(name, rows if getattr(order, f"has_{name}") else rows.none())
        for name, rows in _history(type(order).objects.all()).items()
    )
    models.prefetch_related_objects([order], *wanted)


def _history(orders: OrderQuerySet) -> dict[str, models.QuerySet]:
    """What can happen to an order, by the name of its relation."""
    kinds = ("charges", "parcels", "refunds", "returns", "payments", "invoices", "taxes")
    rows = {name: orders.model._meta.get_field(name).related_model.objects.all() for name in kinds}
    rows["charges"] = rows["charges"].standing().order_by("pk")
    rows["taxes"] = rows["taxes"].order_by("-tax_rate_pct")
    rows["refunds"] = rows["refunds"].select_related("reversed_by", "line")
    rows["parcels"] = _with_their_lines(rows["parcels"].select_related("service", "packaging"))
    rows["returns"] = _with_their_lines(rows["returns"].select_related("reversed_by", "replacement"))
    return rows


def _with_their_lines(rows: models.QuerySet) -> models.QuerySet:
    lines = rows.model._meta.get_field("lines").related_model.objects.select_related("line")
    return rows.prefetch_related(models.Prefetch("lines", lines))


class OrderLineQuerySet(models.QuerySet):
    def in_order(self):
        return self.order_by("position", "pk")

    def plain(self):
        """Without kits whose contents are known: those take their parts from the shelf."""
        return self.filter(parts=None)

    def with_shelf(self):
        """Pieces ``needed``, ``kept`` back for the line, and ``free`` on the shelf for anybody."""
        return _with_shelf(self, _NEEDED, line="pk", b_grade="b_grade")

    def needs(self):
        """(line, order, item or None, whether b-grade, pieces still to send)."""
        return self.annotate(needed=_NEEDED).values_list("pk", "order", "variant__item", "b_grade", "needed")

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
        return _with_shelf(self, _NEEDED_OF_PART, line="line", b_grade="line__b_grade")

    def needs(self):
        """As that of lines."""
        rows = self.annotate(needed=_NEEDED_OF_PART)
        return rows.values_list("line", "line__order", "variant__item", "line__b_grade", "needed")


def _held_up(orders: OrderQuerySet) -> tuple[set[int], set[int]]:
    """Confirmed orders with something that is not on the shelf, and those with a line nobody has matched."""
    lines = _line_model(orders).filter(order__state=OrderState.CONFIRMED).plain()
    parts = _part_model(orders).filter(line__order__state=OrderState.CONFIRMED)
    short, unmatched = _short_lines(lines, parts, look_at_all=True)
    return set(short.values()), unmatched


def _short_lines(
    lines: models.QuerySet, parts: models.QuerySet, *, look_at_all: bool = False
) -> tuple[dict[int, int], set[int]]:
    """Lines with something that is not on the shelf, with their orders; and orders with a line nobody has matched.

    Of few lines only the shelves of their items are looked at.
    """
    needs = [*lines.needs(), *parts.needs()]
    kept, free = _shelf(None if look_at_all else {item for _line, _order, item, _grade, _needed in needs if item})
    unmatched = {order for _line, order, item, _grade, _needed in needs if item is None}
    short = {
        line: order
        for line, order, item, b_grade, needed in needs
        if item is not None and needed > kept.get((line, item), 0) + free.get((item, b_grade), 0)
    }
    return short, unmatched


def _shelf(
    items: Collection[int] | None = None,
) -> tuple[dict[tuple[int, int], Decimal], dict[tuple[int, bool], Decimal]]:
    """Of products: pieces kept back by (order line, item), and by (item, b-grade) those that nobody has spoken for.

    Of these ``items`` alone where they are named.
    """
    wanted = Q(item__variant__isnull=False) if items is None else Q(item__in=items)
    lots = Lot.objects.available().holding().filter(wanted)
    sums = lots.order_by().values_list("item", "is_b_grade").annotate(Sum("on_hand"))
    kept, free = {}, {(item, b_grade): pieces for item, b_grade, pieces in sums}
    spoken_for = Reservation.objects.filter(wanted, lot__isnull=False)
    for item, b_grade, source, source_id, quantity in spoken_for.values_list(
        "item", "lot__is_b_grade", "source", "source_id", "quantity"
    ):
        free[item, b_grade] = free.get((item, b_grade), 0) - quantity
        if source == _LINE:
            kept[source_id, item] = kept.get((source_id, item), 0) + quantity
    return kept, free


def _with_shelf(rows: models.QuerySet, needed, *, line: str, b_grade: str):
    item, grade = OuterRef("variant__item"), OuterRef(b_grade)
    kept = Reservation.objects.filter(source=_LINE, source_id=OuterRef(line), item=item, lot__isnull=False)
    held = Lot.objects.filter(item=item, archived_at=None, is_b_grade=grade)
    spoken_for = Reservation.objects.filter(item=item, lot__is_b_grade=grade)
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
