"""What profit can be told by: which column of the facts, and how its rows are called."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import F
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Category, Product, Variant
from nozzly.core.countries import country_choices
from pricing.models import Channel
from production.models import Printer
from sales.models import Customer, Order


@dataclass(frozen=True)
class Group:
    """``names`` answers key → (name, what has a page of its own, if anything). ``axis`` is that of the sums of whole months; ``long``
    ones have none, and are shown up to a number of rows.
    """

    label: object
    key: object
    names: Callable
    axis: str = ""
    narrows: str = ""  # the filter that looks inside a row

    @property
    def long(self) -> bool:
        return not self.axis


def _objects(queryset: Callable) -> Callable:
    def names(keys: Iterable) -> dict:
        found = queryset().in_bulk([key for key in keys if key])
        return {key: (str(each), each) for key, each in found.items()}

    return names


def _countries(keys: Iterable) -> dict:
    known = dict(country_choices())
    return {key: (known.get(key, key), None) for key in keys if key}


def _months(keys: Iterable) -> dict:
    return {key: (key, None) for key in keys}


GROUPS = {
    "product": Group(
        gettext_lazy("Product"), F("variant__product"), _objects(lambda: Product.objects.only("title")), "variant", narrows="product"
    ),
    "variant": Group(
        gettext_lazy("Variant"), F("variant"), _objects(lambda: Variant.objects.select_related("product")), "variant"
    ),
    "category": Group(
        gettext_lazy("Category"), F("variant__product__category"), _objects(Category.objects.all), "variant",
        narrows="category",
    ),
    "channel": Group(
        gettext_lazy("Channel"), F("channel"), _objects(Channel.objects.all), "channel", narrows="channel"
    ),
    "country": Group(gettext_lazy("Country"), F("country"), _countries, "country", narrows="country"),
    "month": Group(gettext_lazy("Month"), TruncMonth("on"), _months, "channel", narrows="month"),
    "order": Group(gettext_lazy("Order"), F("order"), _objects(Order.objects.all)),
    "customer": Group(gettext_lazy("Customer"), F("customer"), _objects(Customer.objects.all)),
    "printer": Group(gettext_lazy("Printer"), F("printer"), _objects(Printer.objects.all), "printer"),
}  # fmt: skip


def name_without_key(group: str) -> str:
    """How the row is called that holds sales without a channel, a customer, a product …"""
    return {
        "channel": _("Across the counter"),
        "customer": _("Without a name"),
        "product": _("Lines without a product"),
        "variant": _("Lines without a product"),
        "category": _("Without a category"),
        "country": _("Handed over"),
        "printer": _("Not told which"),
    }.get(group, _("Unassigned"))
