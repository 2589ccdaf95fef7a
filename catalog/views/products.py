from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from catalog import tasks
from catalog.documents import cost_sheet
from catalog.domain import licences, products, recosting
from catalog.domain.bed_choices import beds_compared
from catalog.domain.bed_costs import bed_costs
from catalog.domain.costing_inputs import loaded_costs
from catalog.domain.recipes import current_recipe
from catalog.forms.products import PhotoForm, ProductFilter, ProductForm
from catalog.models import Category, CostSnapshot, Plate, Product
from catalog.resources import ProductImporter, ProductResource
from nozzly.accounts.permissions import Permission
from nozzly.web import jobs
from nozzly.web.guard import requires
from nozzly.web.lookups import SuggestionsView
from nozzly.web.pages.imports import import_page
from nozzly.web.render import go_to
from nozzly.web.views import ConfirmPage, DetailPage, FormPage, ListPage


class ProductList(ListPage):
    permission = Permission.CATALOG_VIEW
    template = "catalog/product_list.html"
    fragments = ("product-table",)
    title = _("Products")
    columns = {
        "category": _("Category"),
        "colours": _("Colours"),
        "time": _("Print time"),
        "cost": _("Cost"),
    }
    cost_columns = ("cost",)
    filter_form = ProductFilter
    default_sort = "-created"
    resource = ProductResource
    create_url = "catalog:drop_files"
    import_url = "catalog:import_products"
    create_label = _("Drop files")

    @property
    def sorts(self):
        plain = {"title": "sort_title", "time": "print_time_s", "category": "sort_category", "created": "created_at"}
        # The order of a list tells costs as well as their column would.
        return plain | ({"cost": "full_cost_from"} if self.request.user.sees_cost else {})

    def get_queryset(self):
        return Product.objects.for_table()


import_products = import_page(ProductImporter)


class ProductSuggestions(SuggestionsView):
    permission = Permission.CATALOG_VIEW

    def rows(self):
        return Product.objects.for_choice()


class ProductDetail(DetailPage):
    permission = Permission.CATALOG_VIEW
    template = "catalog/product_detail.html"
    context_name = "product"

    def get_queryset(self):
        return Product.objects.for_page()

    def get_context(self):
        product = self.object
        variants = list(product.variants.in_order().for_table())
        wanted = self.request.GET.get("variant", "")
        chosen = next((each for each in variants if str(each.pk) == wanted), None) or _first_for_sale(variants)
        recipe = current_recipe(product)
        plates = list(Plate.objects.active().making(product).for_page().order_by("name", "pk"))
        costs = self._bed_costs(plates, variants, recipe)
        context = {
            "variants": variants,
            "chosen": chosen,
            "recipe": recipe,
            "bindings": {slot.slot_name: slot for slot in chosen.slots.all()} if chosen else {},
            "beds": beds_compared(plates, recipe, costs=costs),
            "photo_form": PhotoForm(),
            "licence_ends_soon": licences.ends_soon(product.licence, timezone.localdate()),
        }
        return context | (self._costs(variants, chosen, recipe) if self.request.user.sees_cost and chosen else {})

    def _bed_costs(self, plates, variants, recipe):
        if not plates or not self.request.user.sees_cost:
            return {}
        return bed_costs(plates, {variant.pk: variant for variant in variants}, recipe, timezone.localdate())

    def _costs(self, variants, chosen, recipe):
        costs = loaded_costs(variants, recipe, timezone.localdate())
        for variant in variants:
            variant.cost_now = costs[variant.pk]
        if any(recosting.is_stale(variant, variant.cost_now) for variant in variants):
            tasks.recost_soon(self.object)
        history = CostSnapshot.objects.filter(variant=chosen).order_by("-at", "-pk")[:6]
        return {"sheet": cost_sheet(chosen.cost_now), "history": history}


class ProductFormPage(FormPage):
    permission = Permission.CATALOG_EDIT
    template = "catalog/product_form.html"
    form_class = ProductForm
    title = _("Product")

    def get_queryset(self):
        return Product.objects.all()

    def get_context(self):
        return {"categories": Category.objects.order_by("name")}

    def save(self, form, *, by, at):
        if form.instance.pk:
            return products.change_product(form.instance, form.facts())
        return products.create_product(form.facts(), by=by, at=at)


class ArchiveProduct(ConfirmPage):
    permission = Permission.CATALOG_EDIT
    title = _("Archive product")
    confirm_label = _("Archive")
    success_message = _("{object} is in the archive.")

    def get_queryset(self):
        return Product.objects.active()

    def question(self):
        return gettext("Put {object} into the archive? Its stock, orders and history stay.").format(object=self.object)

    def perform(self, subject, *, by, at):
        products.archive_product(subject, at=at)

    def success_url(self):
        return reverse("catalog:product_list")


@requires(Permission.CATALOG_EDIT)
@require_POST
def restore_product(request: HttpRequest, pk: int) -> HttpResponse:
    product = get_object_or_404(Product.objects.archived(), pk=pk)
    products.restore_product(product)
    messages.success(request, gettext("{product} is back.").format(product=product))
    return go_to(request, product)


@requires(Permission.CATALOG_EDIT)
@require_POST
def duplicate_product(request: HttpRequest, pk: int) -> HttpResponse:
    product = get_object_or_404(Product, pk=pk)
    copy = products.duplicate_product(product, by=request.user, at=timezone.now())
    messages.success(request, gettext("This is the copy; give it a title of its own."))
    return go_to(request, "catalog:edit_product", copy.pk)


@requires(Permission.RATE_EDIT)
@require_POST
def recost_catalogue(request: HttpRequest) -> HttpResponse:
    job = jobs.start(tasks.recost_catalogue, title=gettext("Work out all costs"), by=request.user)
    return go_to(request, job)


def _first_for_sale(variants):
    return next((variant for variant in variants if variant.archived_at is None), variants[0] if variants else None)
