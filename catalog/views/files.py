"""Pictures and sliced files: handed out by page, so that they need the same permission as the product."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from catalog.domain import photos
from catalog.forms.products import PhotoForm
from catalog.models import DesignLicence, Product, ProductPhoto, SliceFile
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.guard import requires
from nozzly.web.render import go_to

_PICTURES = {"png": "image/png", "jpg": "image/jpeg"}


@requires(Permission.CATALOG_VIEW)
@require_safe
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    return _picture(get_object_or_404(ProductPhoto, pk=pk).image)


@requires(Permission.CATALOG_VIEW)
@require_safe
def slice_picture(request: HttpRequest, pk: int) -> HttpResponse:
    return _picture(get_object_or_404(SliceFile, pk=pk).thumbnail)


@requires(Permission.CATALOG_VIEW)
@require_safe
def slice_download(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(SliceFile, pk=pk)
    return _download(row.file, row.original_name)


@requires(Permission.COST_VIEW)
@require_safe
def licence_proof(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(DesignLicence.objects.exclude(proof=""), pk=pk)
    return _download(row.proof, row.proof.name.rsplit("/", 1)[-1])


@requires(Permission.CATALOG_EDIT)
@require_POST
def add_photo(request: HttpRequest, pk: int) -> HttpResponse:
    product = get_object_or_404(Product, pk=pk)
    form = PhotoForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Choose a picture first."))
        return go_to(request, product)
    try:
        photos.add_photo(product, form.cleaned_data["image"], alt_text=form.cleaned_data["alt_text"])
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The picture is added."))
    return go_to(request, product)


@requires(Permission.CATALOG_EDIT)
@require_POST
def make_first_photo(request: HttpRequest, pk: int) -> HttpResponse:
    picture = get_object_or_404(ProductPhoto.objects.select_related("product"), pk=pk)
    photos.make_first(picture)
    return go_to(request, picture.product)


@requires(Permission.CATALOG_EDIT)
@require_POST
def remove_photo(request: HttpRequest, pk: int) -> HttpResponse:
    picture = get_object_or_404(ProductPhoto.objects.select_related("product"), pk=pk)
    photos.remove_photo(picture)
    messages.success(request, _("The picture is removed."))
    return go_to(request, picture.product)


def _picture(file):
    if not file:
        raise Http404
    kind = _PICTURES.get(file.name.rsplit(".", 1)[-1].lower(), "application/octet-stream")
    response = _opened(file, kind)
    # Pictures never change under their number; a browser may keep them, a proxy may not.
    response["Cache-Control"] = "private, max-age=604800, immutable"
    return response


def _download(file, name):
    response = _opened(file, "application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response


def _opened(file, kind):
    try:
        response = FileResponse(file.open("rb"), content_type=kind)
    except FileNotFoundError:
        raise Http404 from None
    response["X-Content-Type-Options"] = "nosniff"
    return response
