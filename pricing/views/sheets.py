"""Price sheets: what stands on them, and the same as PDF, CSV and XLSX."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web import jobs
from nozzly.web.downloads import download, file_of_storage, file_response
from nozzly.web.guard import requires
from nozzly.web.render import go_to, render
from nozzly.web.views import ConfirmPage, FormPage, ListPage
from pricing import tasks
from pricing.choices import SheetKind
from pricing.documents import sheet_pdf
from pricing.domain.sheets import contents_of, row_count
from pricing.forms.lists import SheetFilter
from pricing.forms.sheets import PriceSheetForm
from pricing.models import PriceSheet
from pricing.resources import SheetResource

# More rows than this would keep a browser waiting.
_AT_ONCE = 60
_SHOWN = ":100"


class PriceSheetList(ListPage):
    permission = Permission.PRICE_VIEW
    template = "pricing/price_sheet_list.html"
    fragments = ("sheet-table",)
    title = _("Price sheets")
    columns = {
        "kind": _("Kind"),
        "prices_of": _("Prices of"),
        "valid_until": _("Valid until"),
        "updated": _("Changed"),
    }
    filter_form = SheetFilter
    sorts = {"name": "name", "updated": "updated_at"}
    default_sort = "-updated"
    create_url = "pricing:create_price_sheet"
    create_label = _("New price sheet")

    def get_queryset(self):
        return _visible(self.request)


class PriceSheetFormPage(FormPage):
    permission = Permission.PRICE_EDIT
    template = "pricing/price_sheet_form.html"
    title = _("Price sheet")

    def get_queryset(self):
        return _visible(self.request)

    def get_form(self, **data):
        return PriceSheetForm(**data, instance=self.object, sees_cost=self.request.user.sees_cost)

    def save(self, form, *, by, at):
        form.instance.made_by = form.instance.made_by or by
        return form.save()


class DeletePriceSheet(ConfirmPage):
    permission = Permission.PRICE_EDIT
    title = _("Delete price sheet")
    confirm_label = _("Delete")
    success_message = _("{object} is gone.")

    def get_queryset(self):
        return _visible(self.request)

    def question(self):
        return gettext("Delete {object}? Prices and products stay as they are.").format(object=self.object)

    def perform(self, subject, *, by, at):
        subject.delete()

    def success_url(self):
        return "pricing:price_sheet_list"


@requires(Permission.PRICE_VIEW)
@require_safe
def price_sheet_detail(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = _sheet(request, pk)
    context = {"sheet": sheet, "contents": None, "problem": "", "at_once": _AT_ONCE, "shown": _SHOWN}
    try:
        context["contents"] = contents_of(sheet, on=timezone.localdate())
    except DomainError as error:
        context["problem"] = str(error)
    return render(request, "pricing/price_sheet_detail.html", context)


@requires(Permission.PRICE_VIEW)
@require_safe
def price_sheet_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The document itself; one that takes long is made by ``make_price_sheet``."""
    sheet, on = _sheet(request, pk), timezone.localdate()
    if row_count(sheet) > _AT_ONCE:
        return go_to(request, sheet)
    try:
        content = sheet_pdf(contents_of(sheet, on=on), on=on)
    except DomainError as error:
        messages.error(request, str(error))
        return go_to(request, sheet)
    return file_response(content, name=_file_name(sheet), kind="pdf", inline=True)


@requires(Permission.PRICE_VIEW)
@require_safe
def price_sheet_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The PDF that was made last; its address stays the same."""
    sheet = _sheet(request, pk)
    if not sheet.file:
        messages.error(request, gettext("No PDF has been made of this sheet yet."))
        return go_to(request, sheet)
    name = f"{_file_name(sheet)}.pdf"
    return file_of_storage(sheet.file.open(), shown_as=name, kind="application/pdf", inline=True)


@requires(Permission.PRICE_VIEW)
@require_safe
def price_sheet_table(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    sheet = _sheet(request, pk)
    try:
        contents = contents_of(sheet, on=timezone.localdate())
    except DomainError as error:
        messages.error(request, str(error))
        return go_to(request, sheet)
    return download(SheetResource(contents, user=request.user), contents.rows, kind)


@requires(Permission.PRICE_VIEW)
@require_POST
def make_price_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = _sheet(request, pk)
    job = jobs.start(tasks.print_sheet, title=str(sheet), by=request.user, sheet_id=sheet.pk)
    return go_to(request, job)


def _visible(request):
    """Internal sheets are for those who see costs."""
    sheets = PriceSheet.objects.for_table()
    return sheets if request.user.sees_cost else sheets.for_customers()


def _sheet(request, pk):
    sheet = get_object_or_404(PriceSheet.objects.for_table(), pk=pk)
    if sheet.kind == SheetKind.INTERNAL and not request.user.sees_cost:
        raise PermissionDenied
    return sheet


def _file_name(sheet):
    return "-".join("".join(letter if letter.isalnum() else " " for letter in sheet.name).split()).lower()
