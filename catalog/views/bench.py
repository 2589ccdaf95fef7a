"""The bench: putting parts together, looking at two products side by side, finding what a part is used in."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from catalog.documents import compare_costs
from catalog.domain import builds
from catalog.domain.costing_inputs import variant_costs
from catalog.forms.bench import BuildForm, CompareForm
from catalog.models import Build, Plate, Product, Variant
from inventory.models import Item
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.guard import requires
from nozzly.web.render import go_to, render
from nozzly.web.views import ConfirmPage, DetailPage, ListPage


@requires(Permission.CATALOG_EDIT)
@require_http_methods(["GET", "POST"])
def build_variant(request: HttpRequest, pk: int) -> HttpResponse:
    variant = get_object_or_404(Variant.objects.active().select_related("product", "item"), pk=pk)
    sent = request.POST if request.method == "POST" else None
    form = BuildForm(sent, initial={"key": uuid4(), "pieces": request.GET.get("pieces", 1)})
    if form.is_valid():
        try:
            made = builds.build(variant, **form.cleaned_data, by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("{build} are on the shelf.").format(build=made))
            return go_to(request, made)
    context = {"variant": variant, "form": form, "needs": _needs(variant, form)}
    return render(request, "catalog/build_form.html", context, status=422 if form.errors else 200)


class BuildList(ListPage):
    permission = Permission.CATALOG_VIEW
    template = "catalog/build_list.html"
    fragments = ("build-table",)
    title = _("Builds")
    columns = {
        "built": _("When"),
        "by": _("By"),
        "lot": _("Lot"),
        "each": _("Each"),
    }
    cost_columns = ("each",)
    sorts = {"built": "built_at"}
    default_sort = "-built"

    def get_queryset(self):
        return Build.objects.for_table()


class BuildDetail(DetailPage):
    permission = Permission.CATALOG_VIEW
    template = "catalog/build_detail.html"
    context_name = "build"

    def get_queryset(self):
        return Build.objects.for_table()


class UndoBuild(ConfirmPage):
    permission = Permission.RUN_UNDO
    title = _("Undo build")
    confirm_label = _("Undo")
    success_message = _("{object}: the parts are back on the shelf.")

    def get_queryset(self):
        return Build.objects.filter(undone_at=None).for_table()

    def question(self):
        text = gettext(
            "Take {object} off the shelf again and put the parts back? Nothing is deleted; rows are reversed."
        )
        return text.format(object=self.object)

    def perform(self, subject, *, by, at):
        builds.undo_build(subject, key=uuid4(), by=by, at=at)


@requires(Permission.COST_VIEW)
@require_safe
def compare_products(request: HttpRequest) -> HttpResponse:
    """Two variants side by side, line by line."""
    form, rows = CompareForm(request.GET or None), []
    if form.is_valid():
        left, right = form.cleaned_data["left"], form.cleaned_data["right"]
        costs = variant_costs([left, right], timezone.localdate())
        rows = compare_costs(costs[left.pk], costs[right.pk])
    return render(request, "catalog/compare_products.html", {"form": form, "rows": rows})


@requires(Permission.CATALOG_VIEW)
@require_safe
def where_used(request: HttpRequest, pk: int) -> HttpResponse:
    """Recipes, variants and plates that would miss this filament, part or box."""
    item = get_object_or_404(Item, pk=pk)
    context = {
        "item": item,
        "products": Product.objects.active().using_item(pk).order_by("title")[:200],
        "variants": Variant.objects.active().using_item(pk).select_related("product").order_by("product__title")[:200],
        "plates": Plate.objects.active().using_item(pk).order_by("name")[:200],
    }
    return render(request, "catalog/where_used.html", context)


def _needs(variant, form):
    """What the build would take, for the number of pieces on the form."""
    try:
        pieces = max(1, min(int(form["pieces"].value() or 1), 10_000))
        return builds.needs(variant, pieces)
    except (ValueError, DomainError):
        return []
