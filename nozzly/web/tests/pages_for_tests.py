"""A URLconf with one page of each kind, over the shell's own models."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import include, path
from import_export.fields import Field

from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.exporting import ListResource
from nozzly.web.forms import FilterForm
from nozzly.web.guard import Access, login_only, public_page, requires
from nozzly.web.importing import Importer, Verdict
from nozzly.web.models import SavedView
from nozzly.web.pages.imports import import_page
from nozzly.web.pdf import PdfUnavailable
from nozzly.web.render import go_to, render
from nozzly.web.views import ConfirmPage, DetailPage, FormPage, ListPage


class ViewFilter(FilterForm):
    search = forms.CharField(label="Search")
    page_name = forms.ChoiceField(label="Page", choices=[("", "All"), ("a", "Page A"), ("b", "Page B")])

    def narrow(self, queryset):
        if text := self.cleaned_data["search"]:
            queryset = queryset.filter(name__icontains=text)
        if page := self.cleaned_data["page_name"]:
            queryset = queryset.filter(page=page)
        return queryset


class ViewResource(ListResource):
    file = "views"
    cost_columns = ("query",)

    name = Field(attribute="name", column_name="Name")
    query = Field(attribute="query", column_name="Cost")


class ViewList(ListPage):
    permission = Permission.STOCK_VIEW
    template = "web/tests/list.html"
    fragments = ("view-table",)
    title = "Views"
    filter_form = ViewFilter
    sorts = {"name": "name", "page": "page"}
    default_sort = "name"
    resource = ViewResource
    create_url = "samples:create"
    create_label = "Add view"

    def get_queryset(self):
        return SavedView.objects.all()


class ViewDetail(DetailPage):
    permission = Access.LOGIN
    template = "web/tests/detail.html"
    context_name = "saved"

    def get_queryset(self):
        return SavedView.objects.all()


class ViewForm(forms.ModelForm):
    class Meta:
        model = SavedView
        fields = ("name", "page")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = "Short."


class EditView(FormPage):
    permission = Permission.STOCK_EDIT
    title = "View"
    form_class = ViewForm

    def get_queryset(self):
        return SavedView.objects.all()

    def save(self, form, *, by, at):
        if form.cleaned_data["name"] == "forbidden":
            raise DomainError("That name is taken by the house.")
        form.instance.user = by
        return form.save()

    def success_url(self, saved):
        return f"/samples/{saved.pk}/"


class ForgetView(ConfirmPage):
    permission = Permission.STOCK_EDIT
    title = "Forget view"
    success_message = "{object} is gone."

    def get_queryset(self):
        return SavedView.objects.all()

    def perform(self, subject, *, by, at):
        if subject.name == "kept":
            raise DomainError("This one stays.")
        subject.delete()

    def success_url(self):
        return "/samples/"


class RowForm(forms.Form):
    name = forms.CharField(label="Name")
    weight_g = forms.DecimalField(label="Weight", min_value=0)
    note = forms.CharField(label="Note", required=False)


class ViewImporter(Importer):
    name = "views"
    title = "Import views"
    permission = Permission.IMPORT
    row_form = RowForm
    aliases = {"weight_g": ("grams", "left (g)")}
    list_url = "samples:list"
    sample = (("Shelf", "12.5", ""),)

    def classify(self, rows):
        known = set(SavedView.objects.values_list("name", flat=True))
        for row in rows:
            if row.data["name"] in known:
                row.verdict = Verdict.UNCHANGED

    def apply(self, rows, *, key, by, at):
        if any(row["note"] == "boom" for row in rows):
            raise DomainError("Not today.")
        SavedView.objects.bulk_create(SavedView(user=by, page="a", name=row["name"], query=row["note"]) for row in rows)
        return f"{len(rows)} rows came in."


@requires(Permission.COST_VIEW)
def show_cost(request):
    return HttpResponse("7.50")


@login_only
def show_name(request):
    return HttpResponse(str(request.user))


@public_page
def say(request):
    messages.success(request, "Said.")
    if request.method == "POST":
        return go_to(request, "samples:list")
    return render(request, "web/tests/list.html", {"page": []}, fragments=("view-table",))


@public_page
def print_nothing(request):
    raise PdfUnavailable("Install Pango.")


samples = [
    path("", ViewList.as_view(), name="list"),
    path("new/", EditView.as_view(), name="create"),
    path("<int:pk>/", ViewDetail.as_view(), name="detail"),
    path("<int:pk>/edit/", EditView.as_view(), name="edit"),
    path("<int:pk>/forget/", ForgetView.as_view(), name="forget"),
    path("import/", import_page(ViewImporter), name="import"),
    path("cost/", show_cost, name="cost"),
    path("name/", show_name, name="name"),
    path("say/", say, name="say"),
    path("print/", print_nothing, name="print"),
]
urlpatterns = [
    path("samples/", include((samples, "samples"))),
    path("", include("nozzly.web.urls")),
    path("account/", include("nozzly.home.urls.account")),
]
