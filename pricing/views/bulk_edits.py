from django.utils.translation import gettext_lazy as _

from nozzly.accounts.permissions import Permission
from nozzly.web.pages.bulk import Bulk, bulk_page
from pricing.domain.bulk_edits import change_listings
from pricing.forms.bulk_edits import BulkListingForm
from pricing.models import Listing
from pricing.views.listings import ListingList

edit_listings = bulk_page(
    Bulk(
        name="listings",
        title=_("Edit listings"),
        permission=Permission.PRICE_EDIT,
        list_url="pricing:listing_list",
        page=ListingList,
        tick="listing",
        rows=lambda: Listing.objects.live().for_table(),
        form=BulkListingForm,
        change=change_listings,
    )
)
