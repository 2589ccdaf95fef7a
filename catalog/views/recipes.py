from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.documents import cost_changes, recipe_changes
from catalog.domain import recipes, recosting
from catalog.domain.costing_inputs import recipe_cost
from catalog.forms.recipes import RecipeSheet
from catalog.models import Product, Recipe
from inventory.models import Item
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.guard import requires
from nozzly.web.render import go_to, render


@requires(Permission.CATALOG_EDIT)
@require_http_methods(["GET", "POST"])
def edit_recipe(request: HttpRequest, pk: int) -> HttpResponse:
    product = get_object_or_404(Product, pk=pk)
    current = recipes.current_recipe(product)
    sheet = RecipeSheet(recipes.draft_of(current), product=product, data=request.POST or None)

    if request.method == "POST" and sheet.is_valid():
        try:
            recipe = _save(product, sheet, by=request.user)
        except DomainError as error:
            sheet.form.add_error(None, str(error))
        else:
            text = _("Nothing changed.") if current and recipe == current else _("The recipe of {product} is saved.")
            messages.success(request, text.format(product=product))
            return go_to(request, product)

    return render(
        request,
        "catalog/recipe_form.html",
        {"product": product, "recipe": current, "sheet": sheet},
        status=422 if sheet.has_errors else 200,
    )


@requires(Permission.CATALOG_VIEW)
@require_safe
def recipe_versions(request: HttpRequest, pk: int) -> HttpResponse:
    """All versions, and what changed between two of them: rows, and for those who may see it the cost."""
    product = get_object_or_404(Product, pk=pk)
    versions = list(product.recipes.for_page().order_by("-version"))
    older, newer = _pair(versions, request.GET)
    context = {"product": product, "versions": versions, "older": older, "newer": newer}
    if older and newer:
        names = dict(Item.objects.filter(pk__in=_item_ids(older, newer)).values_list("pk", "name"))
        context["rows"] = recipe_changes(recipes.draft_of(older), recipes.draft_of(newer), item_names=names)
        variant = product.variants.active().in_order().first()
        if request.user.sees_cost and variant:
            today = timezone.localdate()
            before, after = recipe_cost(variant, older, today), recipe_cost(variant, newer, today)
            context |= {"before": before, "after": after, "moves": cost_changes(before, after), "variant": variant}
    return render(request, "catalog/recipe_versions.html", context)


@requires(Permission.CATALOG_EDIT)
@require_POST
def restore_recipe(request: HttpRequest, pk: int) -> HttpResponse:
    recipe = get_object_or_404(Recipe.objects.select_related("product"), pk=pk)
    recipes.restore_version(recipe, by=request.user, at=timezone.now())
    recosting.recost_product(recipe.product, on=timezone.localdate(), at=timezone.now())
    messages.success(request, _("Version {version} is current again.").format(version=recipe.version))
    return go_to(request, recipe.product)


def _save(product, sheet, *, by):
    now = timezone.now()
    recipe = recipes.new_version(product, sheet.draft(), origin=sheet.form.cleaned_data["origin"], by=by, at=now)
    recosting.recost_product(product, on=timezone.localdate(now), at=now)
    return recipe


def _pair(versions, query):
    by_number = {str(recipe.version): recipe for recipe in versions}
    newer = by_number.get(query.get("to", "")) or (versions[0] if versions else None)
    before = [recipe for recipe in versions if newer and recipe.version < newer.version]
    older = by_number.get(query.get("from", "")) or (before[0] if before else None)
    return older, newer


def _item_ids(*found):
    return {component.item_id for recipe in found for component in recipe.components.all()}
