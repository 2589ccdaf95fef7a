"""Where the shop sells and what it takes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.tax.choices import TreatmentKind
from nozzly.tenancy.current import current_workspace
from nozzly.web.guard import requires
from nozzly.web.pages.imports import import_page
from nozzly.web.render import go_to, render
from nozzly.web.views import ConfirmPage, FormPage, ListPage
from pricing.domain import channels, fee_table, updates
from pricing.domain.terms import terms_of
from pricing.forms.channels import ChannelForm, NewChannelForm, RateForm
from pricing.forms.lists import ChannelFilter
from pricing.models import Channel, FeeOverride
from pricing.resources import ChannelImporter, ChannelResource


class ChannelList(ListPage):
    permission = Permission.PRICE_VIEW
    template = "pricing/channel_list.html"
    fragments = ("channel-table",)
    title = _("Channels")
    columns = {
        "fees": _("Fees"),
        "checked": _("Checked"),
        "buyers_in": _("Buyers in"),
        "target": _("Target"),
        "listings": _("Listings"),
    }
    cost_columns = ("target",)
    filter_form = ChannelFilter
    sorts = {"position": "position", "name": "name"}
    default_sort = "position"
    resource = ChannelResource
    import_url = "pricing:correct_channels"
    create_url = "pricing:create_channel"
    create_label = _("Add channel")

    def get_queryset(self):
        return Channel.objects.for_table()

    def get_context(self):
        rows = Channel.objects.active()
        unseen = updates.unseen(rows, on=timezone.localdate())
        return {"schedules": fee_table.newest_schedules(), "unseen": unseen}


correct_channels = import_page(ChannelImporter)


class NewChannel(FormPage):
    permission = Permission.PRICE_EDIT
    template = "pricing/channel_form.html"
    form_class = NewChannelForm
    title = _("Add channel")

    def get_initial(self):
        return {"country": current_workspace().country}

    def save(self, form, *, by, at):
        return channels.add_channel(**form.cleaned_data)


class EditChannel(FormPage):
    permission = Permission.PRICE_EDIT
    template = "pricing/channel_form.html"
    form_class = ChannelForm
    title = _("Channel")

    def get_queryset(self):
        return Channel.objects.all()


class ArchiveChannel(ConfirmPage):
    permission = Permission.PRICE_EDIT
    title = _("Archive channel")
    confirm_label = _("Archive")
    success_message = _("{object} is in the archive.")

    def get_queryset(self):
        return Channel.objects.active()

    def question(self):
        return gettext("Stop selling on {object}? Its listings and orders stay.").format(object=self.object)

    def perform(self, subject, *, by, at):
        channels.archive_channel(subject, at=at)

    def success_url(self):
        return "pricing:channel_list"


class DropRate(ConfirmPage):
    permission = Permission.PRICE_EDIT
    title = _("Own rate")
    confirm_label = _("Use the schedule's rate")
    success_message = _("{object}: the schedule's own rate holds again.")

    def get_queryset(self):
        return FeeOverride.objects.select_related("channel")

    def question(self):
        return gettext("Go back to the schedule's rate for {object}?").format(object=self.object.name)

    def perform(self, subject, *, by, at):
        channels.drop_rate(subject)

    def success_url(self):
        return self.object.channel


@requires(Permission.PRICE_EDIT)
@require_POST
def restore_channel(request: HttpRequest, pk: int) -> HttpResponse:
    channel = get_object_or_404(Channel.objects.archived(), pk=pk)
    channels.restore_channel(channel)
    messages.success(request, gettext("{channel} is back.").format(channel=channel))
    return go_to(request, channel)


@requires(Permission.PRICE_VIEW)
def channel_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows the rates; a rate in the URL is tried out on ten worked sales, posted it is kept."""
    channel = get_object_or_404(Channel, pk=pk)
    on = timezone.localdate()
    terms = terms_of(channel, on=on)
    trying = "name" in request.GET
    form = RateForm(request.GET if trying else None, schedule=terms.schedule, initial={"valid_from": on})
    context = _context(terms, form, on=on, worked=_worked(form, terms, on=on, trying=trying))
    status = 422 if form.errors else 200
    return render(request, "pricing/channel_detail.html", context, fragments=("worked-sales",), status=status)


@requires(Permission.PRICE_EDIT)
@require_POST
def set_rate(request: HttpRequest, pk: int) -> HttpResponse:
    channel = get_object_or_404(Channel, pk=pk)
    on = timezone.localdate()
    terms = terms_of(channel, on=on)
    form = RateForm(request.POST, schedule=terms.schedule)
    if form.is_valid():
        try:
            override = channels.set_rate(channel, **form.cleaned_data)
        except DomainError as error:
            form.add_error("value", str(error))
        else:
            said = gettext("{rate} is your own from {day} on.")
            messages.success(request, said.format(rate=override.name, day=override.valid_from.isoformat()))
            return go_to(request, channel)
    context = _context(terms, form, on=on, worked=fee_table.preview_of(terms, on=on))
    return render(request, "pricing/channel_detail.html", context, status=422)


def _context(terms, form, *, on, worked):
    return {
        "channel": terms.channel,
        "terms": terms,
        "treatment": TreatmentKind(terms.treatment.kind).label,
        "rates": fee_table.rate_rows(terms, on=on),
        "form": form,
        "worked": worked,
        "own_fees": terms.channel.own_fees.order_by("valid_from", "pk"),
        "today": on,
        "update": updates.update_of(terms, on=on),
        "coming": updates.coming(terms, on=on),
    }


def _worked(form, terms, *, on, trying):
    """Ten worked sales; with a rate to try out, before and after it."""
    if not trying or not form.is_valid():
        return fee_table.preview_of(terms, on=on)
    data = form.cleaned_data
    try:
        return fee_table.preview_of(terms, on=on, name=data["name"], value=data["value"])
    except DomainError as error:
        form.add_error("value", str(error))
        return fee_table.preview_of(terms, on=on)
