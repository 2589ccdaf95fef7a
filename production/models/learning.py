"""What the shop makes of what its runs say: thresholds, and answers to recipe advice."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from production.choices import AdviceAnswer


class FloorSettings(models.Model):
    """One row: from which difference on the print floor speaks up."""

    variance_alert_pct = models.DecimalField(
        _("tell when a run is off by more than (%)"), max_digits=7, decimal_places=4, default=Decimal(10)
    )
    advice_pct = models.DecimalField(
        _("propose new recipe grams from (%)"), max_digits=7, decimal_places=4, default=Decimal(3)
    )

    class Meta:
        verbose_name = _("floor settings")
        verbose_name_plural = _("floor settings")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="production_floorsettings_one_row"),
            models.CheckConstraint(
                condition=Q(variance_alert_pct__gt=0, advice_pct__gt=0), name="production_floorsettings_positive"
            ),
        ]

    def __str__(self):
        return str(self._meta.verbose_name)


class RecipeAdvice(models.Model):
    """Somebody's answer to “42 g → 46.5 g (9 runs)” for a slot of a recipe version."""

    recipe = models.ForeignKey("catalog.Recipe", on_delete=models.CASCADE, related_name="advice")
    slot_name = models.CharField(_("slot"), max_length=60)
    answer = models.CharField(_("answer"), max_length=8, choices=AdviceAnswer.choices)
    grams = models.DecimalField(_("grams proposed"), max_digits=14, decimal_places=3)
    until = models.DateField(_("not before"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"))
    answered_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("recipe advice")
        verbose_name_plural = _("recipe advice")
        constraints = [
            models.UniqueConstraint(fields=["recipe", "slot_name"], name="production_recipeadvice_recipe_slot"),
            models.CheckConstraint(
                condition=Q(answer__in=AdviceAnswer.values), name="production_recipeadvice_answer_known"
            ),
            models.CheckConstraint(condition=Q(grams__gte=0), name="production_recipeadvice_grams_not_negative"),
        ]

    def __str__(self):
        return f"{self.recipe_id} {self.slot_name}"
