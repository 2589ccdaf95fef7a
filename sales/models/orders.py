"""What was bought, what it brought and what it cost. Money is in the order's own currency unless a name says otherwise."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from nozzly.core.addresses import address
from nozzly.core.models import AppendOnlyModel, Timestamped
from nozzly.tax.choices import TaxClass, TreatmentKind
from pricing.models import Channel
from sales.choices import CostOrigin, OrderEventKind, OrderState
from sales.models.customers import Customer
from sales.querysets import OrderLineQuerySet, OrderQuerySet


def _money(name: str, **options) -> models.DecimalField:
    return models.DecimalField(name, max_digits=14, decimal_places=2, **options)


class OrderCounter(models.Model):
    """The last number given out in a series."""

    series = models.CharField(max_length=12, primary_key=True)
    last = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("order counter")
        verbose_name_plural = _("order counters")

    def __str__(self):
        return f"{self.series}: {self.last}"


class Order(Timestamped):
    """One purchase by one buyer.

    ``rate`` is what one unit of ``currency`` was worth in the workspace's on the day. The frozen figures (``*_home``,
    in the workspace's currency) are null until the order is shipped; before that they are estimated by a query.
    """

    number = models.CharField(_("number"), max_length=40, unique=True)
    channel = models.ForeignKey(
        Channel, models.PROTECT, related_name="orders", verbose_name=_("channel"), null=True, blank=True
    )
    external_id = models.CharField(_("number on the channel"), max_length=80, blank=True)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="orders", verbose_name=_("customer"), null=True, blank=True
    )
    state = models.CharField(_("state"), max_length=10, choices=OrderState.choices, default=OrderState.NEW)
    placed_on = models.DateField(_("placed on"))
    due_on = models.DateField(_("due on"), null=True, blank=True)
    is_rush = models.BooleanField(_("rush"), default=False)
    gift_note = models.TextField(_("gift note"), blank=True)
    note = models.TextField(_("note to ourselves"), blank=True)
    ship_to = models.TextField(_("ship to"), blank=True)
    ship_to_country = models.CharField(_("ships to"), max_length=2, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    rate = models.DecimalField(_("exchange rate"), max_digits=18, decimal_places=8, default=Decimal(1))
    postage_charged = _money(_("postage charged"), default=0)
    gift_wrap_charged = _money(_("gift wrap charged"), default=0)
    discount = _money(_("discount by the shop"), default=0)
    tax_added = _money(_("tax added at the till"), default=0)
    tax_kind = models.CharField(_("tax treatment"), max_length=20, choices=TreatmentKind.choices, blank=True)
    tax_rate_pct = models.DecimalField(_("tax rate, %"), max_digits=7, decimal_places=4, default=0)
    by_offsite_ad = models.BooleanField(_("came by an offsite ad"), default=False)
    tracking = models.CharField(_("tracking number"), max_length=80, blank=True)
    terms_days = models.PositiveSmallIntegerField(
        _("days to pay"),
        null=True,
        blank=True,
        help_text=_("From the day of the invoice; empty where it is paid at once."),
    )
    buyer_reference = models.CharField(_("buyer's order number"), max_length=80, blank=True)
    deposit_asked = _money(_("deposit asked for"), default=0)
    paid_in_cash = models.BooleanField(_("paid in cash"), default=False)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    packed_at = models.DateTimeField(_("packed at"), null=True, blank=True)
    shipped_at = models.DateTimeField(_("shipped at"), null=True, blank=True)
    shipped_on = models.DateField(_("shipped on"), null=True, blank=True, editable=False)
    delivered_on = models.DateField(_("delivered on"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    create_key = models.UUIDField(_("key of the entry"), unique=True, null=True, blank=True, editable=False)
    ship_key = models.UUIDField(_("key of the shipping"), unique=True, null=True, blank=True, editable=False)
    net_home = _money(_("net revenue"), null=True, blank=True, editable=False)
    tax_home = _money(_("tax owed"), null=True, blank=True, editable=False)
    fees_home = _money(_("fees"), null=True, blank=True, editable=False)
    cost_home = _money(_("cost of the goods"), null=True, blank=True, editable=False)
    post_home = _money(_("postage and packaging"), null=True, blank=True, editable=False)
    profit_home = _money(_("profit"), null=True, blank=True, editable=False)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = [
            models.Index(fields=["state", "due_on", "id"], name="sales_order_by_due"),
            models.Index(fields=["placed_on", "id"], name="sales_order_by_placed"),
            models.Index(fields=["shipped_on", "id"], name="sales_order_by_shipped"),
            models.Index(fields=["channel", "placed_on"], name="sales_order_by_channel"),
            models.Index(fields=["customer", "placed_on"], name="sales_order_by_customer"),
            models.Index(fields=["customer"], name="sales_order_bought", condition=~Q(state=OrderState.CANCELLED)),
            models.Index(
                fields=["-is_rush", "due_on", "id"],
                name="sales_order_by_urgency",
                condition=Q(state__in=OrderState.open()),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "external_id"], condition=~Q(external_id=""), name="sales_order_external_id_unique"
            ),
            models.CheckConstraint(condition=Q(state__in=OrderState.values), name="sales_order_state_known"),
            models.CheckConstraint(
                condition=Q(tax_kind="") | Q(tax_kind__in=TreatmentKind.values), name="sales_order_tax_kind_known"
            ),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="sales_order_currency_code"),
            models.CheckConstraint(
                condition=Q(ship_to_country="") | Q(ship_to_country__regex=r"^[A-Z]{2}$"),
                name="sales_order_country_code",
            ),
            models.CheckConstraint(condition=Q(rate__gt=0), name="sales_order_rate_positive"),
            models.CheckConstraint(
                condition=Q(
                    postage_charged__gte=0, gift_wrap_charged__gte=0, discount__gte=0, tax_added__gte=0,
                    tax_rate_pct__range=(0, 100),
                ),
                name="sales_order_money_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OrderState.sent(), shipped_at__isnull=False, shipped_on__isnull=False)
                | (~Q(state__in=OrderState.sent()) & Q(shipped_at=None, shipped_on=None)),
                name="sales_order_shipped_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(shipped_at=None, profit_home=None)
                | Q(shipped_at__isnull=False, net_home__isnull=False, profit_home__isnull=False),
                name="sales_order_frozen_when_shipped",
            ),
            models.CheckConstraint(condition=Q(deposit_asked__gte=0), name="sales_order_deposit_not_negative"),
            models.CheckConstraint(
                condition=~Q(state=OrderState.DELIVERED) | Q(delivered_on__isnull=False),
                name="sales_order_delivered_has_its_day",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return address("sales:order_detail", self.pk)

    @property
    def goods_total(self) -> Decimal:
        """What the goods cost the buyer after discounts; asks for loaded lines."""
        return sum((line.total for line in self.lines.all()), Decimal(0)) - self.discount

    @property
    def buyer_total(self) -> Decimal:
        """What the buyer pays: goods, postage, wrapping and tax added at the till; asks for loaded lines."""
        return self.goods_total + self.postage_charged + self.gift_wrap_charged + self.tax_added

    @property
    def margin_pct(self) -> Decimal | None:
        """Profit in percent of net revenue; None before it is shipped or without revenue."""
        return self.profit_home * 100 / self.net_home if self.net_home else None

    @property
    def is_open(self) -> bool:
        return self.state in OrderState.open()

    @property
    def is_sent(self) -> bool:
        return self.state in OrderState.sent()


class OrderLine(models.Model):
    """Some pieces of one thing; a line without a variant waits for somebody to say what it is.

    ``quantity`` counts listings, ``pieces`` what one of them holds. ``unit_price`` is for one listing, as the buyer
    saw it. Costs per piece are frozen when the order is shipped (workspace's currency, six decimals). ``tax_class``
    follows the product until the order is confirmed; ``tax_home`` is known of lines of an order at several rates.
    """

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines", verbose_name=_("order"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    external_id = models.CharField(_("number on the channel"), max_length=80, blank=True)
    variant = models.ForeignKey(
        Variant, models.PROTECT, related_name="order_lines", verbose_name=_("product"), null=True, blank=True
    )
    title = models.CharField(_("title"), max_length=300)
    options = models.CharField(_("options"), max_length=300, blank=True)
    personalisation = models.CharField(_("personalisation"), max_length=300, blank=True)
    b_grade = models.BooleanField(
        _("b-grade"), default=False, help_text=_("Takes pieces that came out less than perfect, and no others.")
    )
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    pieces = models.PositiveIntegerField(_("pieces in one"), default=1)
    unit_price = _money(_("price"))
    discount = _money(_("discount"), default=0)
    tax_class = models.CharField(_("tax class"), max_length=12, choices=TaxClass.choices, default=TaxClass.STANDARD)
    pieces_sent = models.PositiveIntegerField(_("pieces sent so far"), default=0, editable=False)
    pieces_dropped = models.PositiveIntegerField(_("pieces that will not be sent"), default=0, editable=False)
    bought_cost = models.DecimalField(
        _("bought cost per piece"), max_digits=18, decimal_places=6, null=True, blank=True, editable=False
    )
    full_cost = models.DecimalField(
        _("full cost per piece"), max_digits=18, decimal_places=6, null=True, blank=True, editable=False
    )
    cost_origin = models.CharField(
        _("cost is"), max_length=10, choices=CostOrigin.choices, default=CostOrigin.UNKNOWN, editable=False
    )
    net_home = _money(_("net revenue"), null=True, blank=True, editable=False)
    tax_home = _money(_("tax owed"), null=True, blank=True, editable=False)
    fees_home = _money(_("fees"), null=True, blank=True, editable=False)
    cost_home = _money(_("cost of the goods"), null=True, blank=True, editable=False)
    post_home = _money(_("postage and packaging"), null=True, blank=True, editable=False)
    profit_home = _money(_("profit"), null=True, blank=True, editable=False)

    objects = OrderLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        indexes = [models.Index(fields=["order", "position"], name="sales_orderline_in_order")]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0, pieces__gt=0), name="sales_orderline_quantity_positive"),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0, discount__gte=0), name="sales_orderline_money_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(cost_origin__in=CostOrigin.values), name="sales_orderline_cost_origin_known"
            ),
            models.CheckConstraint(condition=Q(tax_class__in=TaxClass.values), name="sales_orderline_tax_class_known"),
            models.CheckConstraint(
                condition=Q(pieces_sent__lte=F("quantity") * F("pieces") - F("pieces_dropped")),
                name="sales_orderline_sent_at_most_all",
            ),
        ]

    def __str__(self):
        return f"{self.quantity} × {self.title}"

    @property
    def total(self) -> Decimal:
        return self.unit_price * self.quantity - self.discount

    @property
    def piece_count(self) -> int:
        return self.quantity * self.pieces

    @property
    def pieces_left(self) -> int:
        """Still to be sent; asks nothing of an order that is on its way."""
        return self.piece_count - self.pieces_sent - self.pieces_dropped

    @property
    def pieces_gone(self) -> int:
        """What the buyer got, once the order is sent."""
        return self.piece_count - self.pieces_dropped


class OrderTax(models.Model):
    """The part of an order that is taxed at one rate; an order at a single rate says all of it itself.

    ``gross`` is what the buyer pays of it, ``gross_upto`` that and the parts before it, ``gross_whole`` all of them, in
    the order's currency: so any payment is shared to the rates to the cent. Its figures are frozen with the order's.
    """

    order = models.ForeignKey(Order, models.CASCADE, related_name="taxes", verbose_name=_("order"))
    tax_rate_pct = models.DecimalField(_("tax rate, %"), max_digits=7, decimal_places=4)
    gross = _money(_("the buyer pays"))
    gross_upto = _money(_("up to this rate"))
    gross_whole = _money(_("at all rates"))
    net_home = _money(_("net revenue"), null=True, blank=True)
    tax_home = _money(_("tax owed"), null=True, blank=True)

    class Meta:
        verbose_name = _("tax of an order")
        verbose_name_plural = _("taxes of orders")
        constraints = [
            models.UniqueConstraint(fields=["order", "tax_rate_pct"], name="sales_ordertax_rate_once"),
            models.CheckConstraint(condition=Q(tax_rate_pct__range=(0, 100)), name="sales_ordertax_rate_range"),
            models.CheckConstraint(
                condition=Q(gross__gte=0, gross_upto__gte=F("gross"), gross_whole__gte=F("gross_upto")),
                name="sales_ordertax_gross_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(net_home=None, tax_home=None) | Q(net_home__isnull=False, tax_home__isnull=False),
                name="sales_ordertax_frozen_whole",
            ),
        ]

    def __str__(self):
        return f"{self.tax_rate_pct} %: {self.gross}"


class OrderEvent(AppendOnlyModel):
    """The order's own diary."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="events", verbose_name=_("order"))
    kind = models.CharField(_("kind"), max_length=10, choices=OrderEventKind.choices)
    text = models.CharField(_("text"), max_length=300, blank=True)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("order event")
        verbose_name_plural = _("order events")
        indexes = [models.Index(fields=["order", "at"], name="sales_orderevent_by_order")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=OrderEventKind.values), name="sales_orderevent_kind_known"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.text}".strip()
