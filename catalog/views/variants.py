from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from catalog.domain import colourways, recosting, variants
from catalog.domain.recipes import current_recipe
from catalog.forms.variants import ColourwaysForm, VariantForm
from catalog.models import Product, Variant
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.guard import requires
from nozzly.web.lookups import SuggestionsView
from nozzly.web.render import go_to, render


class VariantSuggestions(SuggestionsView):
    permission = Permission.CATALOG_VIEW

    def rows(self):
        return Variant.objects.for_choice()


@requires(Permission.CATALOG_EDIT)
@require_http_methods(["GET", "POST"])
def add_variant(request: HttpRequest, pk: int) -> HttpResponse:
    product = get_object_or_404(Product, pk=pk)
    form = VariantForm(request.POST or None, product=product, recipe=current_recipe(product))
    if request.method == "POST" and form.is_valid():
        try:
            variant = colourways.add_variant(product, form.draft())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return _done(request, product, _("{variant} is added.").format(variant=variant.name))
    return _answer(request, "catalog/variant_form.html", {"product": product, "form": form})


@requires(Permission.CATALOG_EDIT)
@require_http_methods(["GET", "POST"])
def add_colourways(request: HttpRequest, pk: int) -> HttpResponse:
    product = get_object_or_404(Product, pk=pk)
    form = ColourwaysForm(request.POST or None, recipe=current_recipe(product))
    if request.method == "POST" and form.is_valid():
        try:
            made = colourways.add_colourways(
                product,
                slot_name=form.cleaned_data["slot"],
                choices=form.cleaned_data["filaments"],
                option=form.option(),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            text = ngettext("%(count)s variant is added.", "%(count)s variants are added.", len(made))
            return _done(request, product, text % {"count": len(made)})
    return _answer(request, "catalog/colourways.html", {"product": product, "form": form})


@requires(Permission.CATALOG_EDIT)
@require_http_methods(["GET", "POST"])
def edit_variant(request: HttpRequest, pk: int) -> HttpResponse:
    variant = get_object_or_404(Variant.objects.for_table(), pk=pk)
    product = variant.product
    form = VariantForm(request.POST or None, product=product, recipe=current_recipe(product), variant=variant)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                variants.change_variant(variant, form.draft())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return _done(request, product, _("{variant} is saved.").format(variant=variant.name))
    return _answer(request, "catalog/variant_form.html", {"product": product, "variant": variant, "form": form})


@requires(Permission.CATALOG_EDIT)
@require_POST
def archive_variant(request: HttpRequest, pk: int) -> HttpResponse:
    variant = get_object_or_404(Variant.objects.select_related("product"), pk=pk, archived_at=None)
    try:
        variants.archive_variant(variant, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("{variant} is in the archive.").format(variant=variant))
    return go_to(request, variant.product)


@requires(Permission.CATALOG_EDIT)
@require_POST
def restore_variant(request: HttpRequest, pk: int) -> HttpResponse:
    variant = get_object_or_404(Variant.objects.select_related("product").exclude(archived_at=None), pk=pk)
    variants.restore_variant(variant)
    messages.success(request, _("{variant} is back.").format(variant=variant))
    return go_to(request, variant.product)


def _done(request, product, text):
    now = timezone.now()
    recosting.recost_product(product, on=timezone.localdate(now), at=now)
    messages.success(request, text)
    return go_to(request, product)


def _answer(request, template, context):
    return render(request, template, context, status=422 if context["form"].errors else 200)
