from uuid import uuid4

from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalog import tasks
from catalog.domain import slicing
from catalog.forms.products import DropForm
from catalog.models import Product
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web import jobs
from nozzly.web.guard import requires
from nozzly.web.render import go_to, render

# More than this is read by the worker, behind a progress bar.
FILES_AT_ONCE = 15
BYTES_AT_ONCE = 120 * 1024 * 1024


@requires(Permission.CATALOG_EDIT)
@require_http_methods(["GET", "POST"])
def drop_files(request: HttpRequest) -> HttpResponse:
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form, results = DropForm(*sent), []
    if form.is_valid():
        files, model = form.cleaned_data["files"], form.cleaned_data["printer_model"]
        try:
            if len(files) > FILES_AT_ONCE or sum(file.size for file in files) > BYTES_AT_ONCE:
                return go_to(request, _read_later(files, model, by=request.user))
            results = slicing.products_from_files(files, printer_model=model, by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error("files", str(error))
    return render(
        request,
        "catalog/drop_files.html",
        {"form": form, "results": _for_table(results), "counts": _counts(results)},
        status=422 if form.is_bound and form.errors else 200,
    )


def _read_later(files, model, *, by):
    if len(files) > slicing.MAX_FILES:
        raise slicing.TooManyFiles(_("Drop at most %(count)s files at once.") % {"count": slicing.MAX_FILES})
    folder = f"catalog/incoming/{uuid4().hex}"
    paths = [(default_storage.save(f"{folder}/{number}", file), file.name) for number, file in enumerate(files)]
    return jobs.start(
        tasks.read_files,
        title=_("%(count)s sliced files") % {"count": len(files)},
        by=by,
        paths=paths,
        printer_model_id=model.pk if model else None,
    )


def _for_table(results):
    """Each file with its products as the list shows them."""
    wanted = [product.pk for result in results for product in result.products]
    rows = {product.pk: product for product in Product.objects.filter(pk__in=wanted).for_table()}
    return [(result, [rows[product.pk] for product in result.products]) for result in results]


def _counts(results):
    return {
        "made": sum(len(result.products) for result in results if not result.known),
        "known": sum(1 for result in results if result.known),
        "bad": sum(1 for result in results if result.error),
    }
