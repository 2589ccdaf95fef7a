from datetime import date
from decimal import Decimal

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.choices import SpoolState
from inventory.models.deliveries import DeliveryLine
from inventory.models.items import Item
from inventory.models.locations import Location
from inventory.models.suppliers import Supplier
from inventory.querysets import LotQuerySet, SpoolQuerySet
from nozzly.core.addresses import address


class Lot(models.Model):
    """One physical holding of an item: a roll, a bag of magnets, the pieces of a run.

    ``on_hand`` and the money beside it are sums of the ledger, which alone changes them. Bought values hold
    material, inserts and paid labour; full values add machine time, own labour and overhead.
    """

    item = models.ForeignKey(Item, models.PROTECT, related_name="lots", verbose_name=_("item"))
    code = models.CharField(_("code"), max_length=12, unique=True)
    title = models.CharField(_("title"), max_length=200, blank=True, editable=False)  # the item's name, for sorting
    location = models.ForeignKey(
        Location, models.PROTECT, null=True, blank=True, related_name="lots", verbose_name=_("location")
    )
    supplier = models.ForeignKey(
        Supplier, models.SET_NULL, null=True, blank=True, related_name="lots", verbose_name=_("supplier")
    )
    delivery_line = models.ForeignKey(
        DeliveryLine, models.PROTECT, null=True, blank=True, related_name="lots", verbose_name=_("delivery line")
    )
    batch = models.CharField(_("maker's batch"), max_length=80, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    received_on = models.DateField(_("received on"), null=True, blank=True)
    on_hand = models.DecimalField(_("on hand"), max_digits=14, decimal_places=3, default=0, editable=False)
    bought_value = models.DecimalField(_("bought value"), max_digits=14, decimal_places=2, default=0, editable=False)
    full_value = models.DecimalField(_("full value"), max_digits=14, decimal_places=2, default=0, editable=False)
    bought_cost = models.DecimalField(
        _("bought cost per unit"), max_digits=18, decimal_places=6, default=0, editable=False
    )
    full_cost = models.DecimalField(_("full cost per unit"), max_digits=18, decimal_places=6, default=0, editable=False)
    is_b_grade = models.BooleanField(
        _("b-grade"), default=False, help_text=_("Sold only where somebody asks for it; orders leave it alone.")
    )
    needs_count = models.BooleanField(_("needs a count"), default=False)
    moved_at = models.DateTimeField(_("last moved at"), null=True, blank=True, editable=False)
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)
    search = SearchVectorField(null=True, editable=False)

    objects = LotQuerySet.as_manager()

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        indexes = [
            GinIndex(fields=["search"], name="inventory_lot_search"),
            models.Index(fields=["title", "id"], name="inventory_lot_by_title"),
            models.Index(fields=["on_hand", "id"], name="inventory_lot_by_on_hand"),
            models.Index(fields=["received_on", "id"], name="inventory_lot_by_received_on"),
            models.Index(fields=["bought_value", "id"], name="inventory_lot_by_value"),
            models.Index(fields=["item", "received_on"], name="inventory_lot_by_item"),
            models.Index(fields=["id"], condition=Q(needs_count=True), name="inventory_lot_needs_count"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(on_hand__gte=0), name="inventory_lot_on_hand_not_negative"),
            models.CheckConstraint(
                condition=Q(bought_value__gte=0, full_value__gte=0, bought_cost__gte=0, full_cost__gte=0),
                name="inventory_lot_values_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(on_hand__gt=0) | Q(bought_value=0, full_value=0),
                name="inventory_lot_nothing_is_worth_nothing",
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9A-HJKMNP-TV-Z]{4,12}$"), name="inventory_lot_code_readable"
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.title}".strip()

    def get_absolute_url(self):
        return address("inventory:spool_detail" if self.is_spool else "inventory:lot_detail", self.code)

    @property
    def is_spool(self) -> bool:
        return hasattr(self, "spool")

    def age_days(self, on: date) -> int | None:
        return None if self.received_on is None else max((on - self.received_on).days, 0)


class Spool(models.Model):
    """A roll of filament; what is left on it is its lot's ``on_hand``, in grams."""

    lot = models.OneToOneField(Lot, models.CASCADE, primary_key=True, related_name="spool")
    net_weight_g = models.DecimalField(_("filament when full (g)"), max_digits=14, decimal_places=3)
    tare_g = models.DecimalField(
        _("own empty reel (g)"), max_digits=14, decimal_places=3, null=True, blank=True,
        help_text=_("only when known of this very roll; else the filament's or the brand's is used"),
    )  # fmt: skip
    state = models.CharField(_("state"), max_length=8, choices=SpoolState.choices, default=SpoolState.SEALED)
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    dried_at = models.DateTimeField(_("dried at"), null=True, blank=True)

    objects = SpoolQuerySet.as_manager()

    class Meta:
        verbose_name = _("spool")
        verbose_name_plural = _("spools")
        indexes = [models.Index(fields=["state"], name="inventory_spool_by_state")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=SpoolState.values), name="inventory_spool_state_known"),
            models.CheckConstraint(condition=Q(net_weight_g__gt=0), name="inventory_spool_net_weight_positive"),
            models.CheckConstraint(
                condition=Q(tare_g=None) | Q(tare_g__gte=0), name="inventory_spool_tare_not_negative"
            ),
        ]

    def __str__(self):
        return str(self.lot)

    def get_absolute_url(self):
        return self.lot.get_absolute_url()

    def get_state_display(self):
        return str(SpoolState(self.state).label)  # Django's own hashes all choices for each row of a list

    @property
    def left_pct(self) -> Decimal:
        """How full it is, in percent of its own full weight; at most 100 for the ring."""
        return min(self.lot.on_hand * 100 / self.net_weight_g, Decimal(100)).quantize(Decimal("0.1"))
