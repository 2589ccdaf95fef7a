from datetime import date

from django.db import models
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from inventory.models import Lot, Reservation
from production.choices import RunState
from production.models import RunOutput
from sales.choices import OrderState, Readiness

_LINE = "order_line"
_NONE = Value(0, output_field=models.DecimalField(max_digits=14, decimal_places=3))


class CustomerQuerySet(models.QuerySet):
    def known(self):
        """Those whose data was not erased."""
        return self.filter(erased_at=None)

    def matching(self, text: str):
        return self.filter(
            Q(name__icontains=text)
            | Q(company__icontains=text)
            | Q(email__icontains=text)
            | Q(postcode__istartswith=text)
            | Q(channel_handle__icontains=text)
        )

    def with_totals(self):
        """How often they bought, and what it earned (sent orders, workspace's currency); summed for the rows shown."""
        orders = self.model._meta.get_field("orders").related_model.objects.filter(customer=OuterRef("pk"))
        orders = orders.order_by().values("customer")
        count = orders.exclude(state=OrderState.CANCELLED).annotate(count=models.Count("pk")).values("count")
        return self.annotate(
            order_count=Coalesce(Subquery(count), 0),
            profit_home=Subquery(orders.annotate(total=Sum("profit_home")).values("total")),
            last_order_on=Subquery(orders.annotate(last=models.Max("placed_on")).values("last")),
        )


class OrderQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state__in=OrderState.open())

    def sent(self):
        return self.filter(state=OrderState.SHIPPED)

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
        short = lines.with_shelf().filter(needed__gt=F("kept") + F("free"))
        planned = short.filter(Exists(_runs_for_line()))
        return self.annotate(
            readiness=Case(
                When(~Q(state__in=OrderState.open()), then=Value("")),
                When(Exists(lines.filter(variant=None)), then=Value(Readiness.UNMATCHED)),
                When(Exists(planned), then=Value(Readiness.PRINTING)),
                When(Exists(short), then=Value(Readiness.MISSING)),
                default=Value(Readiness.READY),
                output_field=models.CharField(max_length=10),
            )
        )

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
        return self.for_table().prefetch_related("charges", "parcels__service", "parcels__packaging", "events__by")


class OrderLineQuerySet(models.QuerySet):
    def in_order(self):
        return self.order_by("position", "pk")

    def with_shelf(self):
        """Pieces ``needed``, ``kept`` back for the line, and ``free`` on the shelf for anybody."""
        kept = Reservation.objects.filter(source=_LINE, source_id=OuterRef("pk"), lot__isnull=False)
        held = Lot.objects.filter(item=OuterRef("variant__item"), archived_at=None)
        spoken_for = Reservation.objects.filter(item=OuterRef("variant__item"), lot__isnull=False)
        return self.annotate(
            needed=models.ExpressionWrapper(F("quantity") * F("pieces"), output_field=IntegerField()),
            kept=_total(kept, "source_id", "quantity"),
            free=_total(held, "item", "on_hand") - _total(spoken_for, "item", "quantity"),
        )

    def sent(self):
        return self.filter(order__state=OrderState.SHIPPED)

    def for_report(self, first: date, last: date):
        return self.sent().filter(order__shipped_on__range=(first, last))


def _total(queryset, group: str, column: str):
    total = queryset.order_by().values(group).annotate(total=Sum(column)).values("total")
    return Coalesce(Subquery(total), _NONE)


def _runs_for_line():
    return RunOutput.objects.filter(source=_LINE, source_id=OuterRef("pk"), run__state__in=RunState.open())


def _line_model(orders: OrderQuerySet):
    return orders.model._meta.get_field("lines").related_model.objects.all()
