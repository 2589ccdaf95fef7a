"""Changing the ticked rows of a list, or all that its filter shows."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from inventory.domain import bulk_edits
from inventory.forms.bulk_edits import MOST_ROWS, BulkEditForm, BulkFilamentForm, BulkItemForm, BulkSpoolForm
from inventory.forms.filaments import FilamentFilter
from inventory.forms.items import ItemFilter
from inventory.forms.spools import SpoolFilter
from inventory.models import Filament, Item, Lot
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web import auditing
from nozzly.web.forms import FilterForm
from nozzly.web.guard import requires
from nozzly.web.render import go_to, next_url, render

_SHOWN = 12


@dataclass(frozen=True)
class Bulk:
    """A list whose rows may be changed together. ``tick`` is the name of its boxes, ``text`` what a row is called."""

    name: str
    title: str
    list_url: str
    tick: str
    rows: Callable[[], QuerySet]
    filter_form: type[FilterForm]
    form: type[BulkEditForm]
    change: Callable
    text: Callable
    hexes: Callable = lambda _row: ()


def bulk_page(bulk: Bulk) -> Callable:
    @requires(Permission.STOCK_EDIT)
    @require_http_methods(["GET", "POST"])
    def edit(request: HttpRequest) -> HttpResponse:
        if request.method == "GET":
            chosen = _chosen(request, bulk)
            if not chosen:
                messages.error(request, _("Tick the rows to edit first."))
                return go_to(request, next_url(request, bulk.list_url))
            return _show(request, bulk, bulk.form(initial={"rows": chosen}), chosen)
        form = bulk.form(request.POST)
        if form.is_valid():
            at = timezone.now()
            try:
                count = bulk.change(form.cleaned_data["rows"], form.changes(), by=request.user, at=at)
            except DomainError as error:
                form.add_error(None, str(error))
            else:
                auditing.record(f"changed {bulk.name}", details={"rows": count}, by=request.user, at=at)
                text = ngettext("%(count)s row is changed.", "%(count)s rows are changed.", count)
                messages.success(request, text % {"count": count})
                return go_to(request, next_url(request, bulk.list_url))
        return _show(request, bulk, form, form.cleaned_data.get("rows", []))

    return edit


def _chosen(request: HttpRequest, bulk: Bulk) -> list[int]:
    """The ticked rows, or with ``filtered`` all that the list shows with these filters."""
    if "filtered" not in request.GET:
        return [int(pk) for pk in request.GET.getlist(bulk.tick) if pk.isascii() and pk.isdigit() and len(pk) < 18]
    form = bulk.filter_form(request.GET)
    rows = form.narrow(bulk.rows()) if form.is_valid() else bulk.rows().none()
    return list(rows.order_by("pk").values_list("pk", flat=True)[:MOST_ROWS])


def _show(request: HttpRequest, bulk: Bulk, form: BulkEditForm, chosen: list[int]) -> HttpResponse:
    rows = bulk.rows().filter(pk__in=chosen).order_by("pk")[:_SHOWN]
    context = {
        "form": form,
        "bulk": bulk,
        "rows": [(bulk.hexes(row), bulk.text(row)) for row in rows],
        "count": len(chosen),
        "others": max(len(chosen) - _SHOWN, 0),
        "back": next_url(request, bulk.list_url),
    }
    return render(request, "inventory/edit_many.html", context, status=422 if form.errors else 200)


edit_many = bulk_page(
    Bulk(
        "rolls", gettext_lazy("Edit rolls"), "inventory:spool_list", "lot",
        rows=lambda: Lot.objects.spools().select_related("item__filament"), filter_form=SpoolFilter,
        form=BulkSpoolForm, change=bulk_edits.change_spools, text=str, hexes=lambda lot: lot.item.filament.colour_hexes,
    )
)  # fmt: skip
edit_filaments = bulk_page(
    Bulk(
        "filaments", gettext_lazy("Edit filaments"), "inventory:filament_list", "filament",
        rows=lambda: Filament.objects.available().with_stock().select_related("item"), filter_form=FilamentFilter,
        form=BulkFilamentForm, change=bulk_edits.change_filaments, text=lambda filament: filament.item.name,
        hexes=lambda filament: filament.colour_hexes,
    )
)  # fmt: skip
edit_items = bulk_page(
    Bulk(
        "parts", gettext_lazy("Edit parts"), "inventory:item_list", "item",
        rows=lambda: Item.objects.available().parts_and_packaging(), filter_form=ItemFilter, form=BulkItemForm,
        change=bulk_edits.change_items, text=str,
    )
)  # fmt: skip
