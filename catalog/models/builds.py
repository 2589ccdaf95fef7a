from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.models.recipes import Recipe
from catalog.models.rules import above_zero, at_least
from catalog.models.variants import Variant
from catalog.querysets import BuildQuerySet


class Build(models.Model):
    """An hour at the bench: parts and inserts put together into so many finished pieces."""

    variant = models.ForeignKey(Variant, models.PROTECT, verbose_name=_("variant"), related_name="builds")
    recipe = models.ForeignKey(Recipe, models.PROTECT, verbose_name=_("recipe"), related_name="+")
    pieces = models.PositiveIntegerField(_("pieces"))
    minutes = models.DecimalField(_("minutes of work"), max_digits=9, decimal_places=2, default=0)
    lot = models.ForeignKey("inventory.Lot", models.PROTECT, verbose_name=_("lot"), related_name="+")
    bought_cost = models.DecimalField(_("bought cost for one piece"), max_digits=18, decimal_places=6)
    full_cost = models.DecimalField(_("full cost for one piece"), max_digits=18, decimal_places=6)
    key = models.UUIDField(unique=True)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    built_at = models.DateTimeField(_("built at"))
    built_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True)

    objects = BuildQuerySet.as_manager()

    class Meta:
        verbose_name = _("build")
        verbose_name_plural = _("builds")
        constraints = [
            above_zero("catalog_build", "pieces"),
            at_least("catalog_build", "minutes"),
            at_least("catalog_build", "bought_cost"),
            at_least("catalog_build", "full_cost"),
        ]

    def __str__(self):
        return f"{self.pieces} × {self.variant}"

    def get_absolute_url(self):
        return reverse("catalog:build_detail", args=[self.pk])
