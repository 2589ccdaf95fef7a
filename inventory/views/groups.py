from django.utils.translation import gettext_lazy as _

from inventory.domain import filaments
from inventory.forms.filaments import GroupForm
from inventory.models import Filament, MaterialGroup
from nozzly.accounts.permissions import Permission
from nozzly.web.views import DetailPage, FormPage, ListPage


class GroupList(ListPage):
    permission = Permission.STOCK_VIEW
    template = "inventory/group_list.html"
    fragments = ("group-table",)
    title = _("Material groups")
    sorts = {"name": "name", "stock": "stock_g"}
    default_sort = "name"
    create_url = "inventory:create_group"
    create_label = _("Add group")

    def get_queryset(self):
        return MaterialGroup.objects.for_table()


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
    title = _("Material group")
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
