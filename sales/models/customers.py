from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from nozzly.core.models import Timestamped
from sales.querysets import CustomerQuerySet


class Customer(Timestamped):
    """Somebody who buys: a person or a business."""

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
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        indexes = [
            models.Index(fields=["name", "id"], name="sales_customer_by_name"),
            models.Index(fields=["email"], name="sales_customer_by_email"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(country="") | Q(country__regex=r"^[A-Z]{2}$"), name="sales_customer_country_code"
            ),
        ]

    def __str__(self):
        return self.company or self.name

    def get_absolute_url(self):
        return reverse("sales:customer_detail", args=[self.pk])

    @property
    def is_business(self) -> bool:
        return bool(self.tax_number)
