"""The facts that all profit reports add up. They are made from orders, runs, charges and expenses and can be made anew."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from pricing.models import Channel
from production.models import Printer
from sales.models.customers import Customer
from sales.models.orders import Order, OrderLine
from sales.report_choices import FactKind, RankAxis, SumAxis, SumGrain
from sales.report_querysets import ProfitFactQuerySet


def _money(name: str) -> models.DecimalField:
    return models.DecimalField(name, max_digits=14, decimal_places=2, default=0)


def _about(model: type[models.Model], name: str) -> models.ForeignKey:
    """Facts never keep a row alive: they are made anew when what they tell of changes."""
    return models.ForeignKey(
        model, models.DO_NOTHING, db_constraint=False, db_index=False, null=True, blank=True, related_name="+",
        verbose_name=name,
    )  # fmt: skip


class Amounts(models.Model):
    """What facts hold and what is added up from them, in the workspace's currency."""

    pieces = models.IntegerField(_("pieces"), default=0)
    print_time_s = models.BigIntegerField(_("print time (s)"), default=0)
    net = _money(_("net revenue"))
    tax = _money(_("tax"))
    fees = _money(_("fees"))
    material = _money(_("material"))
    machine = _money(_("machine and power"))
    labour = _money(_("work"))
    own = _money(_("made here, not told apart"))
    post = _money(_("postage and packaging"))
    refunds = _money(_("refunds"))
    other = _money(_("losses and expenses"))
    profit = _money(_("profit"))
    estimated = _money(_("of the cost: estimated"))
    fees_charged = _money(_("of the fees: by statement"))

    class Meta:
        abstract = True


class ProfitFact(Amounts):
    """What one order line, refund, lost run, expense or charge did to profit, in the workspace's currency.

    profit = net − fees − (material + machine + labour + own) − post − refunds − other. ``own`` is the part of a
    piece's cost that cannot be told apart. ``estimated`` says how much of the cost rests on recipes, ``fees_charged``
    how much of the fees on statements.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=FactKind.choices)
    source_id = models.BigIntegerField(_("number of its source"))
    on = models.DateField(_("on"))
    order = _about(Order, _("order"))
    line = _about(OrderLine, _("order line"))
    variant = _about(Variant, _("variant"))
    channel = _about(Channel, _("channel"))
    customer = _about(Customer, _("customer"))
    printer = _about(Printer, _("printer"))
    country = models.CharField(_("country"), max_length=2, blank=True)
    code = models.CharField(_("code"), max_length=20, blank=True)

    objects = ProfitFactQuerySet.as_manager()

    class Meta:
        verbose_name = _("profit fact")
        verbose_name_plural = _("profit facts")
        indexes = [
            models.Index(fields=["on"], name="sales_profitfact_by_day"),
            models.Index(fields=["kind", "source_id"], name="sales_profitfact_by_source"),
            models.Index(fields=["customer"], include=["on", "profit", "kind"], name="sales_profitfact_by_customer"),
            models.Index(fields=["variant", "on"], name="sales_profitfact_by_variant"),
            models.Index(
                fields=["kind", "on"], condition=Q(kind__in=FactKind.unassigned()), name="sales_profitfact_beside_sales"
            ),
            models.Index(fields=["order"], include=["on", "profit", "kind"], name="sales_profitfact_by_order"),
            models.Index(fields=["variant", "channel", "on"], name="sales_profitfact_by_listing"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=FactKind.values), name="sales_profitfact_kind_known"),
            models.CheckConstraint(
                condition=Q(
                    profit=F("net") - F("fees") - F("material") - F("machine") - F("labour") - F("own") - F("post")
                    - F("refunds") - F("other")
                ),
                name="sales_profitfact_adds_up",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.get_kind_display()} {self.profit}"


class ProfitSum(Amounts):
    """The facts of one month, or of five days, added up along one axis, so that a report over years reads months.

    ``on`` is the first day of the month or the stretch; of variant, channel, country and printer only those of its
    axis are filled. Two axes hold what names no order, or no customer: the rest is ranked by ``ProfitRank``.
    """

    axis = models.CharField(_("axis"), max_length=16, choices=SumAxis.choices)
    grain = models.CharField(_("of"), max_length=8, choices=SumGrain.choices, default=SumGrain.MONTH)
    kind = models.CharField(_("kind"), max_length=10, choices=FactKind.choices)
    on = models.DateField(_("from"))
    variant = _about(Variant, _("variant"))
    channel = _about(Channel, _("channel"))
    printer = _about(Printer, _("printer"))
    country = models.CharField(_("country"), max_length=2, blank=True)

    objects = ProfitFactQuerySet.as_manager()

    class Meta:
        verbose_name = _("profit of a month")
        verbose_name_plural = _("profit of months")
        indexes = [models.Index(fields=["axis", "grain", "on"], name="sales_profitsum_by_day")]
        constraints = [
            models.CheckConstraint(condition=Q(axis__in=SumAxis.values), name="sales_profitsum_axis_known"),
            models.CheckConstraint(condition=Q(grain__in=SumGrain.values), name="sales_profitsum_grain_known"),
            models.CheckConstraint(condition=Q(kind__in=FactKind.values), name="sales_profitsum_kind_known"),
            models.UniqueConstraint(
                fields=["axis", "grain", "on", "kind", "variant", "channel", "printer", "country"],
                nulls_distinct=False,
                name="sales_profitsum_unique",
            ),
        ]

    def __str__(self):
        return f"{self.on:%Y-%m} {self.axis} {self.profit}"


class ProfitRank(models.Model):
    """What an order earned in a month, or a customer in a year, so that the best of very many are found without adding all up.

    ``on`` is the first day of the month or year, ``key`` the number of the order or the customer, ``first_on`` the day of its first
    sale in there. ``alone``: nothing of it was booked in any other month or year.
    """

    axis = models.CharField(_("axis"), max_length=8, choices=RankAxis.choices)
    on = models.DateField(_("from"))
    key = models.BigIntegerField(_("number"))
    profit = _money(_("profit"))
    fact_count = models.PositiveIntegerField(_("facts"), default=1)
    first_on = models.DateField(_("first sale"), null=True, blank=True)
    alone = models.BooleanField(_("nowhere else"), default=True)

    class Meta:
        verbose_name = _("profit in a ranking")
        verbose_name_plural = _("profits in a ranking")
        indexes = [
            models.Index(
                fields=["on", "profit", "key"], condition=Q(axis=RankAxis.ORDER, alone=True), name="sales_profitrank_orders"
            ),
            models.Index(
                fields=["on", "key"], condition=Q(axis=RankAxis.ORDER, alone=False), name="sales_profitrank_again"
            ),
            models.Index(
                fields=["on", "profit", "key"], include=["fact_count"], condition=Q(axis=RankAxis.CUSTOMER),
                name="sales_profitrank_customers",
            ),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(condition=Q(axis__in=RankAxis.values), name="sales_profitrank_axis_known"),
            models.UniqueConstraint(fields=["axis", "key", "on"], name="sales_profitrank_unique"),
        ]

    def __str__(self):
        return f"{self.on:%Y-%m} {self.axis} {self.key} {self.profit}"


class BuyerSum(models.Model):
    """Customers something was shipped to in a month, on one channel or (without one) on all of them.

    ``new_count`` bought for the first time in this month, on whichever channel; ``back_count`` had bought in an earlier one.
    """

    on = models.DateField(_("month"))
    channel = _about(Channel, _("channel"))
    new_count = models.PositiveIntegerField(_("new customers"))
    back_count = models.PositiveIntegerField(_("returning customers"))
    profit_new = _money(_("profit from new"))
    profit_back = _money(_("profit from returning"))

    class Meta:
        verbose_name = _("buyers of a month")
        verbose_name_plural = _("buyers of months")
        constraints = [
            models.UniqueConstraint(fields=["on", "channel"], nulls_distinct=False, name="sales_buyersum_unique"),
        ]

    def __str__(self):
        return f"{self.on:%Y-%m} {self.new_count} + {self.back_count}"


class FeeCheck(models.Model):
    """One kind of fee of an order that a statement speaks of: what the schedule expects of it and what was charged.

    ``expected`` and ``charged`` are in the order's currency, empty where nobody spoke of it; the others in the workspace's.
    """

    order = _about(Order, _("order"))
    code = models.CharField(_("code"), max_length=40)
    placed_on = models.DateField(_("placed on"))
    channel = _about(Channel, _("channel"))
    expected = models.DecimalField(_("expected"), max_digits=14, decimal_places=2, null=True, blank=True)
    charged = models.DecimalField(_("charged"), max_digits=14, decimal_places=2, null=True, blank=True)
    gap = _money(_("between the two"))
    expected_home = _money(_("expected, our currency"))
    charged_home = _money(_("charged, our currency"))

    class Meta:
        verbose_name = _("fee that was checked")
        verbose_name_plural = _("fees that were checked")
        indexes = [
            models.Index(
                fields=["placed_on"], include=["channel", "expected_home", "charged_home"], name="sales_feecheck_by_day"
            ),
            models.Index(fields=["-gap", "-order", "code"], condition=Q(gap__gt=0), name="sales_feecheck_differing"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["order", "code"], name="sales_feecheck_unique"),
            models.CheckConstraint(condition=Q(gap__gte=0), name="sales_feecheck_gap_not_negative"),
        ]

    def __str__(self):
        return f"{self.code} {self.expected} {self.charged}"


class ProfitMark(models.Model):
    """Something that the profit facts do not know yet. Triggers write it, whoever changed the books."""

    kind = models.CharField(_("kind"), max_length=10, choices=FactKind.choices)
    source_id = models.BigIntegerField(_("number of its source"))

    class Meta:
        verbose_name = _("profit mark")
        verbose_name_plural = _("profit marks")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=FactKind.values), name="sales_profitmark_kind_known"),
        ]

    def __str__(self):
        return f"{self.kind} {self.source_id}"
