from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.choices import Origin, RateKind
from catalog.models.products import Product
from catalog.models.rules import at_least, one_of
from catalog.querysets import RateQuerySet


class Rate(models.Model):
    """What an hour, a kilowatt-hour or a failed print costs from a day on; for all products or for one."""

    kind = models.CharField(_("rate"), max_length=24, choices=RateKind.choices)
    product = models.ForeignKey(
        Product, models.CASCADE, verbose_name=_("only for"), related_name="rates", null=True, blank=True
    )
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=6)
    valid_from = models.DateField(_("valid from"))
    origin = models.CharField(_("origin"), max_length=10, choices=Origin.choices, default=Origin.TYPED)
    source = models.CharField(_("source"), max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True)

    objects = RateQuerySet.as_manager()

    class Meta:
        verbose_name = _("rate")
        verbose_name_plural = _("rates")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "product", "valid_from"],
                name="catalog_rate_valid_from_unique",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=RateKind.percentages()) | Q(value__lte=100), name="catalog_rate_value_max_pct"
            ),
            models.CheckConstraint(
                condition=~Q(kind=RateKind.FAILURE_PCT) | Q(value__lte=90), name="catalog_rate_value_max_failure"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=RateKind.hours_of_day()) | Q(value__lte=24), name="catalog_rate_value_max_hour"
            ),
            at_least("catalog_rate", "value"),
            one_of("catalog_rate", "kind", RateKind.values),
            one_of("catalog_rate", "origin", Origin.values),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.value.normalize():f}"
