from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sales.models.expenses import Expense
from sales.report_choices import Rhythm


class ExpenseRhythm(models.Model):
    """An expense that comes again: each time its day is there, one like it is entered."""

    expense = models.OneToOneField(Expense, models.CASCADE, related_name="rhythm", verbose_name=_("expense"))
    every = models.CharField(_("comes every"), max_length=8, choices=Rhythm.choices)
    next_on = models.DateField(_("next on"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by"))

    class Meta:
        verbose_name = _("recurring expense")
        verbose_name_plural = _("recurring expenses")
        constraints = [
            models.CheckConstraint(condition=Q(every__in=Rhythm.values), name="sales_expenserhythm_every_known"),
        ]

    def __str__(self):
        return f"{self.expense}: {self.get_every_display()}"
