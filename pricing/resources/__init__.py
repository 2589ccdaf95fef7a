from pricing.resources.channel_files import ChannelFileImporter
from pricing.resources.corrections import ChannelImporter, ShippingServiceImporter
from pricing.resources.exports import ChannelResource, ListingResource, SheetResource, ShippingServiceResource
from pricing.resources.imports import ListingImporter

__all__ = [
    "ChannelFileImporter",
    "ChannelImporter",
    "ChannelResource",
    "ListingImporter",
    "ListingResource",
    "SheetResource",
    "ShippingServiceImporter",
    "ShippingServiceResource",
]
