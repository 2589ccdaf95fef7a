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
from inventory.resources.places import LocationImporter, LocationResource

__all__ = [
    "DeliveryImporter",
    "DeliveryResource",
    "FilamentImporter",
    "FilamentResource",
    "GroupImporter",
    "GroupResource",
    "ItemImporter",
    "ItemResource",
    "LocationImporter",
    "LocationResource",
    "SpoolImporter",
    "SpoolResource",
    "StockValueResource",
    "SupplierImporter",
    "SupplierResource",
]
