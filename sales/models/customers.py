from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from nozzly.core.addresses import address
from nozzly.core.models import Timestamped
from sales.querysets import CustomerQuerySet
from sales.report_choices import CustomerKind


class Customer(Timestamped):
    """Somebody who buys: a person or a business."""

    kind = models.CharField(_("person or business"), max_length=8, choices=CustomerKind.choices, default="person")
    name = models.CharField(_("name"), max_length=120)
    company = models.CharField(_("company"), max_length=120, blank=True)
    email = models.EmailField(_("email"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    tax_number = models.CharField(_("VAT number"), max_length=40, blank=True)
    address = models.TextField(_("street and house number"), blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    region = models.CharField(_("county or state"), max_length=80, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    channel_handle = models.CharField(_("name on the channel"), max_length=120, blank=True)
    note = models.TextField(_("note"), blank=True)
    tags = ArrayField(models.CharField(max_length=40), verbose_name=_("tags"), default=list, blank=True)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        verbose_name=_("is the same as"),
        editable=False,
    )

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        indexes = [
            models.Index(fields=["name", "id"], name="sales_customer_by_name"),
            models.Index(fields=["email"], name="sales_customer_by_email"),
            GinIndex(fields=["tags"], name="sales_customer_by_tag"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(country="") | Q(country__regex=r"^[A-Z]{2}$"), name="sales_customer_country_code"
            ),
            models.CheckConstraint(condition=Q(kind__in=CustomerKind.values), name="sales_customer_kind_known"),
            models.CheckConstraint(condition=~Q(merged_into=F("pk")), name="sales_customer_not_merged_into_itself"),
        ]

    def __str__(self):
        return self.company or self.name

    def get_absolute_url(self):
        return address("sales:customer_detail", self.pk)

    @property
    def is_business(self) -> bool:
        return bool(self.tax_number)


class CustomerAddress(Timestamped):
    """Another place a customer has things sent to."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="addresses", verbose_name=_("customer"))
    label = models.CharField(_("what it is"), max_length=60, blank=True)
    name = models.CharField(_("name there"), max_length=120, blank=True)
    address = models.TextField(_("street and house number"))
    city = models.CharField(_("city"), max_length=80, blank=True)
    region = models.CharField(_("county or state"), max_length=80, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2)

    class Meta:
        verbose_name = _("customer address")
        verbose_name_plural = _("customer addresses")
        constraints = [
            models.CheckConstraint(condition=~Q(address=""), name="sales_customeraddress_not_empty"),
            models.CheckConstraint(
                condition=Q(country__regex=r"^[A-Z]{2}$"), name="sales_customeraddress_country_code"
            ),
        ]

    def __str__(self):
        return ", ".join(part for part in (self.label, self.city, self.country) if part)


class CustomerMerge(models.Model):
    """Two rows that were one person: which orders and addresses went over, so that it can be taken back."""

    kept = models.ForeignKey(Customer, models.CASCADE, related_name="merges", verbose_name=_("kept"))
    gone = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name=_("merged into it"))
    moved = models.JSONField(_("what went over"), default=dict)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)

    class Meta:
        verbose_name = _("merge of customers")
        verbose_name_plural = _("merges of customers")
        constraints = [
            models.UniqueConstraint(fields=["gone"], condition=Q(undone_at=None), name="sales_customermerge_gone_once"),
            models.CheckConstraint(condition=~Q(kept=F("gone")), name="sales_customermerge_two_rows"),
        ]

    def __str__(self):
        return f"{self.gone_id} → {self.kept_id}"


class CustomerSettings(models.Model):
    """One row: how long the names of people who bought are kept."""

    retention_months = models.PositiveSmallIntegerField(
        _("erase after so many months"),
        null=True,
        blank=True,
        validators=[MinValueValidator(3), MaxValueValidator(240)],
        help_text=_("Counted from the last order. Empty: nobody is erased by itself."),
    )

    class Meta:
        verbose_name = _("customer settings")
        verbose_name_plural = _("customer settings")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="sales_customersettings_one_row"),
            models.CheckConstraint(
                condition=Q(retention_months=None) | Q(retention_months__range=(3, 240)),
                name="sales_customersettings_months_in_range",
            ),
        ]

    def __str__(self):
        return str(self._meta.verbose_name)
