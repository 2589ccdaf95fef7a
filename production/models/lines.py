"""What is on the bed of a run: pieces, filament, whose grams are whose, and what it cost."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from nozzly.core.models import AppendOnlyModel
from production.choices import CostStage, Method
from production.models.amounts import grams as _grams
from production.models.amounts import money as _money
from production.models.runs import Run
from production.querysets import RunCostLineQuerySet, RunMaterialQuerySet, RunOutputQuerySet


class RunOutput(models.Model):
    """Pieces of one variant on the bed, and whom they are for."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="outputs")
    position = models.PositiveSmallIntegerField(_("position"))
    variant = models.ForeignKey(
        "catalog.Variant", on_delete=models.PROTECT, related_name="run_outputs", verbose_name=_("product")
    )
    recipe = models.ForeignKey(
        "catalog.Recipe", on_delete=models.PROTECT, null=True, blank=True, related_name="run_outputs"
    )
    planned = models.PositiveIntegerField(_("planned"))
    good = models.PositiveIntegerField(_("good"), default=0)
    b_grade = models.PositiveIntegerField(_("b-grade"), default=0)
    scrapped = models.PositiveIntegerField(_("scrapped"), default=0)
    print_time_s = models.PositiveIntegerField(_("print time per piece (s)"), default=0)
    source = models.CharField(_("made for"), max_length=40, blank=True)
    source_id = models.BigIntegerField(null=True, blank=True)
    source_text = models.CharField(max_length=120, blank=True)
    personalisation = models.CharField(_("personalisation"), max_length=300, blank=True)
    lot = models.ForeignKey("inventory.Lot", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    b_grade_lot = models.ForeignKey("inventory.Lot", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    bought_cost = models.DecimalField(
        _("bought cost per piece"), max_digits=18, decimal_places=6, null=True, blank=True
    )
    full_cost = models.DecimalField(_("full cost per piece"), max_digits=18, decimal_places=6, null=True, blank=True)
    bought_total = _money(_("bought cost"), null=True, blank=True)
    full_total = _money(_("full cost"), null=True, blank=True)
    estimated_total = _money(_("estimated cost"), null=True, blank=True)

    objects = RunOutputQuerySet.as_manager()

    class Meta:
        verbose_name = _("run output")
        verbose_name_plural = _("run outputs")
        indexes = [models.Index(fields=["source", "source_id"], name="production_runoutput_source")]
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="production_runoutput_run_position"),
            models.CheckConstraint(condition=Q(planned__gt=0), name="production_runoutput_planned_positive"),
            models.CheckConstraint(
                condition=(Q(bought_cost=None) | Q(bought_cost__gte=0)) & (Q(full_cost=None) | Q(full_cost__gte=0)),
                name="production_runoutput_cost_not_negative",
            ),
        ]

    def __str__(self):
        return f"{self.planned} × {self.variant_id}"

    @property
    def sellable(self) -> int:
        return self.good + self.b_grade


class RunMaterial(models.Model):
    """What one spool gave to a run. A spool swapped mid-print is a second line of the same slot."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="materials")
    position = models.PositiveSmallIntegerField(_("position"))
    slot_name = models.CharField(_("slot"), max_length=60, blank=True)
    filament = models.ForeignKey(
        "inventory.Filament", on_delete=models.PROTECT, null=True, blank=True, related_name="run_materials"
    )
    group = models.ForeignKey(
        "inventory.MaterialGroup", on_delete=models.PROTECT, null=True, blank=True, related_name="run_materials"
    )
    lot = models.ForeignKey(
        "inventory.Lot", on_delete=models.PROTECT, null=True, blank=True, related_name="run_materials"
    )
    estimated_g = _grams(_("in the part as sliced (g)"), default=Decimal(0))
    estimated_purge_g = _grams(_("purged as sliced (g)"), default=Decimal(0))
    actual_g = _grams(_("in the part (g)"), null=True, blank=True)
    actual_purge_g = _grams(_("purged (g)"), null=True, blank=True)
    method = models.CharField(_("known from"), max_length=8, choices=Method.choices, default=Method.SLICED)
    scale_before_g = _grams(_("scale before (g)"), null=True, blank=True)
    scale_after_g = _grams(_("scale after (g)"), null=True, blank=True)
    bought_cost = _money(_("bought cost"), null=True, blank=True)
    full_cost = _money(_("full cost"), null=True, blank=True)

    objects = RunMaterialQuerySet.as_manager()

    class Meta:
        verbose_name = _("run material")
        verbose_name_plural = _("run materials")
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="production_runmaterial_run_position"),
            models.CheckConstraint(
                condition=Q(filament=None) | Q(group=None), name="production_runmaterial_filament_or_group"
            ),
            models.CheckConstraint(condition=Q(method__in=Method.values), name="production_runmaterial_method_known"),
            models.CheckConstraint(
                condition=Q(estimated_g__gte=0, estimated_purge_g__gte=0)
                & (Q(actual_g=None) | Q(actual_g__gte=0))
                & (Q(actual_purge_g=None) | Q(actual_purge_g__gte=0)),
                name="production_runmaterial_grams_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(scale_before_g=None, scale_after_g=None)
                | Q(scale_after_g__gte=0, scale_before_g__gte=F("scale_after_g")),
                name="production_runmaterial_scale_goes_down",
            ),
        ]

    def __str__(self):
        return f"{self.run_id}/{self.position}"

    @property
    def estimated_total_g(self) -> Decimal:
        return self.estimated_g + self.estimated_purge_g

    @property
    def binding(self) -> tuple[int | None, int | None] | None:
        """(filament, group) it is printed from; None while nobody has chosen either."""
        return (self.filament_id, self.group_id) if self.filament_id or self.group_id else None

    @property
    def is_named(self) -> bool:
        """Whether the books can find a roll for it without asking."""
        return bool(self.lot_id or self.binding)

    @property
    def material_name(self) -> str:
        """What the line asks for, by its loaded filament or group."""
        if self.filament_id:
            return self.filament.item.name
        return self.group.name if self.group_id else self.slot_name

    @property
    def colour_hexes(self) -> list[str]:
        """Colours to look for on the reel: of the roll in use, else of what was planned."""
        if self.lot_id:
            return self.lot.item.filament.colour_hexes
        if self.filament_id:
            return self.filament.colour_hexes
        return [self.group.colour_hex] if self.group_id else []

    @property
    def variance_g(self) -> Decimal | None:
        return None if self.actual_g is None else self.actual_total_g - self.estimated_total_g

    @property
    def variance_pct(self) -> Decimal | None:
        """Percent over (or under) the estimate; None without both."""
        if self.actual_g is None or not self.estimated_total_g:
            return None
        return self.variance_g * 100 / self.estimated_total_g

    @property
    def actual_total_g(self) -> Decimal | None:
        return None if self.actual_g is None else self.actual_g + (self.actual_purge_g or Decimal(0))


class RunShare(models.Model):
    """Recipe grams of one piece of an output on one material line: how a shared spool is split."""

    material = models.ForeignKey(RunMaterial, on_delete=models.CASCADE, related_name="shares")
    output = models.ForeignKey(RunOutput, on_delete=models.CASCADE, related_name="shares")
    grams_each = _grams(_("grams per piece"))

    class Meta:
        verbose_name = _("run share")
        verbose_name_plural = _("run shares")
        constraints = [
            models.UniqueConstraint(fields=["material", "output"], name="production_runshare_material_output"),
            models.CheckConstraint(condition=Q(grams_each__gte=0), name="production_runshare_grams_not_negative"),
        ]

    def __str__(self):
        return f"{self.material_id}/{self.output_id}"


class RunCostLine(AppendOnlyModel):
    """A line of what a run cost, as it was known then. Actual and reversal lines add up to what stands today."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="cost_lines")
    output = models.ForeignKey(RunOutput, on_delete=models.PROTECT, null=True, blank=True, related_name="cost_lines")
    stage = models.CharField(_("stage"), max_length=8, choices=CostStage.choices)
    code = models.CharField(_("code"), max_length=20)
    label = models.CharField(_("label"), max_length=80)
    amount = _money(_("amount"))
    in_bought = models.BooleanField(_("part of bought cost"))
    is_loss = models.BooleanField(_("run loss"), default=False)
    formula = models.CharField(_("formula"), max_length=200, blank=True)
    origin = models.CharField(_("origin"), max_length=120, blank=True)
    recorded_at = models.DateTimeField(_("recorded"))

    objects = RunCostLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("run cost line")
        verbose_name_plural = _("run cost lines")
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=CostStage.values), name="production_runcostline_stage_known"),
        ]

    def __str__(self):
        return f"{self.run_id} {self.code}"
