from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from nozzly.core.models import AppendOnlyModel
from sales.report_choices import TaxBasis


class TaxFiling(AppendOnlyModel):
    """What the tax report said when its period was closed. What changes later in those days shows as a difference."""

    first_on = models.DateField(_("from"))
    last_on = models.DateField(_("to"), unique=True)
    basis = models.CharField(_("basis"), max_length=8, choices=TaxBasis.choices)
    output_net = models.DecimalField(_("net sales"), max_digits=14, decimal_places=2)
    output_tax = models.DecimalField(_("output tax"), max_digits=14, decimal_places=2)
    input_net = models.DecimalField(_("net purchases"), max_digits=14, decimal_places=2)
    input_tax = models.DecimalField(_("input tax"), max_digits=14, decimal_places=2)
    boxes = models.JSONField(_("lines"), default=list)
    at = models.DateTimeField(_("closed at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("closed by"))

    class Meta:
        verbose_name = _("tax filing")
        verbose_name_plural = _("tax filings")
        constraints = [
            models.CheckConstraint(condition=Q(basis__in=TaxBasis.values), name="sales_taxfiling_basis_known"),
            models.CheckConstraint(condition=Q(first_on__lte=models.F("last_on")), name="sales_taxfiling_days"),
        ]

    def __str__(self):
        return f"{self.first_on:%Y-%m-%d} – {self.last_on:%Y-%m-%d}"

    @property
    def due(self):
        return self.output_tax - self.input_tax
