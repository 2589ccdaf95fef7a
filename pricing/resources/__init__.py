from pricing.resources.channel_files import ChannelFileImporter
from pricing.resources.exports import ChannelResource, ListingResource, SheetResource, ShippingServiceResource
from pricing.resources.imports import ListingImporter

__all__ = [
    "ChannelFileImporter",
    "ChannelResource",
    "ListingImporter",
    "ListingResource",
    "SheetResource",
    "ShippingServiceResource",
]
