from catalog.models.builds import Build
from catalog.models.costs import CostSnapshot
from catalog.models.plates import Plate, PlateOutput, PlateSlot, SliceFile, SliceSlot
from catalog.models.printer_models import PrinterModel
from catalog.models.products import Category, DesignLicence, Product, ProductPhoto, Tag
from catalog.models.rates import Rate
from catalog.models.recipes import Recipe, RecipeComponent, RecipePart, RecipeSlot, RecipeStep
from catalog.models.variants import Variant, VariantSlot

__all__ = [
    "Build",
    "Category",
    "CostSnapshot",
    "DesignLicence",
    "Plate",
    "PlateOutput",
    "PlateSlot",
    "PrinterModel",
    "Product",
    "ProductPhoto",
    "Rate",
    "Recipe",
    "RecipeComponent",
    "RecipePart",
    "RecipeSlot",
    "RecipeStep",
    "SliceFile",
    "SliceSlot",
    "Tag",
    "Variant",
    "VariantSlot",
]
