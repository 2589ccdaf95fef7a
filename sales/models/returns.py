from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.models import Lot
from nozzly.core.models import AppendOnlyModel
from sales.choices import ReturnTo
from sales.models.orders import Order, OrderLine


class Return(AppendOnlyModel):
    """Pieces that a buyer sent back, and the order that replaces them where they were exchanged.

    It happened ``on`` a day and stands in the books of ``booked_on``, which differs where that month was closed. A
    return told by mistake gets a row that ``reverses`` it.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="returns", verbose_name=_("order"))
    reverses = models.OneToOneField(
        "self", models.PROTECT, related_name="reversed_by", verbose_name=_("reverses"), null=True, blank=True
    )
    replacement = models.OneToOneField(
        Order, models.PROTECT, related_name="replaces", verbose_name=_("exchanged for"), null=True, blank=True
    )
    on = models.DateField(_("on"))
    booked_on = models.DateField(_("booked on"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    key = models.UUIDField(_("key"), unique=True, editable=False)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        indexes = [
            models.Index(fields=["booked_on", "id"], name="sales_return_by_day"),
            models.Index(fields=["order"], name="sales_return_by_order"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(reverses=None) | Q(replacement=None), name="sales_return_reversal_replaces_nothing"
            ),
        ]

    def __str__(self):
        return f"{self.order} · {self.on:%Y-%m-%d}"


class ReturnLine(AppendOnlyModel):
    """Pieces of one order line that came back, and what they had cost when they were sold (our currency).

    Back on the shelf that cost is stock again; scrapped it is lost. In a row that reverses, all signs are turned.
    """

    returned = models.ForeignKey(Return, models.PROTECT, related_name="lines", verbose_name=_("return"))
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="returns", verbose_name=_("order line"))
    pieces = models.IntegerField(_("pieces"))
    to = models.CharField(_("where to"), max_length=8, choices=ReturnTo.choices, default=ReturnTo.STOCK)
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+", verbose_name=_("lot"), null=True, blank=True)
    bought_home = models.DecimalField(_("bought cost"), max_digits=14, decimal_places=2)
    full_home = models.DecimalField(_("full cost"), max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = _("line of a return")
        verbose_name_plural = _("lines of returns")
        constraints = [
            models.CheckConstraint(condition=~Q(pieces=0), name="sales_returnline_pieces_not_zero"),
            models.CheckConstraint(condition=Q(to__in=ReturnTo.values), name="sales_returnline_to_known"),
        ]

    def __str__(self):
        return f"{self.pieces} × {self.line.title}"
