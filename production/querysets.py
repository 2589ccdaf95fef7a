"""What is asked about runs, printers and failures."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.contrib.postgres.search import SearchQuery
from django.db.models import (
    Case,
    Count,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from nozzly.core.models import AppendOnlyQuerySet
from production.choices import RunState

RUN_COSTS = (
    "estimated_cost",
    "estimated_bought_cost",
    "actual_cost",
    "bought_cost",
    "loss_cost",
    "loss_bought_cost",
)
OUTPUT_COSTS = ("bought_cost", "full_cost", "bought_total", "full_total", "estimated_total")


class RunQuerySet(QuerySet):
    """Adjectives narrow, ``with_x`` adds a column, ``for_x`` loads what a page shows."""

    def open(self):
        return self.filter(state__in=RunState.open())

    def planned(self):
        return self.filter(state=RunState.PLANNED)

    def printing(self):
        return self.filter(state=RunState.PRINTING)

    def closed(self):
        return self.filter(state__in=RunState.closed())

    def done(self):
        return self.filter(state=RunState.DONE)

    def failed(self):
        return self.filter(state=RunState.FAILED)

    def finished_between(self, start: datetime, end: datetime):
        """Closed runs that ended in [start, end)."""
        return self.closed().filter(finished_at__gte=start, finished_at__lt=end)

    def entered_on(self, on: date):
        return self.filter(entry_on=on)

    def for_reference(self, reference: str):
        return self.filter(reference=reference)

    def making(self, source: str, source_ids: Collection[int]):
        """Runs with a piece that is made for one of these (an order's lines)."""
        return self.filter(outputs__source=source, outputs__source_id__in=source_ids).distinct()

    def seen_by(self, user):
        """For people who see no cost the columns are not even read."""
        return self if user.sees_cost else self.defer(*RUN_COSTS)

    def chain_of(self, run):
        """The run, what it reprints, and its reprints."""
        return self.filter(Q(pk=run.chain_id) | Q(first_run=run.chain_id))

    def matching(self, text: str):
        """Every word may be the beginning of one in number, title or reference."""
        words = "".join(letter if letter.isalnum() else " " for letter in text).split()
        if not words:
            return self
        terms = " & ".join(f"{word}:*" for word in words)
        return self.filter(search=SearchQuery(terms, config="simple", search_type="raw"))

    def with_expected_end(self):
        """``expected_end_at``: start plus the sliced time; without a start nothing is expected."""
        seconds = ExpressionWrapper(F("print_time_s") * Value(timedelta(seconds=1)), output_field=DurationField())
        return self.annotate(
            expected_end_at=ExpressionWrapper(
                Coalesce("started_at", "planned_for") + seconds, output_field=DateTimeField()
            )
        )

    def with_pieces(self):
        """``planned_pieces`` and ``good_pieces``, as subqueries so that only the rows shown are summed."""
        outputs = self.model._meta.get_field("outputs").related_model.objects.filter(run=OuterRef("pk"))
        return self.annotate(
            planned_pieces=Coalesce(Subquery(outputs.values("run").values(pieces=Sum("planned"))), 0),
            good_pieces=Coalesce(Subquery(outputs.values("run").values(pieces=Sum("good"))), 0),
        )

    def for_table(self):
        return self.select_related("printer", "failure_reason").with_pieces()

    def for_axis(self):
        """Runs as bars on a time axis: a board may hold hundreds of them."""
        return self.select_related("slice_file").only(
            "number",
            "title",
            "state",
            "reference",
            "printer_id",
            "planned_for",
            "queue_position",
            "started_at",
            "print_time_s",
            "slice_file__printer_model",
            "slice_file__thumbnail",
        )

    def board_parts(self, *, with_pieces: bool):
        """What a bar or a card shows beside the run: its colours, and what to write on the pieces."""
        materials = self.model._meta.get_field("materials").related_model
        outputs = self.model._meta.get_field("outputs").related_model
        parts = [Prefetch("materials", materials.objects.for_board())]
        if with_pieces:
            named = outputs.objects.only("run_id", "position", "personalisation").order_by("position")
            parts.append(Prefetch("outputs", named))
        return parts

    def for_floor(self):
        """Rows of the morning round: printer, colours, and what to write on the pieces."""
        return self.select_related("printer", "slice_file").prefetch_related(*self.board_parts(with_pieces=True))

    def for_page(self):
        return self.select_related(
            "printer__model",
            "plate",
            "slice_file__printer_model",
            "operator",
            "failure_reason",
            "reprint_of",
            "repeat_of",
        )

    def due(self, at: datetime):
        """On a bed, with their sliced time over."""
        return self.printing().with_expected_end().filter(expected_end_at__lte=at)

    def on_beds(self):
        """Started, or planned on a printer: what somebody may find done in the morning."""
        return self.open().filter(Q(started_at__isnull=False) | Q(printer__isnull=False))

    def seen_in_the_morning(self, listed: Collection[int], *, ticked: Collection[int]):
        """Those of a list that was sent: open ones, and ticked ones whatever became of them since."""
        return self.filter(pk__in=listed).filter(Q(state__in=RunState.open()) | Q(pk__in=ticked))

    def in_morning_order(self):
        """Needs ``expected_end_at``. What prints first, by its end, so that what is due leads; then the queues."""
        end = Case(When(state=RunState.PRINTING, then=F("expected_end_at")))
        return self.order_by(end.asc(nulls_last=True), "-state", "queue_position", "planned_for", "pk")

    def best_first(self):
        return self.order_by("-stars", "-finished_at", "-pk")

    def in_number_order(self):
        return self.order_by("entry_on", "sequence")

    def in_queue_order(self):
        return self.order_by("queue_position", "planned_for", "pk")


class RunOutputQuerySet(QuerySet):
    def seen_by(self, user):
        return self if user.sees_cost else self.defer(*OUTPUT_COSTS)

    def for_closing(self):
        """With all that costing needs of the recipe each was printed by: three queries."""
        return (
            self.select_related("variant__item", "recipe__product", "recipe__printer_model")
            .prefetch_related("recipe__steps", "recipe__components")
            .order_by("position")
        )

    def for_page(self):
        return self.select_related("variant__product", "variant__item", "lot", "b_grade_lot").order_by("position")


class RunMaterialQuerySet(QuerySet):
    def for_board(self):
        """Only what a swatch with a name needs: a board may hold hundreds of them."""
        return (
            self.select_related("filament__item", "group", "lot__item__filament")
            .only(
                "run_id",
                "position",
                "slot_name",
                "estimated_g",
                "estimated_purge_g",
                "filament__colour_hexes",
                "filament__item__name",
                "group__name",
                "group__colour_hex",
                "lot__item__filament__colour_hexes",
            )
            .order_by("position")
        )

    def for_closing(self):
        return self.prefetch_related("shares").order_by("position")

    def for_page(self):
        return self.select_related(
            "filament__item",
            "filament__brand",
            "filament__material",
            "group",
            "lot__item__filament__brand",
            "lot__item__filament__material",
            "lot__spool",
            "lot__location",
        ).order_by("position")


class RunCostLineQuerySet(AppendOnlyQuerySet):
    def standing(self):
        """What stands today: actual lines and their reversals."""
        return self.exclude(stage="estimate")


class PrinterQuerySet(QuerySet):
    def active(self):
        return self.filter(archived_at=None)

    def by_name(self):
        return self.order_by("name", "pk")

    def for_axis(self):
        """What the board and its proposals ask of a printer: fifty of them are read at once."""
        return self.select_related("model").only("name", "model", "nozzle_mm", "model__nozzle_mm")

    def with_open_runs(self):
        """``planned_runs`` and ``printing_runs``, counted by index rather than over all runs there ever were."""
        runs = self.model._meta.get_field("runs").related_model.objects.filter(printer=OuterRef("pk"))

        def count(state: str) -> Coalesce:
            rows = runs.filter(state=state).order_by().values("printer").annotate(count=Count("pk"))
            return Coalesce(Subquery(rows.values("count")), 0)

        return self.annotate(planned_runs=count(RunState.PLANNED), printing_runs=count(RunState.PRINTING))

    def with_printed_s(self):
        """``printed_s``: seconds on the bed of all closed runs, measured when known, else as sliced; by index."""
        runs = self.model._meta.get_field("runs").related_model.objects.closed().filter(printer=OuterRef("pk"))
        seconds = runs.order_by().values("printer").annotate(total=Sum(Coalesce("actual_time_s", "print_time_s")))
        return self.annotate(printed_s=Coalesce(Subquery(seconds.values("total")), 0))

    def for_table(self):
        return self.select_related("model", "location").with_open_runs()

    def with_slots(self, slots: QuerySet):
        return self.prefetch_related(Prefetch("slots", queryset=slots))


class MaintenanceQuerySet(QuerySet):
    def active(self):
        return self.filter(archived_at=None)


class FailureReasonQuerySet(QuerySet):
    def active(self):
        return self.filter(archived_at=None)

    def in_order(self):
        return self.order_by("position", "name", "pk")

    def with_run_count(self):
        return self.annotate(run_count=Count("runs"))
