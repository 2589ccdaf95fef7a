from inventory.resources import DeliveryImporter, SpoolImporter
from nozzly.web.pages.imports import import_page

import_spools = import_page(SpoolImporter)
import_deliveries = import_page(DeliveryImporter)
