"""What pages show of the apps above their own."""

from django.http import HttpRequest

from catalog.models import Plate, Product, Variant
from inventory.models import Item
from nozzly.accounts.permissions import Permission
from nozzly.web.panels import panel
from pricing.choices import QuoteState
from pricing.models import JobQuote
from sales.domain import commissions

_SHOWN = 12


@panel("item", permission=Permission.CATALOG_VIEW, template="home/_where_used.html")
def where_used(_request: HttpRequest, item: Item) -> dict:
    """Recipes, variants and plates that would miss this filament, part or box."""
    found = {
        "products": Product.objects.active().using_item(item.pk).order_by("title", "pk")[: _SHOWN + 1],
        "variants": Variant.objects.active().using_item(item.pk).for_choice()[: _SHOWN + 1],
        "plates": Plate.objects.active().using_item(item.pk).order_by("name", "pk")[: _SHOWN + 1],
    }
    rows = {name: list(each) for name, each in found.items()}
    if not any(rows.values()):
        return {}
    is_cut = any(len(each) > _SHOWN for each in rows.values())
    return {name: each[:_SHOWN] for name, each in rows.items()} | {"item": item, "is_cut": is_cut}


@panel("quote", permission=Permission.ORDER_VIEW, template="home/_quote_order.html")
def order_of_quote(_request: HttpRequest, quote: JobQuote) -> dict:
    """What a quote became once it was accepted."""
    return {"quote": quote, "order": commissions.order_of(quote)} if quote.state == QuoteState.ACCEPTED else {}
