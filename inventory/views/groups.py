from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from inventory.domain import filaments, group_proposals
from inventory.forms.filaments import GroupForm, ProposalForm
from inventory.models import Filament, MaterialGroup
from inventory.resources import GroupResource
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.guard import requires
from nozzly.web.render import go_to
from nozzly.web.views import DetailPage, FormPage, ListPage

_PROPOSED = 12


class GroupList(ListPage):
    permission = Permission.STOCK_VIEW
    template = "inventory/group_list.html"
    fragments = ("group-table",)
    title = gettext_lazy("Material groups")
    columns = {
        "filaments": gettext_lazy("Filaments"),
        "stock": gettext_lazy("Stock"),
        "reserved": gettext_lazy("Reserved"),
    }
    sorts = {"name": "name", "stock": "stock_g"}
    default_sort = "name"
    create_url = "inventory:create_group"
    create_label = gettext_lazy("Add group")
    resource = GroupResource
    import_url = "inventory:import_groups"

    def get_queryset(self):
        return MaterialGroup.objects.for_table()

    def get_context(self):
        may_edit = self.request.user.has_permission(Permission.STOCK_EDIT)
        whole_page = not self.request.htmx
        return {"proposals": group_proposals.proposals()[:_PROPOSED] if may_edit and whole_page else []}


@requires(Permission.STOCK_EDIT)
@require_POST
def take_proposal(request: HttpRequest) -> HttpResponse:
    """Make a proposed group, or add the proposed filaments to one that is there."""
    form = ProposalForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("These filaments have changed meanwhile; look once more."))
        return go_to(request, "inventory:group_list")
    try:
        group = group_proposals.take(**form.chosen())
    except DomainError as error:
        messages.error(request, str(error))
        return go_to(request, "inventory:group_list")
    count = len(form.cleaned_data["member"])
    text = ngettext("%(group)s has one filament more.", "%(group)s has %(count)s filaments more.", count)
    messages.success(request, text % {"group": group.name, "count": count})
    return go_to(request, "inventory:group_list")


class GroupDetail(DetailPage):
    permission = Permission.STOCK_VIEW
    template = "inventory/group_detail.html"
    context_name = "group"

    def get_queryset(self):
        return MaterialGroup.objects.for_table()

    def get_context(self):
        members = Filament.objects.filter(group=self.object).for_table().order_by("item__name")
        return {"members": members, "suggestions": filaments.suggested_for(self.object)}


class EditGroup(FormPage):
    permission = Permission.STOCK_EDIT
    title = gettext_lazy("Material group")
    form_class = GroupForm
    template = "inventory/group_form.html"

    def get_queryset(self):
        return MaterialGroup.objects.all()

    def get_context(self):
        return {"candidates": filaments.group_candidates(self.object), "chosen": self._chosen()}

    def save(self, form, *, by, at):
        group = form.save()
        filaments.set_members(group, self._chosen())
        return group

    def _chosen(self) -> set[int]:
        if self.request.method == "POST":
            return {int(pk) for pk in self.request.POST.getlist("member") if pk.isascii() and pk.isdigit()}
        return set(self.object.filaments.values_list("pk", flat=True)) if self.object else set()
