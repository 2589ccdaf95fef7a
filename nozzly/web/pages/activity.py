from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from nozzly.accounts.permissions import Permission
from nozzly.web.forms import FilterForm
from nozzly.web.models import AuditEntry
from nozzly.web.views import ListPage


class ActivityFilter(FilterForm):
    search = forms.CharField(label=_("Search by person, action or thing"))

    def narrow(self, queryset):
        if text := self.cleaned_data["search"]:
            queryset = queryset.filter(
                Q(action__icontains=text) | Q(subject_text__icontains=text) | Q(by_name__icontains=text)
            )
        return queryset


class ActivityList(ListPage):
    permission = Permission.ACTIVITY_VIEW
    template = "web/activity.html"
    fragments = ("activity-table",)
    title = _("Activity")
    columns = {
        "who": _("Who"),
        "did_what": _("Did what"),
        "to_what": _("To what"),
    }
    filter_form = ActivityFilter
    sorts = {"at": "at"}
    default_sort = "-at"

    def get_queryset(self):
        return AuditEntry.objects.for_table()
