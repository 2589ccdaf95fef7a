"""The pages of an import. An app writes ``import_spools = import_page(SpoolImporter)`` in its views."""

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web import importing, intake, jobs
from nozzly.web.downloads import csv_of, file_response
from nozzly.web.exporting import neutralise
from nozzly.web.guard import requires
from nozzly.web.importing import DryRun, Importer, Verdict
from nozzly.web.models import ListImport
from nozzly.web.reading import Table
from nozzly.web.render import go_to, render
from nozzly.web.tasks import import_rows
from nozzly.web.views import ConfirmPage, ListPage

_SHOWN_ROWS = 100
_IN_BACKGROUND_FROM = 2000  # rows
_TEMPLATE = "web/import.html"


class UploadForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("File"), help_text=gettext_lazy("CSV, XLSX or JSON, up to 8 MB."))


def import_page(importer_class: type[Importer]) -> Callable:
    """The view of one importer, guarded by its permission."""

    @requires(importer_class.permission)
    @require_http_methods(["GET", "POST"])
    def import_rows(request: HttpRequest) -> HttpResponse:
        importer = importer_class()
        if request.method == "POST" and "file" in request.FILES:
            return _upload(request, importer)
        if request.method == "POST" and request.POST.get("token"):
            return _check_or_apply(request, importer)
        if request.GET.get("format") == "sample":
            return _sample(importer)
        form = UploadForm(request.POST if request.method == "POST" else None)
        return _answer(request, importer, form=form)

    return import_rows


def _upload(request: HttpRequest, importer: Importer) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            token = intake.keep_upload(request.user, importer, file=form.cleaned_data["file"])
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            upload = intake.kept_upload(request.user, token)
            mapping = importer.guess(upload.table.headers)
            return _show(request, importer, token, upload, mapping, importer.dry_run(upload.table, mapping))
    return _answer(request, importer, form=form)


def _check_or_apply(request: HttpRequest, importer: Importer) -> HttpResponse:
    token = request.POST["token"]
    try:
        upload = intake.kept_upload(request.user, token)
    except intake.ImportGone as gone:
        form = UploadForm({})
        form.errors.clear()
        form.add_error(None, str(gone))
        return _answer(request, importer, form=form)
    mapping = _mapping_of(request, importer, upload.table)
    run = importer.dry_run(upload.table, mapping)
    if "reasons" in request.POST:
        return _reasons(importer, upload.table, run)
    good_only = request.POST.get("apply") == "good"
    if "apply" not in request.POST or not (run.may_apply or (good_only and run.may_apply_good)):
        return _show(request, importer, token, upload, mapping, run)
    if len(run.rows) >= _IN_BACKGROUND_FROM:
        return _start_job(request, importer, token, mapping, good_only=good_only)
    try:
        made = intake.carry_out(
            importer, upload, mapping, good_only=good_only, key=UUID(token), by=request.user, at=timezone.now()
        )
    except DomainError as refusal:
        run.problems.append(str(refusal))
        return _show(request, importer, token, upload, mapping, run)
    intake.drop_upload(request.user, token)
    messages.success(request, _closing(made, importer))
    return go_to(request, importer.list_url)


def _start_job(
    request: HttpRequest, importer: Importer, token: str, mapping: dict[str, int], *, good_only: bool
) -> HttpResponse:
    kind = type(importer)
    job = jobs.start(
        import_rows, title=str(importer.title), by=request.user, token=token, mapping=mapping,
        good_only=good_only, importer=f"{kind.__module__}.{kind.__qualname__}",
    )  # fmt: skip
    return go_to(request, job)


def _closing(made: ListImport, importer: Importer) -> str:
    text, parts = made.message, []
    if made.left_out:
        parts.append(
            ngettext("%(count)s row was left out.", "%(count)s rows were left out.", made.left_out)
            % {"count": made.left_out}
        )
    if not importer.may_be_undone:
        return " ".join([text, *parts])
    return format_html('{} <a href="{}">{}</a>', " ".join([text, *parts]), made.get_absolute_url(), _("Undo"))


def _reasons(importer: Importer, table: Table, run: DryRun) -> HttpResponse:
    """The rows that are wrong as a file, with what is wrong: correct it there and import it again."""
    lines = ([*map(neutralise, row.cells), " ".join(row.reasons)] for row in run.wrong)
    content = csv_of([*table.headers, _("What is wrong")], lines)
    return file_response(content, name=f"{importer.name}-to-correct", kind="csv")


def _mapping_of(request: HttpRequest, importer: Importer, table: Table) -> dict[str, int]:
    chosen = {name: request.POST.get(f"column-{name}", "") for name in importer.columns()}
    indexes = {str(index): index for index in range(len(table.headers))}
    return {name: indexes[text] for name, text in chosen.items() if text in indexes}


def _show(
    request: HttpRequest, importer: Importer, token: str, upload: intake.Upload, mapping: dict[str, int], run: DryRun
) -> HttpResponse:
    matches = [
        (name, importing.label_of(name, column), column, mapping.get(name))
        for name, column in importer.columns().items()
    ]
    rows = run.wrong or run.rows
    counts = [
        (_("new"), run.counts[Verdict.NEW], "good"),
        (_("changed"), run.counts[Verdict.CHANGED], "info"),
        (_("unchanged"), run.counts[Verdict.UNCHANGED], "neutral"),
        (_("wrong"), run.counts[Verdict.WRONG], "bad"),
    ]
    context = {
        "importer": importer,
        "token": token,
        "upload": upload,
        "table": upload.table,
        "headers": list(enumerate(upload.table.headers)),
        "matches": matches,
        "run": run,
        "rows": rows[:_SHOWN_ROWS],
        "hidden_rows": max(len(rows) - _SHOWN_ROWS, 0),
        "counts": [(label, count, tone) for label, count, tone in counts if count],
    }
    return render(request, _TEMPLATE, context, status=200 if run.may_apply else 422)


def _answer(request: HttpRequest, importer: Importer, *, form: UploadForm) -> HttpResponse:
    columns = [(importing.label_of(name, column), column) for name, column in importer.columns().items()]
    context = {"importer": importer, "form": form, "columns": columns}
    return render(request, _TEMPLATE, context, status=422 if form.errors else 200)


def _sample(importer: Importer) -> HttpResponse:
    return file_response(csv_of(importer.headers(), importer.sample), name=f"{importer.name}-sample", kind="csv")


class ImportList(ListPage):
    permission = Permission.IMPORT
    template = "web/import_list.html"
    fragments = ("import-table",)
    title = gettext_lazy("Imports")
    columns = {
        "at": gettext_lazy("When"),
        "who": gettext_lazy("Who"),
        "new": gettext_lazy("New"),
        "changed": gettext_lazy("Changed"),
        "left_out": gettext_lazy("Left out"),
    }
    sorts = {"at": "at"}
    default_sort = "-at"

    def get_queryset(self):
        return ListImport.objects.for_table()


class ImportDetail(ConfirmPage):
    """What a file made, and the button that takes all of it back."""

    permission = Permission.IMPORT
    template = "web/import_detail.html"
    title = gettext_lazy("Import")
    confirm_label = gettext_lazy("Undo the whole import")

    def get_queryset(self):
        return ListImport.objects.select_related("by", "undone_by")

    def get_context(self):
        return {"may_undo": not self.object.undone_at and self._importer() is not None}

    def perform(self, subject, *, by, at):
        if self._importer() is None:
            raise intake.CannotBeUndone(_("What this import changed cannot be taken back as a whole."))
        self.success_message = intake.take_back(subject, by=by, at=at).replace("{", "{{").replace("}", "}}")

    def _importer(self) -> Importer | None:
        """What can undo it, for those who may import such files."""
        importer = intake.importer_of(self.object)
        return importer if importer and self.request.user.has_permission(importer.permission) else None
