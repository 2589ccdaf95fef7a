"""What the lists of the stock room hand out and take in."""

from inventory.resources.exports import (
    DeliveryResource,
    FilamentResource,
    ItemResource,
    SpoolResource,
    StockValueResource,
)
from inventory.resources.imports import DeliveryImporter, SpoolImporter

__all__ = [
    "DeliveryImporter",
    "DeliveryResource",
    "FilamentResource",
    "ItemResource",
    "SpoolImporter",
    "SpoolResource",
    "StockValueResource",
]
