"""Sales of whole months added up for the tax report. Made from the orders, and made anew when one of them changes."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sales.report_choices import TaxBasis


class TaxSum(models.Model):
    """Orders of one month in one box of the tax report. ``on`` is the first day of the month they count in."""

    basis = models.CharField(_("basis"), max_length=8, choices=TaxBasis.choices)
    on = models.DateField(_("month"))
    box = models.CharField(_("tax treatment"), max_length=20)
    rate_pct = models.DecimalField(_("tax rate, %"), max_digits=7, decimal_places=4)
    country = models.CharField(_("ships to"), max_length=2, blank=True)
    order_count = models.PositiveIntegerField(_("orders"))
    net = models.DecimalField(_("net"), max_digits=14, decimal_places=2)
    tax = models.DecimalField(_("tax"), max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = _("tax of a month")
        verbose_name_plural = _("tax of months")
        constraints = [
            models.CheckConstraint(condition=Q(basis__in=TaxBasis.values), name="sales_taxsum_basis_known"),
            models.UniqueConstraint(
                fields=["basis", "on", "box", "rate_pct", "country"], name="sales_taxsum_unique"
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.on:%Y-%m} {self.box} {self.tax}"


class TaxMark(models.Model):
    """A month whose sums are to be made anew. Triggers write it, whoever changed the books."""

    on = models.DateField(_("month"))

    class Meta:
        verbose_name = _("tax mark")
        verbose_name_plural = _("tax marks")

    def __str__(self):
        return f"{self.on:%Y-%m}"
