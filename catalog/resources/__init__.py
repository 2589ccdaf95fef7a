from catalog.resources.exports import PlateResource, ProductResource
from catalog.resources.imports import ProductImporter

__all__ = ["PlateResource", "ProductImporter", "ProductResource"]
