from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from inventory.choices import ItemKind
from inventory.domain import items, offers, stock
from inventory.domain.lots import LotDetails
from inventory.forms.items import ItemFilter, ItemForm, OpeningLotForm
from inventory.models import Item, Lot
from inventory.resources import ItemResource
from inventory.views.pictures import pictures_of
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.guard import requires
from nozzly.web.render import go_to, render
from nozzly.web.views import ConfirmPage, DetailPage, FormPage, ListPage


class ItemList(ListPage):
    permission = Permission.STOCK_VIEW
    template = "inventory/item_list.html"
    fragments = ("item-table",)
    title = gettext_lazy("Parts and packaging")
    columns = {
        "kind": gettext_lazy("Kind"),
        "stock": gettext_lazy("Stock"),
        "reserved": gettext_lazy("Reserved"),
        "supplier": gettext_lazy("Supplier"),
        "last_cost": gettext_lazy("Last cost"),
    }
    cost_columns = ("last_cost",)
    filter_form = ItemFilter
    sorts = {"name": "name", "stock": "stock"}
    default_sort = "name"
    resource = ItemResource
    create_url = "inventory:create_item"
    create_label = gettext_lazy("Add part")
    import_url = "inventory:import_items"
    bulk_kinds = (ItemKind.COMPONENT, ItemKind.PACKAGING)  # made goods are changed at their product

    def get_queryset(self):
        return Item.objects.available().exclude(kind=ItemKind.FILAMENT).for_table()

    def narrowed(self, queryset):
        return super().narrowed(queryset) if self.form.is_valid() else queryset.parts_and_packaging()


class ItemDetail(DetailPage):
    permission = Permission.STOCK_VIEW
    template = "inventory/item_detail.html"
    context_name = "item"

    def get_queryset(self):
        return Item.objects.exclude(kind=ItemKind.FILAMENT).for_table()

    def get_context(self):
        lots = Lot.objects.filter(item=self.object).available().select_related("location", "item", "supplier", "spool")
        item, sees_cost = self.object, self.request.user.sees_cost
        return {
            "lots": lots.seen_by(self.request.user).order_by("-on_hand", "-pk")[:100],
            "cost": stock.replacement_cost_per_unit(item) if sees_cost else None,
            "average": stock.average_cost_per_unit(item) if sees_cost else None,
            "offers": offers.offers_of(item) if sees_cost and item.kind in ItemKind.bought() else None,
            "barcodes": item.barcodes.order_by("pk"),
            "pictures": pictures_of(item),
        }


class EditItem(FormPage):
    permission = Permission.STOCK_EDIT
    title = gettext_lazy("Part or packaging")
    form_class = ItemForm

    def get_queryset(self):
        return Item.objects.parts_and_packaging()

    def get_form(self, **data):
        return self.form_class(**data, instance=self.object, sees_cost=self.request.user.sees_cost)

    def save(self, form, *, by, at):
        return items.save_item(form.save(commit=False))


class ArchiveItem(ConfirmPage):
    permission = Permission.STOCK_EDIT
    title = gettext_lazy("Offer it no more")
    confirm_label = gettext_lazy("Archive")
    danger = False

    def get_queryset(self):
        return Item.objects.all()

    def question(self):
        return _("Archive {object}? Its history stays.").format(object=self.object)

    def perform(self, item, *, by, at):
        items.archive_item(item, at=at)

    def success_url(self):
        return reverse("inventory:item_list")


@requires(Permission.STOCK_RECEIVE)
@require_http_methods(["GET", "POST"])
def open_stock(request: HttpRequest, pk: int) -> HttpResponse:
    item = get_object_or_404(Item.objects.parts_and_packaging(), pk=pk)
    form = OpeningLotForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        details = LotDetails(location=chosen["location"], received_on=timezone.localdate())
        try:
            items.open_stock(
                item, quantity=chosen["quantity"], total=chosen["total_price"], details=details, key=chosen["key"],
                by=request.user, at=timezone.now(),
            )  # fmt: skip
        except DomainError as error:
            form.add_error("location", str(error))
        else:
            messages.success(request, _("{item} is in stock.").format(item=item))
            return go_to(request, item)
    context = {"form": form, "item": item}
    return render(request, "inventory/open_item_stock.html", context, status=422 if form.errors else 200)
