from pricing.models.channels import Channel, FeeOverride
from pricing.models.events import Event
from pricing.models.listings import Listing, MarginAlarm, PriceChange
from pricing.models.quotes import JobQuote, JobQuotePrice, JobQuoteSlot
from pricing.models.sheets import PriceSheet
from pricing.models.shipping import ShippingService

__all__ = [
    "Channel",
    "Event",
    "FeeOverride",
    "JobQuote",
    "JobQuotePrice",
    "JobQuoteSlot",
    "Listing",
    "MarginAlarm",
    "PriceChange",
    "PriceSheet",
    "ShippingService",
]
