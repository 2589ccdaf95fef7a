from pricing.resources.exports import ChannelResource, ListingResource, SheetResource, ShippingServiceResource
from pricing.resources.imports import ListingImporter

__all__ = ["ChannelResource", "ListingImporter", "ListingResource", "SheetResource", "ShippingServiceResource"]
