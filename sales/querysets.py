from datetime import date

from django.db import models

from sales.choices import OrderState


class CustomerQuerySet(models.QuerySet):
    def known(self):
        """Those whose data was not erased."""
        return self.filter(erased_at=None)


class OrderQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state__in=OrderState.open())

    def shipped_between(self, first: date, last: date):
        """Both days included; a day is a day in the workspace's zone."""
        return self.filter(shipped_on__range=(first, last))

    def late(self, on: date):
        return self.open().filter(due_on__lt=on)


class OrderLineQuerySet(models.QuerySet):
    def in_order(self):
        return self.order_by("position", "pk")
