from catalog.resources.exports import ProductResource
from catalog.resources.imports import ProductImporter
from catalog.resources.plates import PlateImporter, PlateResource

__all__ = ["PlateImporter", "PlateResource", "ProductImporter", "ProductResource"]
