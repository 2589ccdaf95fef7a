"""What the stock room keeps.

``Movement`` is not offered here: the ledger (``inventory.domain.ledger``) is its only writer and reader.
"""

import inventory.models.movements  # noqa: F401 - Django has to know the model
from inventory.models.alerting import AlertAddress
from inventory.models.brands import Brand, Material, MaterialGroup
from inventory.models.deliveries import Delivery, DeliveryLine
from inventory.models.dryings import Drying
from inventory.models.filaments import Filament
from inventory.models.items import Item
from inventory.models.locations import Location
from inventory.models.lots import Lot, Spool
from inventory.models.offers import Barcode, Offer
from inventory.models.policies import StockAlert, StockPolicy
from inventory.models.reservations import Reservation
from inventory.models.stock_days import StockDay
from inventory.models.stocktakes import Stocktake, StocktakeLine
from inventory.models.suppliers import Supplier
from inventory.models.weighings import Weighing

__all__ = [
    "AlertAddress",
    "Barcode",
    "Brand",
    "Delivery",
    "DeliveryLine",
    "Drying",
    "Filament",
    "Item",
    "Location",
    "Lot",
    "Material",
    "MaterialGroup",
    "Offer",
    "Reservation",
    "Spool",
    "StockAlert",
    "StockDay",
    "StockPolicy",
    "Stocktake",
    "StocktakeLine",
    "Supplier",
    "Weighing",
]
