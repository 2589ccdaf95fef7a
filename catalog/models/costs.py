from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.recipes import Recipe
from catalog.models.rules import at_least
from catalog.models.variants import Variant
from catalog.querysets import CostSnapshotQuerySet
from nozzly.core.models import AppendOnlyModel


class CostSnapshot(AppendOnlyModel):
    """What a variant cost at a moment, line by line; written when a re-cost finds a change."""

    variant = models.ForeignKey(Variant, models.PROTECT, verbose_name=_("variant"), related_name="cost_snapshots")
    recipe = models.ForeignKey(Recipe, models.PROTECT, verbose_name=_("recipe"), related_name="+")
    bought_cost = models.DecimalField(_("bought cost"), max_digits=18, decimal_places=6)
    full_cost = models.DecimalField(_("full cost"), max_digits=18, decimal_places=6)
    lines = models.JSONField(_("lines"))
    at = models.DateTimeField(_("at"))

    objects = CostSnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = _("cost snapshot")
        verbose_name_plural = _("cost snapshots")
        constraints = [
            at_least("catalog_costsnapshot", "bought_cost"),
            at_least("catalog_costsnapshot", "full_cost"),
        ]
        indexes = [models.Index(fields=["variant", "-at"], name="catalog_costsnapshot_at_idx")]

    def __str__(self):
        return f"{self.variant_id} · {self.full_cost}"
