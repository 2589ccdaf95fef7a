from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nozzly.accounts.permissions import Permission
from nozzly.web.views import ConfirmPage, FormPage, ListPage
from production.domain import failures
from production.forms.printers import FailureReasonForm
from production.models import FailureReason


class FailureReasonList(ListPage):
    permission = Permission.PRINTER_EDIT
    template = "production/failure_reason_list.html"
    fragments = ("failure-reason-table",)
    title = gettext_lazy("Why prints fail")
    columns = {
        "place": gettext_lazy("Place"),
        "runs": gettext_lazy("Runs"),
    }
    sorts = {"place": "position", "name": "name"}
    default_sort = "place"
    create_url = "production:add_failure_reason"
    create_label = gettext_lazy("Add a reason")

    def get_queryset(self):
        return FailureReason.objects.active().with_run_count()


class EditFailureReason(FormPage):
    permission = Permission.PRINTER_EDIT
    form_class = FailureReasonForm
    title = gettext_lazy("Reason for a failure")

    def get_queryset(self):
        return FailureReason.objects.all()


class RemoveFailureReason(ConfirmPage):
    permission = Permission.PRINTER_EDIT
    title = gettext_lazy("Remove the reason")
    confirm_label = gettext_lazy("Remove")
    success_message = gettext_lazy("“{object}” is off the list.")

    def get_queryset(self):
        return FailureReason.objects.active()

    def question(self):
        return _("Take “{object}” off the list? Runs that name it keep it.").format(object=self.object)

    def perform(self, reason, *, by, at):
        failures.remove_reason(reason, at=at)
