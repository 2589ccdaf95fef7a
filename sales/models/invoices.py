"""Invoices and credit notes: everything that stands on them is kept with them, and nothing of it ever changes."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from nozzly.core.models import AppendOnlyModel, Timestamped
from sales.choices import InvoiceForm, InvoiceKind
from sales.models.orders import Order
from sales.models.refunds import Refund
from sales.querysets import InvoiceQuerySet


def _money(name: str) -> models.DecimalField:
    return models.DecimalField(name, max_digits=14, decimal_places=2)


class SellerDetails(Timestamped):
    """Who we are on invoices; one row."""

    legal_name = models.CharField(_("name of the business"), max_length=160)
    address = models.TextField(_("address"))
    contact = models.CharField(_("email or phone"), max_length=160, blank=True)
    bank = models.TextField(_("bank account"), blank=True, help_text=_("Stands on invoices that are still to be paid."))
    registration = models.CharField(
        _("company registration"),
        max_length=200,
        blank=True,
        help_text=_("Court and number, where the law asks for it."),
    )
    small_business_note = models.CharField(
        _("note while not registered for tax"), max_length=300, blank=True,
        help_text=_("Left empty, the usual sentence of your country."),
    )  # fmt: skip
    prefix = models.CharField(_("in front of invoice numbers"), max_length=8, blank=True)
    terms_days = models.PositiveSmallIntegerField(_("days to pay"), default=14)
    footer = models.CharField(_("footer"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("details on invoices")
        verbose_name_plural = _("details on invoices")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="sales_sellerdetails_one_row")]

    def __str__(self):
        return self.legal_name


class Invoice(AppendOnlyModel):
    """An invoice, or a credit note that takes (part of) one back: then its amounts are below zero.

    Numbers of a year and kind have no gap. ``net`` + ``tax`` = ``gross`` in ``currency``; ``*_home`` are in the
    workspace's at the ``rate`` of the order. It is issued ``issued_on`` for goods of ``supplied_on``.
    """

    kind = models.CharField(_("kind"), max_length=8, choices=InvoiceKind.choices, default=InvoiceKind.INVOICE)
    form = models.CharField(_("form"), max_length=10, choices=InvoiceForm.choices, default=InvoiceForm.FULL)
    number = models.CharField(_("number"), max_length=32, unique=True)
    order = models.ForeignKey(Order, models.PROTECT, related_name="invoices", verbose_name=_("order"))
    corrects = models.ForeignKey(
        "self", models.PROTECT, related_name="credit_notes", verbose_name=_("takes back"), null=True, blank=True
    )
    refund = models.OneToOneField(
        Refund, models.PROTECT, related_name="credit_note", verbose_name=_("refund"), null=True, blank=True
    )
    issued_on = models.DateField(_("issued on"))
    supplied_on = models.DateField(_("supplied on"), null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    rate = models.DecimalField(_("exchange rate"), max_digits=18, decimal_places=8)
    seller = models.TextField(_("from"))
    seller_tax_number = models.CharField(_("our tax number"), max_length=40, blank=True)
    seller_more = models.TextField(_("more of the seller"), blank=True)
    buyer = models.TextField(_("to"), blank=True)
    buyer_tax_number = models.CharField(_("their tax number"), max_length=40, blank=True)
    buyer_reference = models.CharField(_("their order number"), max_length=80, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    tax_kind = models.CharField(_("tax treatment"), max_length=20, blank=True)
    net = _money(_("net"))
    tax = _money(_("tax"))
    gross = _money(_("gross"))
    net_home = _money(_("net, our currency"))
    tax_home = _money(_("tax, our currency"))
    key = models.UUIDField(_("key"), unique=True, editable=False)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        indexes = [models.Index(fields=["issued_on", "id"], name="sales_invoice_by_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=InvoiceKind.INVOICE, corrects=None, gross__gte=0)
                | Q(kind=InvoiceKind.CREDIT, corrects__isnull=False, gross__lte=0),
                name="sales_invoice_credit_takes_back",
            ),
            models.CheckConstraint(condition=Q(form__in=InvoiceForm.values), name="sales_invoice_form_known"),
            models.CheckConstraint(
                condition=Q(gross=models.F("net") + models.F("tax")), name="sales_invoice_adds_up"
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("sales:invoice_pdf", args=[self.pk])

    @property
    def is_credit(self) -> bool:
        return self.kind == InvoiceKind.CREDIT


class InvoiceLine(AppendOnlyModel):
    """A line as it stands on the paper. Amounts hold the tax, except where it is added at the end."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines", verbose_name=_("invoice"))
    position = models.PositiveSmallIntegerField(_("position"))
    text = models.CharField(_("what"), max_length=600)
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    unit_price = _money(_("each"))
    total = _money(_("total"))
    tax_rate_pct = models.DecimalField(_("tax rate, %"), max_digits=7, decimal_places=4)

    class Meta:
        verbose_name = _("line of an invoice")
        verbose_name_plural = _("lines of invoices")
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="sales_invoiceline_position_unique"),
        ]

    def __str__(self):
        return self.text


class InvoiceTax(AppendOnlyModel):
    """The tax of one rate, worked out once for the whole paper."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="taxes", verbose_name=_("invoice"))
    tax_rate_pct = models.DecimalField(_("tax rate, %"), max_digits=7, decimal_places=4)
    net = _money(_("net"))
    tax = _money(_("tax"))

    class Meta:
        verbose_name = _("tax of an invoice")
        verbose_name_plural = _("taxes of invoices")
        constraints = [
            models.UniqueConstraint(fields=["invoice", "tax_rate_pct"], name="sales_invoicetax_rate_once"),
        ]

    def __str__(self):
        return f"{self.tax_rate_pct} %: {self.tax}"
