from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from nozzly.core.models import Timestamped
from pricing.models.channels import Channel
from pricing.querysets import EventQuerySet


class Event(Timestamped):
    """A fair: what being there costs, and how much is hoped to be sold. Money in the workspace's currency."""

    name = models.CharField(_("name"), max_length=120)
    channel = models.ForeignKey(
        Channel,
        models.PROTECT,
        related_name="events",
        verbose_name=_("sells as"),
        help_text=_("The channel whose prices and card fees hold there."),
    )
    location = models.ForeignKey(
        "inventory.Location",
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("stock of the stall"),
        help_text=_("Where the goods for the stall are kept; what was sold from there fills the pack list."),
    )
    starts_on = models.DateField(_("starts on"))
    days = models.PositiveSmallIntegerField(_("days"), default=1)
    stall = models.DecimalField(_("stall"), max_digits=14, decimal_places=2, default=0)
    travel = models.DecimalField(_("travel and bed"), max_digits=14, decimal_places=2, default=0)
    other = models.DecimalField(_("other"), max_digits=14, decimal_places=2, default=0)
    expected_units = models.PositiveIntegerField(_("pieces you hope to sell"))
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("fair")
        verbose_name_plural = _("fairs")
        indexes = [models.Index(fields=["starts_on", "id"], name="pricing_event_starts_idx")]
        constraints = [
            models.UniqueConstraint(fields=["name", "starts_on"], name="pricing_event_unique"),
            models.CheckConstraint(condition=Q(days__gt=0), name="pricing_event_days_positive"),
            models.CheckConstraint(condition=Q(expected_units__gt=0), name="pricing_event_units_positive"),
            models.CheckConstraint(
                condition=Q(stall__gte=0, travel__gte=0, other__gte=0), name="pricing_event_money_not_negative"
            ),
        ]

    def __str__(self):
        return f"{self.name} · {self.starts_on:%Y-%m-%d}"

    def get_absolute_url(self):
        return reverse("pricing:event_detail", args=[self.pk])

    @property
    def fixed_cost(self):
        return self.stall + self.travel + self.other
