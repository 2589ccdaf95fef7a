from inventory.resources import DeliveryImporter, FilamentImporter, ItemImporter, SpoolImporter
from nozzly.web.pages.imports import import_page

import_spools = import_page(SpoolImporter)
import_deliveries = import_page(DeliveryImporter)
import_filaments = import_page(FilamentImporter)
import_items = import_page(ItemImporter)
