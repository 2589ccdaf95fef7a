"""One execution of a bed: what was planned, what it took, what came off it."""

from decimal import Decimal

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Replace
from django.utils.translation import gettext_lazy as _

from nozzly.core.addresses import address
from nozzly.core.models import AppendOnlyModel, Timestamped
from production.choices import RunEventKind, RunState
from production.models.amounts import money as _money
from production.querysets import RunQuerySet


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
    repeat_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="repeats", verbose_name=_("exactly as")
    )
    settings_note = models.TextField(
        _("settings"), blank=True, help_text=_("What to set to get this result again: temperatures, plate, glue.")
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
            models.CheckConstraint(condition=~Q(repeat_of=F("pk")), name="production_run_not_its_own_repeat"),
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
        return address("production:run_detail", self.pk)

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
