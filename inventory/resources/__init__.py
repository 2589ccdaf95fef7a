"""What the lists of the stock room hand out and take in."""

from inventory.resources.directory import GroupImporter, GroupResource, SupplierImporter, SupplierResource
from inventory.resources.exports import (
    DeliveryResource,
    FilamentResource,
    ItemResource,
    SpoolResource,
    StockValueResource,
)
from inventory.resources.imports import DeliveryImporter, SpoolImporter
from inventory.resources.more_imports import FilamentImporter, ItemImporter

__all__ = [
    "DeliveryImporter",
    "DeliveryResource",
    "FilamentImporter",
    "FilamentResource",
    "GroupImporter",
    "GroupResource",
    "ItemImporter",
    "ItemResource",
    "SpoolImporter",
    "SpoolResource",
    "StockValueResource",
    "SupplierImporter",
    "SupplierResource",
]
