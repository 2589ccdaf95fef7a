from pricing.models.channels import Channel, FeeOverride
from pricing.models.listings import Listing, PriceChange
from pricing.models.sheets import PriceSheet
from pricing.models.shipping import ShippingService

__all__ = ["Channel", "FeeOverride", "Listing", "PriceChange", "PriceSheet", "ShippingService"]
