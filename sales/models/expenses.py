from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from inventory.models import Delivery
from nozzly.core.models import Timestamped
from pricing.models import Event
from sales.choices import FairCost
from sales.report_choices import ExpenseCategory
from sales.report_querysets import ExpenseQuerySet


def _money(name: str, **options) -> models.DecimalField:
    return models.DecimalField(name, max_digits=14, decimal_places=2, **options)


class Expense(Timestamped):
    """Money the business spent on something that no piece carries: rent, a fair's stall, an advert.

    ``net`` + ``tax`` is what was paid, in the workspace's currency. ``cost`` is what of it lowers profit: the net
    amount where the tax comes back, all of it where it does not. ``booked_on`` is the day it counts for: that of the
    receipt or, when that period was closed already, the day it was entered. In a closed period it is not changed any
    more: a row that ``reverses`` it, with all signs turned, takes it back.
    """

    spent_on = models.DateField(_("date of the receipt"))
    booked_on = models.DateField(_("counts for"), editable=False)
    category = models.CharField(_("category"), max_length=12, choices=ExpenseCategory.choices)
    supplier = models.CharField(_("paid to"), max_length=120, blank=True)
    text = models.CharField(_("what for"), max_length=200)
    net = _money(_("net amount"))
    tax = _money(_("tax on it"), default=Decimal(0))
    cost = _money(_("lowers profit by"), editable=False)
    tax_reclaimed = models.BooleanField(_("tax is reclaimed"), default=False, editable=False)
    in_costs = models.BooleanField(
        _("already in the cost of the pieces"),
        default=False,
        help_text=_("Filament, power, printers: rates and runs charge them to the pieces, so profit leaves this out."),
    )
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by", verbose_name=_("takes back")
    )
    delivery = models.ForeignKey(
        Delivery, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("invoice of the delivery")
    )
    event = models.ForeignKey(
        Event, models.PROTECT, null=True, blank=True, related_name="expenses", verbose_name=_("fair"), editable=False
    )
    fair_cost = models.CharField(
        _("what of the fair"), max_length=8, choices=FairCost.choices, blank=True, editable=False
    )
    key = models.UUIDField(_("key of the entry"), unique=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ExpenseQuerySet.as_manager()

    class Meta:
        verbose_name = _("expense")
        verbose_name_plural = _("expenses")
        indexes = [
            models.Index(fields=["booked_on", "id"], name="sales_expense_by_day"),
            models.Index(fields=["spent_on", "id"], name="sales_expense_by_receipt"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(category__in=ExpenseCategory.values), name="sales_expense_category"),
            models.CheckConstraint(condition=~Q(text=""), name="sales_expense_says_what_for"),
            models.CheckConstraint(
                condition=Q(reverses=None, net__gte=0, tax__gte=0, cost__gte=0)
                | Q(reverses__isnull=False, net__lte=0, tax__lte=0, cost__lte=0),
                name="sales_expense_sign",
            ),
            models.CheckConstraint(
                condition=Q(event=None, fair_cost="") | Q(event__isnull=False, fair_cost__in=FairCost.values),
                name="sales_expense_of_a_fair_says_which",
            ),
            models.CheckConstraint(
                condition=Q(delivery=None) | Q(in_costs=True), name="sales_expense_delivery_is_in_costs"
            ),
        ]

    def __str__(self):
        return self.text

    def get_absolute_url(self):
        return reverse("sales:expense_detail", args=[self.pk])

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax
