from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from catalog.domain.licences import warning
from nozzly.accounts.permissions import Permission
from nozzly.web.downloads import csv_of, file_response
from nozzly.web.exporting import neutralise
from nozzly.web.guard import requires
from nozzly.web.pages.imports import import_page
from nozzly.web.render import go_to
from nozzly.web.views import ConfirmPage, DetailPage, ListPage
from pricing.domain import listings
from pricing.domain.price_files import price_file
from pricing.forms.lists import ListingFilter, SinceForm
from pricing.models import Channel, Listing
from pricing.resources import ListingImporter, ListingResource

import_listings = import_page(ListingImporter)


class ListingList(ListPage):
    permission = Permission.PRICE_VIEW
    template = "pricing/listing_list.html"
    fragments = ("listing-table",)
    title = _("Listings")
    columns = {
        "channel": _("Channel"),
        "price": _("Price"),
        "postage_charged": _("Postage charged"),
        "number_there": _("Number there"),
        "updated": _("Changed"),
    }
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
            "licence_warning": warning(self.object.variant.product, timezone.localdate()),
        }


@requires(Permission.PRICE_VIEW)
@require_safe
def channel_prices(request: HttpRequest, pk: int) -> HttpResponse:
    """The channel's prices as it reads them; ``?since=2026-11-01`` leaves out what has not changed since."""
    channel = get_object_or_404(Channel, pk=pk)
    form = SinceForm(request.GET)
    made = price_file(channel, since=form.cleaned_data["since"] if form.is_valid() else None)
    if not made.rows and made.left_out:
        messages.error(request, gettext("The listings have no number there yet; read the channel's file first."))
        return go_to(request, channel)
    lines = [[neutralise(cell) for cell in line] for line in made.rows]
    return file_response(csv_of(made.headers, lines), name=made.name, kind="csv")


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
