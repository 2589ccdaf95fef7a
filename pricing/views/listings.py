from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.domain.licences import why_not_to_sell
from nozzly.accounts.permissions import Permission
from nozzly.web.pages.imports import import_page
from nozzly.web.views import ConfirmPage, DetailPage, ListPage
from pricing.domain import listings
from pricing.forms.lists import ListingFilter
from pricing.models import Listing
from pricing.resources import ListingImporter, ListingResource

import_listings = import_page(ListingImporter)


class ListingList(ListPage):
    permission = Permission.PRICE_VIEW
    template = "pricing/listing_list.html"
    fragments = ("listing-table",)
    title = _("Listings")
    filter_form = ListingFilter
    sorts = {
        "product": "variant__product__title",
        "channel": "channel__name",
        "price": "price",
        "updated": "updated_at",
    }
    default_sort = "-updated"
    resource = ListingResource
    import_url = "pricing:import_listings"

    def get_queryset(self):
        return Listing.objects.for_table()


class ListingDetail(DetailPage):
    permission = Permission.PRICE_VIEW
    template = "pricing/listing_detail.html"
    context_name = "listing"

    def get_queryset(self):
        return Listing.objects.for_table().select_related("variant__product__licence")

    def get_context(self):
        return {
            "changes": self.object.changes.select_related("by").order_by("-at", "-pk")[:50],
            "forbidden": why_not_to_sell(self.object.variant.product, timezone.localdate()),
        }


class EndListing(ConfirmPage):
    permission = Permission.PRICE_EDIT
    title = _("End listing")
    confirm_label = _("End")
    success_message = _("{object} has ended.")

    def get_queryset(self):
        return Listing.objects.for_table()

    def question(self):
        return gettext("Take {object} off? Its history stays.").format(object=self.object)

    def perform(self, subject, *, by, at):
        listings.end_listing(subject, at=at)
