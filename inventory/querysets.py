"""Every read of the stock room, in the words of the trade."""

from datetime import date, datetime
from decimal import Decimal

from django.apps import apps
from django.contrib.postgres.search import SearchQuery
from django.db.models import (
    Count,
    DecimalField,
    Exists,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    Window,
)
from django.db.models.functions import Coalesce

from inventory.choices import ItemKind, SpoolState
from nozzly.core.models import AppendOnlyQuerySet
from nozzly.core.natural import by_number

QUANTITY = DecimalField(max_digits=14, decimal_places=3)
MONEY = DecimalField(max_digits=14, decimal_places=2)
NOTHING = Value(Decimal(0))
COST_COLUMNS = ("bought_value", "full_value", "bought_cost", "full_cost")


def words_query(text: str) -> SearchQuery | None:
    """A search in which every word may be the beginning of one; None when there is no word to look for."""
    words = "".join(letter if letter.isalnum() else " " for letter in text).split()
    terms = [f"{word}:*" for word in words]
    return SearchQuery(" & ".join(terms), config="simple", search_type="raw") if terms else None


class SearchedQuerySet(QuerySet):
    """Rows with an indexed ``search`` column."""

    def matching(self, text: str):
        query = words_query(text)
        return self.filter(search=query) if query is not None else self


class BrandQuerySet(QuerySet):
    def with_filament_counts(self):
        return self.annotate(filament_count=Count("filaments"))


class SupplierQuerySet(QuerySet):
    def for_table(self):
        return self.annotate(delivery_count=Count("deliveries"), last_delivery_on=Max("deliveries__received_on"))


class ItemQuerySet(SearchedQuerySet):
    def available(self):
        """Not archived."""
        return self.filter(archived_at=None)

    def bought(self):
        return self.filter(kind__in=ItemKind.bought())

    def parts_and_packaging(self):
        return self.filter(kind__in=(ItemKind.COMPONENT, ItemKind.PACKAGING))

    def with_stock(self):
        """Adds ``stock``: the quantity on hand over all lots, in the item's unit."""
        return self.annotate(stock=_total("Lot", "on_hand", item=OuterRef("pk")))

    def with_reserved(self):
        """Adds ``reserved``: what planned runs and open orders have asked for by this very item."""
        return self.annotate(reserved=_total("Reservation", "quantity", item=OuterRef("pk")))

    def with_value(self):
        return self.annotate(stock_value=_total("Lot", "bought_value", MONEY, item=OuterRef("pk")))

    def for_table(self):
        return self.select_related("preferred_supplier").with_stock().with_reserved()


class FilamentQuerySet(QuerySet):
    def available(self):
        return self.filter(item__archived_at=None)

    def for_choice(self):
        """What a list of filaments to pick from shows, in the order people look for them."""
        return self.available().select_related("item", "brand", "material").order_by("item__name", "pk")

    def matching(self, text: str):
        query = words_query(text)
        return self.filter(item__search=query) if query is not None else self

    def with_stock(self):
        """Adds ``stock_g``, ``sealed_g``, ``open_g``, ``reserved_g`` and ``spool_count``."""
        lots = {"item": OuterRef("pk")}
        opened = [SpoolState.OPEN, SpoolState.DRYING]
        return self.annotate(
            stock_g=_total("Lot", "on_hand", **lots),
            sealed_g=_total("Lot", "on_hand", spool__state=SpoolState.SEALED, **lots),
            open_g=_total("Lot", "on_hand", spool__state__in=opened, **lots),
            reserved_g=_total("Reservation", "quantity", item=OuterRef("pk")),
            spool_count=_count("Lot", on_hand__gt=0, **lots),
        )

    def for_table(self):
        return self.select_related("item", "brand", "material", "group").with_stock()


class GroupQuerySet(QuerySet):
    def with_stock(self):
        """Adds ``stock_g`` over all filaments of the group and ``reserved_g`` asked for from the group itself."""
        return self.annotate(
            stock_g=_total("Lot", "on_hand", item__filament__group=OuterRef("pk")),
            reserved_g=_total("Reservation", "quantity", group=OuterRef("pk")),
        )

    def for_table(self):
        return self.select_related("material").with_stock().annotate(filament_count=Count("filaments"))


class LocationQuerySet(QuerySet):
    def in_tree_order(self):
        """Every place after the one it is in, Shelf 2 before Shelf 10."""
        return self.order_by(by_number("path"), "pk")

    def slots(self):
        return self.filter(kind="slot")

    def with_lot_counts(self):
        return self.annotate(lot_count=_count("Lot", location=OuterRef("pk"), on_hand__gt=0))

    def within(self, location):
        """The place itself and everything in it."""
        return self.filter(Q(pk=location.pk) | Q(path__startswith=location.path + location.SEPARATOR))


class LotQuerySet(SearchedQuerySet):
    def available(self):
        return self.filter(archived_at=None)

    def to_count(self, stocktake):
        """What a stocktake has not seen yet, what was flagged first."""
        rows = self.available().filter(on_hand__gt=0) | self.available().filter(needs_count=True)
        places = [place.path for place in stocktake.locations.all()]
        if places:
            within = Q()
            for path in places:
                within |= Q(location__path=path) | Q(location__path__startswith=f"{path} › ")
            rows = rows.filter(within)
        return rows.exclude(stocktake_lines__stocktake=stocktake).order_by(
            "-needs_count", by_number("location__path"), "title", "pk"
        )

    def holding(self):
        return self.filter(on_hand__gt=0)

    def spools(self):
        return self.filter(spool__isnull=False)

    def without_cost(self):
        """For people who see no cost: the columns are not even read."""
        return self.defer(*COST_COLUMNS)

    def seen_by(self, user):
        return self if user.sees_cost else self.without_cost()

    def oldest_first(self):
        return self.order_by(F("received_on").asc(nulls_first=True), "pk")

    def for_list(self):
        """Rows of the spool list: what its columns show, and no more."""
        return self.select_related("spool", "location", "supplier", "item__filament").defer("search")

    def for_table(self):
        """A roll with all that describes it."""
        return self.select_related("spool", "location", "item__filament__brand", "item__filament__material", "supplier")

    def for_page(self):
        return self.for_table().select_related(
            "item__filament__group", "delivery_line__delivery", "item__preferred_supplier"
        )

    def for_label(self):
        return self.select_related("spool", "item__filament__brand", "item__filament__material")

    def untouched_since(self, at: datetime):
        """Held but not moved since then: money that stands on a shelf."""
        return self.holding().filter(moved_at__lt=at)


class SpoolQuerySet(QuerySet):
    def in_use(self):
        return self.filter(state__in=SpoolState.in_use(), lot__archived_at=None)

    def for_page(self):
        return self.select_related(
            "lot__item__filament__brand",
            "lot__item__filament__material",
            "lot__item__filament__group",
            "lot__location",
            "lot__supplier",
            "lot__delivery_line__delivery",
        )

    def ready_to_print(self):
        """Open rolls first, the oldest of them first; then sealed ones in the order they came."""
        return (
            self.in_use()
            .filter(lot__on_hand__gt=0)
            .annotate(is_sealed=Q(state=SpoolState.SEALED))
            .order_by("is_sealed", F("opened_at").asc(nulls_last=True), F("lot__received_on").asc(), "pk")
        )


class MovementQuerySet(AppendOnlyQuerySet):
    def in_order(self):
        return self.order_by("pk")

    def with_balance(self):
        """Adds ``balance``: what the lot held after each row."""
        running = Window(Sum("quantity"), partition_by="lot", order_by="pk")
        return self.annotate(balance=running)

    def booked_by(self, on: date):
        """Everything that counts up to the close of that day."""
        return self.filter(booked_on__lte=on)

    def not_reversed(self):
        reversing = self.model._base_manager.filter(reverses=OuterRef("pk"))
        return self.filter(~Exists(reversing))

    def for_history(self):
        return self.select_related("by", "reversed_by", "reverses").with_balance().order_by("-pk")


class DeliveryQuerySet(QuerySet):
    def standing(self):
        """Not undone."""
        return self.filter(undone_at=None)

    def naming(self, text: str):
        return self.filter(Q(supplier__name__icontains=text) | Q(invoice_number__icontains=text))

    def for_table(self):
        total = Coalesce(Sum("lines__line_total"), NOTHING, output_field=MONEY)
        return self.select_related("supplier").annotate(
            lines_total=total, line_count=Count("lines"), piece_count=Coalesce(Sum("lines__count"), 0)
        )

    def for_page(self):
        return self.select_related("supplier", "by").prefetch_related("lines__item__filament", "lines__lots__spool")


class StocktakeQuerySet(QuerySet):
    def for_table(self):
        return self.select_related("started_by").annotate(line_count=Count("lines"))


class PolicyQuerySet(QuerySet):
    def with_stock(self):
        """Adds ``held`` and ``reserved`` of the item, or of all filaments of the group."""
        of_item, of_group = Q(item=OuterRef("item")), Q(item__filament__group=OuterRef("group"))
        # A policy has an item or a group. Sums apart go by an index each; one condition with "or" would read every lot.
        return self.annotate(
            held=_total("Lot", "on_hand", where=of_item) + _total("Lot", "on_hand", where=of_group),
            reserved=_total("Reservation", "quantity", where=of_item)
            + _total("Reservation", "quantity", where=of_group)
            + _total("Reservation", "quantity", where=Q(group=OuterRef("group"))),
        )

    def for_table(self):
        return self.select_related("item__filament__brand", "group", "item__preferred_supplier").with_stock()


class ReservationQuerySet(QuerySet):
    def of(self, source: str, source_id: int):
        return self.filter(source=source, source_id=source_id)


def _grouped(model: str, total, where: Q, conditions: dict):
    """One number of another table; a join would multiply it by the rows of the next join."""
    rows = apps.get_model("inventory", model)._base_manager.filter(where, **conditions)
    return rows.order_by().annotate(one=Value(1)).values("one").annotate(total=total).values("total")


def _total(model: str, column: str, field=QUANTITY, where=None, **conditions):
    rows = _grouped(model, Sum(column), where or Q(), conditions)
    return Coalesce(Subquery(rows, output_field=field), NOTHING, output_field=field)


def _count(model: str, **conditions):
    return Coalesce(Subquery(_grouped(model, Count("pk"), Q(), conditions)), 0)
