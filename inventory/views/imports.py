from inventory.resources import (
    DeliveryImporter,
    FilamentImporter,
    GroupImporter,
    ItemImporter,
    LocationImporter,
    SpoolImporter,
    SupplierImporter,
)
from nozzly.web.pages.imports import import_page

import_spools = import_page(SpoolImporter)
import_deliveries = import_page(DeliveryImporter)
import_filaments = import_page(FilamentImporter)
import_items = import_page(ItemImporter)
import_groups = import_page(GroupImporter)
import_suppliers = import_page(SupplierImporter)
import_places = import_page(LocationImporter)
