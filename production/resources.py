"""What the list of runs hands out, and takes back."""

from django import forms
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from nozzly.accounts.permissions import Permission
from nozzly.web.correcting import CorrectingImporter
from nozzly.web.exporting import ListResource
from production.domain import rating
from production.models import Run


class RunResource(ListResource):
    file = "runs"
    cost_columns = ("estimated_cost", "actual_cost", "bought_cost", "loss_cost")

    number = Field(attribute="number", column_name="number")
    entry_on = Field(attribute="entry_on", column_name="entered_on")
    state = Field(attribute="state", column_name="state")
    title = Field(attribute="title", column_name="title")
    printer = Field(attribute="printer__name", column_name="printer")
    reference = Field(attribute="reference", column_name="for")
    started_at = Field(attribute="started_at", column_name="started_at")
    finished_at = Field(attribute="finished_at", column_name="finished_at")
    print_time_s = Field(attribute="print_time_s", column_name="print_time_s")
    actual_time_s = Field(attribute="actual_time_s", column_name="actual_time_s")
    planned_pieces = Field(attribute="planned_pieces", column_name="planned_pieces")
    good_pieces = Field(attribute="good_pieces", column_name="good_pieces")
    stars = Field(attribute="stars", column_name="stars")
    failure_reason = Field(attribute="failure_reason__name", column_name="failed_because")
    failed_pct = Field(attribute="failed_pct", column_name="failed_at_pct")
    note = Field(attribute="note", column_name="note")
    estimated_cost = Field(attribute="estimated_cost", column_name="estimated_cost")
    actual_cost = Field(attribute="actual_cost", column_name="actual_cost")
    bought_cost = Field(attribute="bought_cost", column_name="bought_cost")
    loss_cost = Field(attribute="loss_cost", column_name="run_loss")


class RunImporter(CorrectingImporter):
    name = "runs"
    title = _("Correct runs")
    intro = _("The export of the list, with other notes. Runs are planned and finished on their own pages.")
    permission = Permission.RUN_OPERATE
    list_url = "production:run_list"
    resource = RunResource
    editable = {"note": forms.CharField(max_length=4000)}
    unknown = _("There is no such run; a file adds none.")

    def known(self, identities):
        return Run.objects.filter(number__in=identities).for_table()

    def correct(self, corrections, *, by, at):
        rating.set_notes([(run, values["note"] or "") for run, values in corrections])
