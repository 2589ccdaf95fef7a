"""What foreign money is worth: the list of rates, one typed, many uploaded."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.tax.models import ExchangeRate
from nozzly.tenancy.current import current_workspace
from nozzly.web.guard import requires
from nozzly.web.reading import MAX_BYTES, UnreadableTable, read_table
from nozzly.web.render import go_to, next_url, render
from nozzly.web.views import ListPage
from pricing.domain import exchange
from pricing.forms.channels import ExchangeForm
from pricing.forms.exchange import ExchangeFilter, RateFileForm, TypedRateForm


class ExchangeList(ListPage):
    permission = Permission.PRICE_VIEW
    template = "pricing/exchange_list.html"
    fragments = ("exchange-table",)
    title = _("Exchange rates")
    columns = {
        "on": _("Day"),
        "rate": _("Rate"),
        "source": _("Source"),
    }
    filter_form = ExchangeFilter
    sorts = {"on": "on", "currency": "currency"}
    default_sort = "-on"
    create_url = "pricing:add_exchange"
    create_label = _("Add rates")

    def get_queryset(self):
        return ExchangeRate.objects.all()

    def get_context(self):
        return {"home_currency": current_workspace().currency}


@requires(Permission.TAX_EDIT)
@require_http_methods(["GET", "POST"])
def add_exchange(request: HttpRequest) -> HttpResponse:
    """One rate typed, or a table of them, all or none."""
    is_file = request.method == "POST" and "upload" in request.POST
    posted = request.POST if request.method == "POST" else None
    typed = TypedRateForm(None if is_file else posted, initial={"on": timezone.localdate()})
    upload = RateFileForm(posted if is_file else None, request.FILES if is_file else None)
    form = upload if is_file else typed
    if request.method == "POST" and form.is_valid():
        try:
            count = _read(form.cleaned_data["file"]) if is_file else _type(form.cleaned_data)
        except DomainError as error:
            form.add_error("file" if is_file else "rate", str(error))
        else:
            said = ngettext("One rate is saved.", "{count} rates are saved.", count)
            messages.success(request, said.format(count=count))
            return go_to(request, "pricing:exchange_list")
    context = {"typed": typed, "upload": upload, "home_currency": current_workspace().currency}
    return render(request, "pricing/exchange_form.html", context, status=422 if form.errors else 200)


@requires(Permission.TAX_EDIT)
@require_POST
def set_exchange(request: HttpRequest) -> HttpResponse:
    """Today's rate, typed beside the price that stands on it."""
    form = ExchangeForm(request.POST)
    try:
        if form.is_valid():
            row = exchange.type_rate(
                form.cleaned_data["currency"], rate=form.cleaned_data["rate"], on=timezone.localdate()
            )
            said = gettext("1 {currency} = {rate} from today on.")
            messages.success(request, said.format(currency=row.currency, rate=f"{row.rate.normalize():f}"))
        else:
            messages.error(request, gettext("Type what one unit is worth, for example 0.79."))
    except DomainError as error:
        messages.error(request, str(error))
    return go_to(request, next_url(request, "pricing:exchange_list"))


def _type(data):
    exchange.type_rate(data["currency"], rate=data["rate"], on=data["on"])
    return 1


def _read(file):
    if file.size > MAX_BYTES:
        raise UnreadableTable(gettext("The file is larger than 8 MB; split it."))
    table = read_table(file.name, file.read())
    return exchange.save_rates(exchange.read_rates(table.headers, table.rows), source=file.name)
