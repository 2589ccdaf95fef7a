"""The pages of an import. An app writes ``import_spools = import_page(SpoolImporter)`` in its views."""

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from nozzly.core.errors import DomainError
from nozzly.web import auditing, importing
from nozzly.web.downloads import csv_of, file_response
from nozzly.web.guard import requires
from nozzly.web.importing import DryRun, Importer, Verdict
from nozzly.web.reading import Table
from nozzly.web.render import go_to, render

_SHOWN_ROWS = 200
_TEMPLATE = "web/import.html"


class UploadForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("File"), help_text=gettext_lazy("CSV or XLSX, up to 8 MB."))


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
        file = form.cleaned_data["file"]
        try:
            token = importing.keep_upload(request.user, name=file.name, content=file.read())
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            table = importing.kept_table(request.user, token)
            mapping = importer.guess(table.headers)
            return _show(request, importer, token, table, mapping)
    return _answer(request, importer, form=form)


def _check_or_apply(request: HttpRequest, importer: Importer) -> HttpResponse:
    token = request.POST["token"]
    try:
        table = importing.kept_table(request.user, token)
        mapping = _mapping_of(request, importer, table)
        run = importer.dry_run(table, mapping)
        if "apply" not in request.POST or not run.may_apply:
            return _show(request, importer, token, table, mapping, run)
        at = timezone.now()
        message = importer.apply(run.good, key=UUID(token), by=request.user, at=at)
    except importing.ImportGone as gone:
        form = UploadForm({})
        form.errors.clear()
        form.add_error(None, str(gone))
        return _answer(request, importer, form=form)
    except DomainError as refusal:
        run.problems.append(str(refusal))
        return _show(request, importer, token, table, mapping, run)
    importing.drop_upload(request.user, token)
    auditing.record(f"imported {importer.name}", details={"rows": len(run.good)}, by=request.user, at=at)
    messages.success(request, message)
    return go_to(request, importer.list_url)


def _mapping_of(request: HttpRequest, importer: Importer, table: Table) -> dict[str, int]:
    chosen = {name: request.POST.get(f"column-{name}", "") for name in importer.columns()}
    return {name: int(text) for name, text in chosen.items() if text.isdecimal() and int(text) < len(table.headers)}


def _show(
    request: HttpRequest,
    importer: Importer,
    token: str,
    table: Table,
    mapping: dict[str, int],
    run: DryRun | None = None,
) -> HttpResponse:
    run = run or importer.dry_run(table, mapping)
    matches = [
        (name, importing.label_of(name, column), column, mapping.get(name))
        for name, column in importer.columns().items()
    ]
    worst_first = sorted(run.rows, key=lambda row: (row.verdict != Verdict.WRONG, row.number))
    counts = [
        (_("new"), run.counts[Verdict.NEW], "good"),
        (_("changed"), run.counts[Verdict.CHANGED], "info"),
        (_("unchanged"), run.counts[Verdict.UNCHANGED], "neutral"),
        (_("wrong"), run.counts[Verdict.WRONG], "bad"),
    ]
    context = {
        "importer": importer,
        "token": token,
        "table": table,
        "headers": list(enumerate(table.headers)),
        "matches": matches,
        "run": run,
        "rows": worst_first[:_SHOWN_ROWS],
        "hidden_rows": max(len(run.rows) - _SHOWN_ROWS, 0),
        "counts": [(label, count, tone) for label, count, tone in counts if count],
    }
    return render(request, _TEMPLATE, context, status=200 if run.may_apply else 422)


def _answer(request: HttpRequest, importer: Importer, *, form: UploadForm) -> HttpResponse:
    columns = [(importing.label_of(name, column), column) for name, column in importer.columns().items()]
    context = {"importer": importer, "form": form, "columns": columns}
    return render(request, _TEMPLATE, context, status=422 if form.errors else 200)


def _sample(importer: Importer) -> HttpResponse:
    return file_response(csv_of(importer.headers(), importer.sample), name=f"{importer.name}-sample", kind="csv")
