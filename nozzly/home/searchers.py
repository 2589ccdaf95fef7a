"""What the search box knows: one searcher for each thing that has a page."""

from django.utils.translation import gettext_lazy as _

from catalog.models import Plate, Product
from inventory.models import Filament, Item, Lot
from nozzly.accounts.permissions import Permission
from nozzly.web.searching import MAX_HITS, Hit, searcher
from production.models import Run
from sales.models import Customer, Order


@searcher(_("Spools and lots"), permission=Permission.STOCK_VIEW)
def lots(text: str) -> list[Hit]:
    found = Lot.objects.available().matching(text).select_related("location", "spool").order_by("code")[:MAX_HITS]
    return [
        Hit(f"{lot.code} {lot.title}", lot.get_absolute_url(), str(lot.location or ""), icon="disc") for lot in found
    ]


@searcher(_("Filaments"), permission=Permission.STOCK_VIEW)
def filaments(text: str) -> list[Hit]:
    found = Filament.objects.matching(text).for_choice()[:MAX_HITS]
    return [Hit(str(filament), filament.get_absolute_url(), icon="palette") for filament in found]


@searcher(_("Parts and packaging"), permission=Permission.STOCK_VIEW)
def items(text: str) -> list[Hit]:
    found = Item.objects.parts_and_packaging().matching(text).order_by("name", "pk")[:MAX_HITS]
    return [Hit(item.name, item.get_absolute_url(), item.sku, icon="package") for item in found]


@searcher(_("Products"), permission=Permission.CATALOG_VIEW)
def products(text: str) -> list[Hit]:
    found = Product.objects.active().matching(text).order_by("title", "pk")[:MAX_HITS]
    return [Hit(product.title, product.get_absolute_url(), icon="cube") for product in found]


@searcher(_("Plates"), permission=Permission.CATALOG_VIEW)
def plates(text: str) -> list[Hit]:
    found = Plate.objects.active().matching(text).order_by("name", "pk")[:MAX_HITS]
    return [Hit(plate.name, plate.get_absolute_url(), icon="stack-2") for plate in found]


@searcher(_("Runs"), permission=Permission.RUN_VIEW)
def runs(text: str) -> list[Hit]:
    found = Run.objects.matching(text).order_by("-pk")[:MAX_HITS]
    return [Hit(run.number, run.get_absolute_url(), run.title, icon="list-check") for run in found]


@searcher(_("Orders"), permission=Permission.ORDER_VIEW)
def orders(text: str) -> list[Hit]:
    found = Order.objects.matching(text).select_related("customer").order_by("-pk")[:MAX_HITS]
    return [
        Hit(order.number, order.get_absolute_url(), str(order.customer or ""), icon="shopping-bag") for order in found
    ]


@searcher(_("Customers"), permission=Permission.CUSTOMER_VIEW)
def customers(text: str) -> list[Hit]:
    found = Customer.objects.known().matching(text).order_by("name", "pk")[:MAX_HITS]
    return [Hit(str(customer), customer.get_absolute_url(), customer.email, icon="users") for customer in found]
