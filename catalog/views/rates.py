from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.choices import RateKind
from catalog.domain import printer_models, rates
from catalog.forms.products import LicenceForm
from catalog.forms.rates import CostChangeFilter, PresetForm, PrinterModelForm, RateForm
from catalog.models import CostSnapshot, DesignLicence, PrinterModel, Rate
from catalog.resources import CostChangeResource
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.tenancy.current import current_workspace
from nozzly.web.guard import requires
from nozzly.web.render import go_to, render
from nozzly.web.views import ConfirmPage, DetailPage, FormPage, ListPage


@requires(Permission.COST_VIEW)
@require_safe
def rate_list(request: HttpRequest) -> HttpResponse:
    """What is in force today, with origin, and every row that ever was."""
    book = rates.rates_on(timezone.localdate())
    current = [(kind, book.rate(kind)) for kind in RateKind]
    history = Rate.objects.select_related("product", "created_by").order_by("-valid_from", "kind", "pk")[:200]
    context = {"current": current, "history": history, "beginning": rates.BEGINNING}
    return render(request, "catalog/rate_list.html", context)


@requires(Permission.RATE_EDIT)
@require_http_methods(["GET", "POST"])
def set_rate(request: HttpRequest) -> HttpResponse:
    initial = {"kind": request.GET.get("kind", ""), "valid_from": timezone.localdate().isoformat()}
    form = RateForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            rate = rates.set_rate(**form.cleaned_data, by=request.user)
        except DomainError as error:
            form.add_error("value", str(error))
        else:
            messages.success(request, gettext("{rate} from now on.").format(rate=rate))
            return go_to(request, "catalog:rate_list")
    return render(request, "catalog/rate_form.html", {"form": form}, status=422 if form.errors else 200)


class CostChanges(ListPage):
    """Every cost that moved, before and after, and what moved it."""

    permission = Permission.COST_VIEW
    template = "catalog/cost_changes.html"
    fragments = ("cost-changes",)
    title = _("Costs that moved")
    columns = {
        "when": _("When"),
        "before": _("Before"),
        "after": _("After"),
        "what_moved_it": _("What moved it"),
    }
    filter_form = CostChangeFilter
    resource = CostChangeResource
    sorts = {"when": "pk"}
    default_sort = "-when"

    def get_queryset(self):
        return CostSnapshot.objects.moves()


class PrinterModelList(ListPage):
    permission = Permission.CATALOG_VIEW
    template = "catalog/printer_model_list.html"
    fragments = ("printer-model-table",)
    title = _("Printer models")
    columns = {
        "bed": _("Bed"),
        "nozzle": _("Nozzle"),
        "slots": _("Slots"),
        "power": _("Power"),
        "price": _("Price"),
    }
    cost_columns = ("price",)
    sorts = {"name": "sort_name", "maker": "sort_maker"}
    default_sort = "maker"
    create_url = "catalog:pick_presets"
    create_label = _("Choose printers")

    def get_queryset(self):
        return PrinterModel.objects.for_table()


class PrinterModelDetail(DetailPage):
    permission = Permission.CATALOG_VIEW
    template = "catalog/printer_model_detail.html"
    context_name = "model"

    def get_queryset(self):
        return PrinterModel.objects.all()


class PrinterModelFormPage(FormPage):
    permission = Permission.RATE_EDIT
    template = "catalog/printer_model_form.html"
    form_class = PrinterModelForm
    title = _("Printer model")

    def get_queryset(self):
        return PrinterModel.objects.all()


class ArchivePrinterModel(ConfirmPage):
    permission = Permission.CATALOG_EDIT
    title = _("Archive printer model")
    confirm_label = _("Archive")
    success_message = _("{object} is in the archive.")

    def get_queryset(self):
        return PrinterModel.objects.active()

    def perform(self, subject, *, by, at):
        printer_models.archive_printer_model(subject, at=at)


@requires(Permission.CATALOG_EDIT)
@require_POST
def make_default_printer_model(request: HttpRequest, pk: int) -> HttpResponse:
    model = get_object_or_404(PrinterModel, pk=pk)
    printer_models.make_default(model)
    messages.success(request, gettext("{model} is used where a file names no printer.").format(model=model))
    return go_to(request, model)


@requires(Permission.CATALOG_EDIT)
@require_http_methods(["GET", "POST"])
def pick_presets(request: HttpRequest) -> HttpResponse:
    have = {str(model).lower() for model in PrinterModel.objects.active()}
    presets = [preset for preset in printer_models.presets() if str(preset).lower() not in have]
    sent = request.POST if request.method == "POST" else None
    form = PresetForm(sent, choices=[(str(preset), str(preset)) for preset in presets])
    if request.method == "POST" and form.is_valid():
        printer_models.pick_presets(form.cleaned_data["presets"], currency=current_workspace().currency)
        messages.success(request, gettext("Your printers are in the list; check their prices when you can."))
        return go_to(request, "catalog:printer_model_list")
    context = {"form": form, "makers": _by_maker(presets), "chosen": set(form["presets"].value() or ())}
    return render(request, "catalog/pick_presets.html", context, status=422 if form.errors else 200)


class LicenceList(ListPage):
    permission = Permission.COST_VIEW
    template = "catalog/licence_list.html"
    fragments = ("licence-table",)
    title = _("Design licences")
    columns = {
        "selling": _("Selling"),
        "royalty_a_piece": _("Royalty a piece"),
        "expires": _("Ends"),
        "products": _("Products"),
    }
    sorts = {"name": "name", "expires": "expires_on"}
    default_sort = "name"
    create_url = "catalog:create_licence"
    create_label = _("Add licence")

    def get_queryset(self):
        return DesignLicence.objects.for_table()

    def get_context(self):
        return {"today": timezone.localdate()}


class LicenceFormPage(FormPage):
    permission = Permission.CATALOG_EDIT
    form_class = LicenceForm
    title = _("Design licence")

    def get_queryset(self):
        return DesignLicence.objects.all()


def _by_maker(presets):
    currency, makers = current_workspace().currency, {}
    for preset in presets:
        makers.setdefault(preset.maker, []).append((preset, preset.price(currency)))
    return makers
