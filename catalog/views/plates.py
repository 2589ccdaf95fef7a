from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from catalog.domain import plate_recipes, plates, recosting, slicing
from catalog.forms.plates import PlateFilter, PlateSheet, SliceFileForm
from catalog.models import Plate
from catalog.resources import PlateImporter, PlateResource
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.guard import requires
from nozzly.web.pages.imports import import_page
from nozzly.web.render import go_to, render
from nozzly.web.views import ConfirmPage, DetailPage, ListPage


class PlateList(ListPage):
    permission = Permission.CATALOG_VIEW
    template = "catalog/plate_list.html"
    fragments = ("plate-table",)
    title = _("Plates")
    columns = {
        "makes": _("Makes"),
        "loads": _("Loads"),
        "for": _("For"),
        "time": _("Print time"),
    }
    filter_form = PlateFilter
    sorts = {"name": "sort_name", "time": "print_time_s", "created": "created_at"}
    default_sort = "-created"
    resource = PlateResource
    create_url = "catalog:create_plate"
    create_label = _("Add plate")
    import_url = "catalog:import_plates"

    def get_queryset(self):
        return Plate.objects.for_table()


import_plates = import_page(PlateImporter)


class PlateDetail(DetailPage):
    permission = Permission.CATALOG_VIEW
    template = "catalog/plate_detail.html"
    context_name = "plate"

    def get_queryset(self):
        return Plate.objects.for_page()

    def get_context(self):
        return {"file_form": SliceFileForm()}


@requires(Permission.CATALOG_EDIT)
@require_http_methods(["GET", "POST"])
def create_plate(request: HttpRequest) -> HttpResponse:
    return _plate_form(request, None)


@requires(Permission.CATALOG_EDIT)
@require_http_methods(["GET", "POST"])
def edit_plate(request: HttpRequest, pk: int) -> HttpResponse:
    return _plate_form(request, get_object_or_404(Plate.objects.with_contents(), pk=pk))


@requires(Permission.CATALOG_EDIT)
@require_POST
def add_slice_file(request: HttpRequest, pk: int) -> HttpResponse:
    plate = get_object_or_404(Plate.objects.for_page(), pk=pk)
    form = SliceFileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            file = slicing.add_slice_file(plate, form.cleaned_data["file"], by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            messages.success(request, gettext("{file} is on the plate.").format(file=file))
            return go_to(request, plate)
    return render(request, "catalog/plate_detail.html", {"plate": plate, "file_form": form}, status=422)


@requires(Permission.CATALOG_EDIT)
@require_POST
def recipe_from_plate(request: HttpRequest, pk: int) -> HttpResponse:
    plate = get_object_or_404(Plate, pk=pk)
    now = timezone.now()
    try:
        recipe = plate_recipes.recipe_from_plate(plate, by=request.user, at=now)
    except DomainError as error:
        messages.error(request, str(error))
        return go_to(request, plate)
    recosting.recost_product(recipe.product, on=timezone.localdate(now), at=now)
    messages.success(
        request, gettext("One piece of {product} now takes its share of the bed.").format(product=recipe.product)
    )
    return go_to(request, recipe.product)


class ArchivePlate(ConfirmPage):
    permission = Permission.CATALOG_EDIT
    title = _("Archive plate")
    confirm_label = _("Archive")
    success_message = _("{object} is in the archive.")

    def get_queryset(self):
        return Plate.objects.active()

    def question(self):
        return gettext("Put {object} into the archive? Runs that were printed from it stay.").format(object=self.object)

    def perform(self, subject, *, by, at):
        plates.archive_plate(subject, at=at)

    def success_url(self):
        return reverse("catalog:plate_list")


@requires(Permission.CATALOG_EDIT)
@require_POST
def restore_plate(request: HttpRequest, pk: int) -> HttpResponse:
    plate = get_object_or_404(Plate.objects.archived(), pk=pk)
    plates.restore_plate(plate)
    messages.success(request, gettext("{plate} is back.").format(plate=plate))
    return go_to(request, plate)


def _plate_form(request, plate):
    sheet = PlateSheet(plate, data=request.POST or None)
    if request.method == "POST" and sheet.is_valid():
        try:
            saved = plates.change_plate(plate, sheet.facts()) if plate else plates.create_plate(sheet.facts())
        except DomainError as error:
            sheet.form.add_error(None, str(error))
        else:
            messages.success(request, gettext("{plate} is saved.").format(plate=saved))
            return go_to(request, saved)
    status = 422 if sheet.has_errors else 200
    return render(request, "catalog/plate_form.html", {"plate": plate, "sheet": sheet}, status=status)
