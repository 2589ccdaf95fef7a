"""Changing the ticked rows of a list, or all that its filter shows."""

from django.utils.translation import gettext_lazy as _

from inventory.domain import bulk_edits
from inventory.forms.bulk_edits import BulkFilamentForm, BulkItemForm, BulkSpoolForm
from inventory.models import Filament, Item, Lot
from inventory.views.filaments import FilamentList
from inventory.views.items import ItemList
from inventory.views.spools import SpoolList
from nozzly.accounts.permissions import Permission
from nozzly.web.pages.bulk import Bulk, bulk_page

edit_many = bulk_page(
    Bulk(
        name="rolls",
        title=_("Edit rolls"),
        permission=Permission.STOCK_EDIT,
        list_url="inventory:spool_list",
        page=SpoolList,
        tick="lot",
        rows=lambda: Lot.objects.spools().select_related("item__filament"),
        form=BulkSpoolForm,
        change=bulk_edits.change_spools,
        hexes=lambda lot: lot.item.filament.colour_hexes,
    )
)
edit_filaments = bulk_page(
    Bulk(
        name="filaments",
        title=_("Edit filaments"),
        permission=Permission.STOCK_EDIT,
        list_url="inventory:filament_list",
        page=FilamentList,
        tick="filament",
        rows=lambda: Filament.objects.available().select_related("item"),
        form=BulkFilamentForm,
        change=bulk_edits.change_filaments,
        text=lambda filament: filament.item.name,
        hexes=lambda filament: filament.colour_hexes,
    )
)
edit_items = bulk_page(
    Bulk(
        name="parts",
        title=_("Edit parts"),
        permission=Permission.STOCK_EDIT,
        list_url="inventory:item_list",
        page=ItemList,
        tick="item",
        rows=lambda: Item.objects.available().parts_and_packaging(),
        form=BulkItemForm,
        change=bulk_edits.change_items,
    )
)
