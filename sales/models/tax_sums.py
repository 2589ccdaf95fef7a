"""Sales and fees of five days added up for the tax report. Made from the books, and made anew when these change."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sales.report_choices import TaxBasis, TaxSide


class TaxSum(models.Model):
    """Orders, or fees of orders, of five days in one box of the tax report; ``on`` is the first of these days.

    Beside them stand the fees that no statement has charged yet, which are in no box.
    """

    basis = models.CharField(_("basis"), max_length=8, choices=TaxBasis.choices)
    side = models.CharField(_("side"), max_length=10, choices=TaxSide.choices, default=TaxSide.OUTPUT)
    on = models.DateField(_("from"))
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
            models.CheckConstraint(condition=Q(side__in=TaxSide.values), name="sales_taxsum_side_known"),
            models.UniqueConstraint(
                fields=["basis", "side", "on", "box", "rate_pct", "country"], name="sales_taxsum_unique"
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
