from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.views import ConfirmPage, DetailPage, FormPage, ListPage
from pricing.domain.fairs import plan
from pricing.domain.packing import pack_list
from pricing.forms.grid import EventFilter, EventForm
from pricing.models import Event


class FairHappened(DomainError):
    """Apps above have booked something for it."""


class EventList(ListPage):
    permission = Permission.PRICE_VIEW
    template = "pricing/event_list.html"
    fragments = ("event-table",)
    title = _("Fairs")
    columns = {
        "starts": _("Starts"),
        "days": _("Days"),
        "being_there_costs": _("Being there costs"),
        "pieces_hoped_for": _("Pieces hoped for"),
    }
    filter_form = EventFilter
    sorts = {"starts": "starts_on", "name": "name"}
    default_sort = "-starts"
    create_url = "pricing:create_event"
    create_label = _("Plan a fair")

    def get_queryset(self):
        return Event.objects.for_table()


class EventDetail(DetailPage):
    permission = Permission.COST_VIEW
    template = "pricing/event_detail.html"
    context_name = "event"

    def get_queryset(self):
        return Event.objects.for_table()

    def get_context(self):
        return {"plan": plan(self.object, on=timezone.localdate()), "packing": pack_list(self.object)}


class EventFormPage(FormPage):
    permission = Permission.PRICE_EDIT
    template = "pricing/event_form.html"
    form_class = EventForm
    title = _("Fair")

    def get_queryset(self):
        return Event.objects.all()


class DeleteEvent(ConfirmPage):
    permission = Permission.PRICE_EDIT
    title = _("Delete fair")
    confirm_label = _("Delete")
    success_message = _("{object} is gone.")

    def get_queryset(self):
        return Event.objects.all()

    def question(self):
        return gettext("Delete the plan of {object}?").format(object=self.object)

    def perform(self, subject, *, by, at):
        try:
            subject.delete()
        except ProtectedError as error:
            raise FairHappened(gettext("Sales or expenses belong to this fair; it stays.")) from error

    def success_url(self):
        return "pricing:event_list"
