"""Every way in which pricing is read."""

from datetime import date

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q
from django.db.models.functions import Lower


class ChannelQuerySet(models.QuerySet):
    def active(self):
        return self.filter(archived_at=None)

    def archived(self):
        return self.filter(archived_at__isnull=False)

    def in_order(self):
        return self.order_by("position", Lower("name"), "pk")

    def for_table(self):
        return self.annotate(listing_count=Count("listings", filter=Q(listings__ended_at=None)))


class FeeOverrideQuerySet(models.QuerySet):
    def valid_on(self, on: date):
        """The rows that may count on a day, older ones first, so that a later one wins."""
        return self.filter(valid_from__lte=on).order_by("valid_from", "pk")


class OwnFeeQuerySet(models.QuerySet):
    def valid_on(self, on: date):
        return self.filter(valid_from__lte=on).filter(Q(valid_until=None) | Q(valid_until__gte=on)).order_by("pk")


class ListingMatchQuerySet(models.QuerySet):
    def waiting(self):
        """Nobody has said yet which product it is."""
        return self.filter(variant=None, is_ignored=False)

    def answered(self):
        return self.filter(Q(is_ignored=True) | Q(variant__isnull=False))

    def for_table(self):
        return self.select_related("channel", "variant__product", "variant__item")


class ListingQuerySet(models.QuerySet):
    def live(self):
        return self.filter(ended_at=None)

    def for_table(self):
        return self.select_related("variant__product", "variant__item", "channel")

    def below_target(self):
        """Under the channel's target when last looked at; what was never looked at counts too."""
        return self.live().filter(Q(margin_pct=None) | Q(margin_pct__lt=F("channel__target_margin_pct")))

    def for_check(self):
        """Live listings on channels in use, in a steady order, with all that their margin needs."""
        return (
            self.live()
            .filter(channel__archived_at=None, variant__archived_at=None, variant__product__archived_at=None)
            .select_related("variant__product__licence", "variant__item", "channel")
            .order_by("variant_id", "pk")
        )

    def for_sheet(self):
        """Rows of a price sheet by product title, each product with its first picture."""
        photos = self.model._meta.get_field("variant").related_model._meta.get_field("product").related_model
        photos = photos._meta.get_field("photos").related_model
        return (
            self.live()
            .filter(variant__archived_at=None, variant__product__archived_at=None)
            .select_related("variant__product__category", "variant__item", "channel")
            .prefetch_related(
                Prefetch("variant__product__photos", photos.objects.order_by("position", "pk"), to_attr="photo_list"),
            )
            .order_by(Lower("variant__product__title"), "variant__position", "variant_id", "pieces")
        )

    def matching(self, text: str):
        found = self
        for word in text.split():
            found = found.filter(
                Q(variant__product__title__icontains=word)
                | Q(variant__name__icontains=word)
                | Q(variant__item__sku__istartswith=word)
                | Q(external_id__istartswith=word)
            )
        return found


class ShippingServiceQuerySet(models.QuerySet):
    def active(self):
        return self.filter(archived_at=None)

    def matching(self, text: str):
        found = self
        for word in text.split():
            found = found.filter(Q(name__icontains=word) | Q(carrier__icontains=word))
        return found

    def valid_on(self, on: date):
        return self.filter(valid_from__lte=on, archived_at=None)

    def newest_on(self, on: date):
        """Of each service and zone the price that holds on a day."""
        later = self.model.objects.filter(
            name=OuterRef("name"),
            carrier=OuterRef("carrier"),
            zone=OuterRef("zone"),
            archived_at=None,
            valid_from__gt=OuterRef("valid_from"),
            valid_from__lte=on,
        )
        return self.valid_on(on).filter(~Exists(later))


class PriceSheetQuerySet(models.QuerySet):
    def for_table(self):
        return self.select_related("channel", "category")

    def for_customers(self):
        """Sheets that hold no cost."""
        return self.exclude(kind="internal")


class MarginAlarmQuerySet(models.QuerySet):
    def open(self):
        return self.filter(cleared_at=None)

    def for_table(self):
        return self.select_related("listing__variant__product", "listing__variant__item", "listing__channel")


class EventQuerySet(models.QuerySet):
    def for_table(self):
        return self.select_related("channel", "location")


class JobQuoteQuerySet(models.QuerySet):
    def accepted(self):
        return self.filter(state="accepted")

    def drafts(self):
        return self.filter(state="draft")

    def waiting(self):
        """Sent, and nobody has answered yet."""
        return self.filter(state="sent")

    def for_table(self):
        return self.select_related("variant__product")

    def for_page(self):
        return self.select_related("variant__product", "channel", "printer_model").prefetch_related(
            "slots__filament__item", "slots__group", "plates", "prices"
        )

    def matching(self, text: str):
        found = self
        for word in text.split():
            number = word[1:] if word[:1] in "qQ" else word
            meant = Q(title__icontains=word) | Q(customer__icontains=word)
            if number.isdigit() and len(number) < 10:
                meant |= Q(pk=int(number))
            found = found.filter(meant)
        return found
