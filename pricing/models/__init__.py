from pricing.models.channels import Channel, FeeOverride, OwnFee
from pricing.models.events import Event
from pricing.models.listings import Listing, ListingMatch, MarginAlarm, PriceChange
from pricing.models.quotes import JobQuote, JobQuotePlate, JobQuotePrice, JobQuoteSlot
from pricing.models.sheets import PriceSheet
from pricing.models.shipping import ShippingService

__all__ = [
    "Channel",
    "Event",
    "FeeOverride",
    "JobQuote",
    "JobQuotePlate",
    "JobQuotePrice",
    "JobQuoteSlot",
    "Listing",
    "ListingMatch",
    "MarginAlarm",
    "OwnFee",
    "PriceChange",
    "PriceSheet",
    "ShippingService",
]
