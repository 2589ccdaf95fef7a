"""One execution of a bed: what was planned, what it took, what came off it."""

from decimal import Decimal

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Replace
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from nozzly.core.models import AppendOnlyModel, Timestamped
from production.choices import CostStage, Method, RunEventKind, RunState
from production.querysets import RunCostLineQuerySet, RunMaterialQuerySet, RunOutputQuerySet, RunQuerySet


def _money(name: str, **options) -> models.DecimalField:
    return models.DecimalField(name, max_digits=14, decimal_places=2, **options)


def _grams(name: str, **options) -> models.DecimalField:
    return models.DecimalField(name, max_digits=14, decimal_places=3, **options)


class RunCounter(models.Model):
    """The last run number given out on a day of entry ("20261122")."""

    series = models.CharField(max_length=8, primary_key=True)
    last = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("run counter")
        verbose_name_plural = _("run counters")

    def __str__(self):
        return f"{self.series}: {self.last}"


class Run(Timestamped):
    """A bed that was, is or will be printed once. Costs are null until they are known."""

    number = models.CharField(_("number"), max_length=24, unique=True)
    entry_on = models.DateField(_("entered on"))
    sequence = models.PositiveIntegerField(_("number of the day"))
    state = models.CharField(_("state"), max_length=10, choices=RunState.choices, default=RunState.PLANNED)
    plate = models.ForeignKey(
        "catalog.Plate", on_delete=models.PROTECT, null=True, blank=True, related_name="runs", verbose_name=_("plate")
    )
    slice_file = models.ForeignKey(
        "catalog.SliceFile", on_delete=models.SET_NULL, null=True, blank=True, related_name="runs"
    )
    title = models.CharField(_("what is printed"), max_length=200)
    printer = models.ForeignKey(
        "production.Printer",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="runs",
        verbose_name=_("printer"),
    )
    operator = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("operator")
    )
    planned_for = models.DateTimeField(_("planned for"), null=True, blank=True)
    queue_position = models.PositiveIntegerField(_("place in the queue"), default=0)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    print_time_s = models.PositiveIntegerField(_("print time as sliced (s)"), default=0)
    actual_time_s = models.PositiveIntegerField(_("print time (s)"), null=True, blank=True)
    estimated_minutes = models.DecimalField(
        _("hands-on minutes as planned"), max_digits=8, decimal_places=2, default=Decimal(0)
    )
    hands_on_minutes = models.DecimalField(_("hands-on minutes"), max_digits=8, decimal_places=2, null=True, blank=True)
    energy_kwh = models.DecimalField(_("energy measured (kWh)"), max_digits=10, decimal_places=4, null=True, blank=True)
    stars = models.PositiveSmallIntegerField(
        _("stars"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    note = models.TextField(_("note"), blank=True)
    failure_reason = models.ForeignKey(
        "production.FailureReason",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="runs",
        verbose_name=_("why it failed"),
    )
    failed_pct = models.DecimalField(_("failed at (%)"), max_digits=7, decimal_places=4, null=True, blank=True)
    reprint_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reprints", verbose_name=_("reprint of")
    )
    first_run = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="chain", editable=False
    )
    reference = models.CharField(_("for"), max_length=120, blank=True)
    completion_key = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    estimated_cost = _money(_("estimated cost"), null=True, blank=True)
    estimated_bought_cost = _money(_("estimated bought cost"), null=True, blank=True)
    actual_cost = _money(_("actual cost"), null=True, blank=True)
    bought_cost = _money(_("bought cost"), null=True, blank=True)
    loss_cost = _money(_("run loss"), null=True, blank=True, help_text=_("What ended in no piece, at full cost."))
    loss_bought_cost = _money(_("run loss at bought cost"), null=True, blank=True)

    search = models.GeneratedField(
        expression=SearchVector(
            Replace("number", Value("-"), Value(" ")), "title", "reference", config=Value("simple")
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        indexes = [
            GinIndex(fields=["search"], name="production_run_search"),
            models.Index(fields=["state", "planned_for"], name="production_run_state_planned"),
            models.Index(fields=["printer", "state"], name="production_run_printer_state"),
            models.Index(fields=["finished_at"], name="production_run_finished"),
            models.Index(fields=["title"], name="production_run_title"),
            models.Index(fields=["print_time_s"], name="production_run_print_time"),
            models.Index(fields=["reference"], name="production_run_reference"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["entry_on", "sequence"], name="production_run_entry_sequence"),
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="production_run_state_known"),
            models.CheckConstraint(condition=Q(stars__range=(1, 5)), name="production_run_stars_1_to_5"),
            models.CheckConstraint(condition=Q(failed_pct__range=(0, 100)), name="production_run_failed_pct_0_to_100"),
            models.CheckConstraint(
                condition=Q(state=RunState.FAILED) | Q(failed_pct=None, failure_reason=None),
                name="production_run_reason_only_when_failed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=RunState.closed()) | Q(finished_at__isnull=False),
                name="production_run_closed_has_finish",
            ),
            models.CheckConstraint(
                condition=Q(started_at=None) | Q(finished_at=None) | Q(started_at__lte=F("finished_at")),
                name="production_run_starts_before_it_ends",
            ),
            models.CheckConstraint(condition=~Q(reprint_of=F("pk")), name="production_run_not_its_own_reprint"),
            models.CheckConstraint(
                condition=Q(estimated_minutes__gte=0)
                & (Q(hands_on_minutes=None) | Q(hands_on_minutes__gte=0))
                & (Q(energy_kwh=None) | Q(energy_kwh__gte=0)),
                name="production_run_amounts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(actual_cost=None) | Q(loss_cost__gte=0, loss_cost__lte=F("actual_cost")),
                name="production_run_loss_within_cost",
            ),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("production:run_detail", kwargs={"pk": self.pk})

    @property
    def chain_id(self) -> int:
        """The first run of the chain of reprints this one belongs to."""
        return self.first_run_id or self.pk

    @property
    def variance_cost(self) -> Decimal | None:
        if self.actual_cost is None or self.estimated_cost is None:
            return None
        return self.actual_cost - self.estimated_cost

    @property
    def is_open(self) -> bool:
        return self.state in RunState.open()

    @property
    def is_closed(self) -> bool:
        return self.state in RunState.closed()

    @property
    def time_s(self) -> int:
        """Seconds on the bed: measured when known, else as sliced."""
        return self.print_time_s if self.actual_time_s is None else self.actual_time_s


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
    personalisation = models.CharField(_("personalisation"), max_length=200, blank=True)
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
    def material_name(self) -> str:
        """What the line asks for, by its loaded filament or group."""
        if self.filament_id:
            return str(self.filament)
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


class RunEvent(AppendOnlyModel):
    """The run's diary, and the register of requests that were already dealt with."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(_("what happened"), max_length=10, choices=RunEventKind.choices)
    text = models.CharField(_("text"), max_length=300, blank=True)
    key = models.UUIDField(null=True, blank=True, unique=True)
    occurred_at = models.DateTimeField(_("at"))
    recorded_at = models.DateTimeField(_("recorded"))
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("run event")
        verbose_name_plural = _("run events")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RunEventKind.values), name="production_runevent_kind_known"),
        ]

    def __str__(self):
        return f"{self.run_id} {self.kind}"
