"""All prices at once: the grid, new prices for many listings, and what fell under its target."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from catalog.models import Variant
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web import jobs
from nozzly.web.guard import requires
from nozzly.web.render import go_to, next_url, render
from nozzly.web.views import ListPage
from pricing import tasks
from pricing.choices import PriceReason
from pricing.domain import alarms, listings
from pricing.domain.grid import MOST, grid, propose
from pricing.forms.grid import ApplyPricesForm, GridFilter, RepriceForm
from pricing.models import Channel, Listing, MarginAlarm

# So long a look at all margins counts as new.
_FRESH_FOR = timedelta(minutes=15)


class PriceGrid(ListPage):
    permission = Permission.COST_VIEW
    template = "pricing/price_grid.html"
    fragments = ("grid-table",)
    title = _("All prices")
    filter_form = GridFilter
    sorts = {"product": "product__title", "cost": "full_cost"}
    default_sort = "product"
    cost_columns = ("cost",)
    import_url = "pricing:import_listings"

    @cached_property
    def columns(self):
        """The cost, and a column for each channel."""
        return {"cost": _("Cost")} | {f"channel-{channel.pk}": str(channel) for channel in self.channels}

    @cached_property
    def channels(self):
        return list(Channel.objects.active().in_order())

    def get_queryset(self):
        return Variant.objects.active().for_costing()

    def sorted(self, queryset):
        """Products stay together: their variants follow each other in the shop's own order."""
        rows = super().sorted(queryset)
        return rows.order_by("product__title", "product_id", "position", "pk") if self.sort == "product" else rows

    def get_context(self):
        shown = self.shown
        return {"channels": [channel for channel in self.channels if f"channel-{channel.pk}" in shown]}

    def filled(self, page, channels):
        """The template asks once it knows which rows stand on the page."""
        return grid(page.rows, channels, on=timezone.localdate())


@requires(Permission.PRICE_EDIT)
@require_safe
def reprice(request: HttpRequest) -> HttpResponse:
    """New prices by a rule, shown before anything is written."""
    form = RepriceForm(request.GET)
    asked, proposals, more = bool(request.GET), [], False
    if form.is_valid() and asked:
        rows = list(form.listings()[: MOST + 1])
        more = len(rows) > MOST
        proposals = propose(rows[:MOST], rule=form.rule(), on=timezone.localdate())
    context = {"form": form, "proposals": proposals, "asked": asked, "more": more}
    return render(
        request, "pricing/reprice.html", context, fragments=("proposals",), status=422 if form.errors else 200
    )


@requires(Permission.PRICE_EDIT)
@require_POST
def apply_prices(request: HttpRequest) -> HttpResponse:
    form = ApplyPricesForm(request.POST)
    back = next_url(request, "pricing:price_grid")
    if not form.is_valid():
        messages.error(request, next(iter(form.errors.values()))[0])
        return go_to(request, back)
    picks = form.cleaned_data["picks"]
    rows = Listing.objects.live().for_table().filter(pk__in=picks)
    wishes = [
        listings.Wish(variant=row.variant, channel=row.channel, price=picks[row.pk], pieces=row.pieces) for row in rows
    ]
    try:
        changed = listings.set_prices(
            wishes, reason=PriceReason.TARGET, note=form.cleaned_data["note"], by=request.user, at=timezone.now()
        )
    except DomainError as error:
        messages.error(request, str(error))
        return go_to(request, back)
    said = ngettext("One price is set.", "{count} prices are set.", len(changed))
    messages.success(request, said.format(count=len(changed)))
    return go_to(request, reverse("pricing:price_grid"))


class AlarmList(ListPage):
    permission = Permission.COST_VIEW
    template = "pricing/alarm_list.html"
    fragments = ("alarm-table",)
    title = _("Below target")
    columns = {
        "channel": _("Channel"),
        "price": _("Price"),
        "before": _("Before"),
        "after": _("After"),
        "target": _("Target"),
        "found": _("Found"),
    }
    sorts = {"found": "found_at"}
    default_sort = "-found"

    def get_queryset(self):
        return MarginAlarm.objects.open().for_table()

    def get_context(self):
        """Opening the page looks again when prices, fees or costs may have moved since."""
        looked_at = alarms.looked_at()
        stale = looked_at is None or timezone.now() - looked_at > _FRESH_FOR
        return {"looked_at": looked_at, "is_stale": stale}


@requires(Permission.PRICE_EDIT)
@require_POST
def check_margins(request: HttpRequest) -> HttpResponse:
    job = jobs.start(tasks.look_at_margins, title=gettext("Look at all margins"), by=request.user)
    if "quietly" in request.POST and request.htmx:
        return HttpResponse(status=204)
    return go_to(request, job)


@requires(Permission.PRICE_EDIT)
@require_POST
def clear_alarm(request: HttpRequest, pk: int) -> HttpResponse:
    alarms.clear_alarms(Listing.objects.filter(alarms=pk), at=timezone.now())
    return go_to(request, "pricing:alarm_list")
