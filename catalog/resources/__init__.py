from catalog.resources.exports import CostChangeResource, ProductResource
from catalog.resources.imports import ProductImporter
from catalog.resources.plates import PlateImporter, PlateResource

__all__ = ["CostChangeResource", "PlateImporter", "PlateResource", "ProductImporter", "ProductResource"]
