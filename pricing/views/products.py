"""The truth about one product: its cost beside what every channel leaves of its price."""

from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from catalog.domain.licences import warning
from catalog.models import Product
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.tenancy.current import current_workspace
from nozzly.web.guard import requires
from nozzly.web.render import go_to, render
from pricing.domain import listings
from pricing.domain.compare import compare
from pricing.domain.shares import in_a_row
from pricing.domain.subjects import subject_of
from pricing.forms.compare import SetPricesForm
from pricing.models import Channel, PriceChange
from pricing.views.cards import cards

_FRAGMENTS = ("comparison",)
_LATEST = 8


@requires(Permission.COST_VIEW)
@require_safe
def product_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Prices in the URL are tried out; nothing is written."""
    product = get_object_or_404(Product, pk=pk)
    form = SetPricesForm(request.GET, channels=Channel.objects.active().in_order())
    form.full_clean()
    return _answer(request, product, form)


@requires(Permission.PRICE_EDIT)
@require_POST
def set_prices(request: HttpRequest, pk: int) -> HttpResponse:
    product = get_object_or_404(Product, pk=pk)
    form = SetPricesForm(request.POST, channels=Channel.objects.active().in_order())
    variants, chosen = _variants(product, request)
    if form.is_valid():
        wanted = variants if form.cleaned_data["all_variants"] else [chosen]
        try:
            changed = listings.set_prices(
                form.wishes([variant for variant in wanted if variant]),
                note=form.cleaned_data["note"],
                by=request.user,
                at=timezone.now(),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _said(len(changed)))
            return go_to(request, f"{reverse('pricing:product', args=[pk])}?variant={chosen.pk if chosen else ''}")
    return _answer(request, product, form)


def _said(count: int) -> str:
    if not count:
        return _("These prices stand there already.")
    return ngettext("One price is set.", "{count} prices are set.", count).format(count=count)


def _answer(request, product, form):
    variants, chosen = _variants(product, request)
    on = timezone.localdate()
    subject = subject_of(chosen, on=on) if chosen else None
    comparison = compare(subject, form.channels, on=on, question=form.question()) if chosen else None
    context = {
        "product": product,
        "variants": variants,
        "chosen": chosen,
        "form": form,
        "subject": subject,
        "comparison": comparison,
        "cards": cards(comparison, form),
        "home_currency": current_workspace().currency,
        "licence_warning": warning(product, on),
        "cost_bar": _cost_bar(subject.breakdown) if subject else (),
        "changes": PriceChange.objects.filter(listing__variant=chosen)
        .select_related("listing__channel", "by")
        .order_by("-at", "-pk")[:_LATEST],
    }
    return render(request, "pricing/product.html", context, fragments=_FRAGMENTS, status=422 if form.errors else 200)


def _variants(product, request):
    rows = list(product.variants.filter(archived_at=None).in_order().for_costing())
    wanted = request.GET.get("variant") or request.POST.get("variant") or ""
    return rows, next((row for row in rows if str(row.pk) == wanted), rows[0] if rows else None)


def _cost_bar(breakdown):
    parts = [(str(code), str(code.label), max(amount, Decimal(0))) for code, amount in breakdown.by_code()]
    return in_a_row(parts)
