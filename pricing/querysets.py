from datetime import date

from django.db import models
from django.db.models.functions import Lower


class ChannelQuerySet(models.QuerySet):
    def active(self):
        return self.filter(archived_at=None)

    def in_order(self):
        return self.order_by("position", Lower("name"), "pk")


class FeeOverrideQuerySet(models.QuerySet):
    def valid_on(self, on: date):
        """The rows that may count on a day, older ones first, so that a later one wins."""
        return self.filter(valid_from__lte=on).order_by("valid_from", "pk")


class ListingQuerySet(models.QuerySet):
    def for_table(self):
        return self.select_related("variant__product", "variant__item", "channel")


class ShippingServiceQuerySet(models.QuerySet):
    def valid_on(self, on: date):
        return self.filter(valid_from__lte=on, archived_at=None)
