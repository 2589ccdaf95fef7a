from uuid import uuid4

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nozzly.accounts.permissions import Permission
from nozzly.web.models import Attachment
from nozzly.web.pages.imports import import_page
from nozzly.web.views import ConfirmPage, DetailPage, ListPage
from production.choices import CostStage, RunEventKind
from production.domain import runs
from production.forms.closing import KeyForm
from production.forms.learning import PhotoForm
from production.forms.runs import RunFilter
from production.models import Run
from production.resources import RunImporter, RunResource
from production.views.closing import alarms

_ICONS = {
    RunEventKind.PLANNED: "calendar-plus",
    RunEventKind.STARTED: "player-play",
    RunEventKind.COMPLETED: "check",
    RunEventKind.FAILED: "alert-triangle",
    RunEventKind.CANCELLED: "x",
    RunEventKind.UNDONE: "arrow-back-up",
    RunEventKind.REPRINTED: "repeat",
}


class RunList(ListPage):
    permission = Permission.RUN_VIEW
    template = "production/run_list.html"
    fragments = ("run-table",)
    title = gettext_lazy("Runs")
    columns = {
        "state": gettext_lazy("State"),
        "printer": gettext_lazy("Printer"),
        "pieces": gettext_lazy("Pieces"),
        "time": gettext_lazy("Print time"),
        "finished": gettext_lazy("Finished"),
        "cost": gettext_lazy("Cost"),
    }
    cost_columns = ("cost",)
    filter_form = RunFilter
    sorts = {
        "number": "entry_on",
        "title": "title",
        "time": "print_time_s",
        "finished": "finished_at",
        "state": "state",
    }
    default_sort = "-number"
    resource = RunResource
    import_url = "production:correct_runs"
    create_url = "production:plan_run"
    create_label = gettext_lazy("Plan a run")

    def get_queryset(self):
        return Run.objects.for_table().seen_by(self.request.user)


correct_runs = import_page(RunImporter)


class RunDetail(DetailPage):
    permission = Permission.RUN_VIEW
    template = "production/run_detail.html"
    context_name = "run"

    def get_queryset(self):
        return Run.objects.for_page().seen_by(self.request.user)

    def get_context(self):
        run = self.object
        chain = list(Run.objects.chain_of(run).seen_by(self.request.user).in_number_order())
        return {
            "materials": run.materials.for_page(),
            "outputs": run.outputs.for_page().seen_by(self.request.user),
            "timeline": timeline(run),
            "chain": chain if len(chain) > 1 else [],
            "key_form": KeyForm(),
            "reprint_form": KeyForm(prefix="reprint"),
            "alarms": alarms(run),
            "photos": Attachment.objects.about(run).order_by("pk"),
            "photo_form": PhotoForm(),
        } | (costs(run, chain) if self.request.user.sees_cost else {})


def timeline(run) -> list[dict]:
    return [
        {
            "at": event.occurred_at,
            "by": event.by,
            "text": event.get_kind_display(),
            "detail": event.text,
            "icon": _ICONS[RunEventKind(event.kind)],
        }
        for event in run.events.select_related("by").order_by("-pk")
    ]


def costs(run, chain) -> dict:
    """For people who see costs: lines estimated and actual side by side, and what the chain came to."""
    lines: dict[tuple[str, str], dict] = {}
    for line in run.cost_lines.select_related("output__variant__product").order_by("pk"):
        stage = CostStage.ESTIMATE if line.stage == CostStage.ESTIMATE else CostStage.ACTUAL
        row = lines.setdefault(line.code, {"code": line.code, "estimate": 0, "actual": 0, "labels": {}})
        row[stage] += line.amount
        row["labels"].setdefault(line.label, line)
    return {
        "cost_rows": list(lines.values()),
        "chain_cost": sum(each.actual_cost or 0 for each in chain),
    }


class CancelRun(ConfirmPage):
    permission = Permission.RUN_PLAN
    title = gettext_lazy("Cancel the run")
    confirm_label = gettext_lazy("Cancel it")
    success_message = gettext_lazy("{object} is cancelled.")

    def get_queryset(self):
        return Run.objects.all()

    def question(self):
        return _("{object} will not be printed, and its filament is free again. Cancel it?").format(object=self.object)

    def perform(self, run, *, by, at):
        runs.cancel_run(run, key=uuid4(), by=by, at=at)
