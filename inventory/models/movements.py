from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.choices import MovementKind
from inventory.models.lots import Lot
from inventory.querysets import MovementQuerySet
from nozzly.core.models import AppendOnlyModel


class Movement(AppendOnlyModel):
    """A row of the ledger: what came to a lot or left it, what that was worth, why, when and by whom.

    ``quantity`` and both values are signed and add up to what the lot caches. ``booked_on`` is the day the row
    counts for: the day it occurred or, when that period was closed already, the day it was recorded (``late``).
    """

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="movements", verbose_name=_("lot"))
    kind = models.CharField(_("kind"), max_length=12, choices=MovementKind.choices)
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3)
    bought_value = models.DecimalField(_("bought value"), max_digits=14, decimal_places=2)
    full_value = models.DecimalField(_("full value"), max_digits=14, decimal_places=2)
    source = models.CharField(_("source"), max_length=24)
    source_id = models.BigIntegerField(null=True, blank=True)
    source_text = models.CharField(_("reference"), max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    key = models.UUIDField()
    position = models.PositiveIntegerField()
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by", verbose_name=_("undoes")
    )
    late = models.BooleanField(_("late"), default=False)
    occurred_at = models.DateTimeField(_("occurred at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    booked_on = models.DateField(_("booked on"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = MovementQuerySet.as_manager()

    class Meta:
        verbose_name = _("movement")
        verbose_name_plural = _("movements")
        indexes = [
            models.Index(fields=["lot", "id"], name="inventory_movement_by_lot"),
            models.Index(fields=["source", "source_id"], name="inventory_movement_by_source"),
            models.Index(fields=["booked_on"], name="inventory_movement_by_day"),
            models.Index(
                fields=["booked_on"],
                condition=Q(kind=MovementKind.REVALUATION),
                name="inventory_movement_revalued",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["key", "position"], name="inventory_movement_key_unique"),
            models.CheckConstraint(condition=Q(kind__in=MovementKind.values), name="inventory_movement_kind_known"),
            models.CheckConstraint(
                condition=~Q(quantity=0) | Q(kind__in=[MovementKind.REVALUATION, MovementKind.REVERSAL]),
                name="inventory_movement_moves_something",
            ),
            models.CheckConstraint(
                condition=Q(quantity=0) | ~Q(kind=MovementKind.REVALUATION),
                name="inventory_movement_revaluation_moves_money_only",
            ),
            models.CheckConstraint(
                condition=Q(quantity=0)
                | Q(quantity__gt=0, bought_value__gte=0, full_value__gte=0)
                | Q(quantity__lt=0, bought_value__lte=0, full_value__lte=0),
                name="inventory_movement_money_goes_with_quantity",
            ),
            models.CheckConstraint(
                condition=Q(kind=MovementKind.REVERSAL, reverses__isnull=False)
                | (~Q(kind=MovementKind.REVERSAL) & Q(reverses__isnull=True)),
                name="inventory_movement_reversal_names_its_row",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.quantity:+f}"
