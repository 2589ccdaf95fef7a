"""The comparison of channels, for a variant or for something that is no product yet."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from catalog.models import Variant
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.tenancy.current import current_workspace
from nozzly.web.downloads import file_response
from nozzly.web.guard import requires
from nozzly.web.render import go_to, render
from pricing.documents import comparison_pdf
from pricing.domain.compare import compare
from pricing.domain.subjects import Subject, subject_of, what_if
from pricing.forms.compare import CompareForm
from pricing.models import Channel
from pricing.views.cards import cards

_FRAGMENTS = ("comparison", "product-hits")
_HITS = 8


@requires(Permission.COST_VIEW)
@require_safe
def comparison_paper(request: HttpRequest) -> HttpResponse:
    """What the page shows, as PDF: the same address with the same parameters."""
    _form, _channels, _found, comparison = _asked(request)
    if comparison is None:
        return go_to(request, f"{reverse('pricing:compare')}?{request.GET.urlencode()}")
    try:
        content = comparison_pdf(comparison, on=timezone.localdate())
    except DomainError as error:
        messages.error(request, str(error))
        return go_to(request, f"{reverse('pricing:compare')}?{request.GET.urlencode()}")
    return file_response(content, name=slugify(comparison.subject.label) or "comparison", kind="pdf", inline=True)


@requires(Permission.COST_VIEW)
@require_safe
def compare_page(request: HttpRequest) -> HttpResponse:
    form, channels, subject, comparison = _asked(request)
    search = request.GET.get("search", "").strip()
    context = {
        "form": form,
        "channels": channels,
        "comparison": comparison,
        "subject": subject,
        "search": search,
        "hits": [] if subject else _hits(search),
        "cards": cards(comparison, form),
        "home_currency": current_workspace().currency,
    }
    return render(request, "pricing/compare.html", context, fragments=_FRAGMENTS, status=422 if form.errors else 200)


def _asked(request):
    channels = list(Channel.objects.active().in_order())
    form = CompareForm(request.GET, channels=channels)
    form.full_clean()
    subject, comparison = _subject(form), None
    if subject and channels and form.is_valid():
        comparison = compare(subject, form.chosen_channels(), on=timezone.localdate(), question=form.question())
    return form, channels, subject, comparison


def _subject(form: CompareForm) -> Subject | None:
    """The chosen variant with what was typed over it, or what was typed alone."""
    data = form.cleaned_data
    variant, cost = data.get("variant"), data.get("cost")
    if variant is None and cost is None:
        return None
    subject = subject_of(variant, on=timezone.localdate()) if variant else what_if(unit_cost=cost)
    changes = {"print_time_s": form.print_time_s, "weight_g": data.get("weight_g"), "unit_cost": cost}
    typed = {name: value for name, value in changes.items() if value is not None}
    if "weight_g" in typed:
        typed["weight_assumed"] = False
    if "unit_cost" in typed:
        typed |= {"cost_assumed": False, "breakdown": None}
    return replace(subject, **typed)


def _hits(search: str) -> list[Variant]:
    if not search:
        return list(Variant.objects.for_choice().select_related("item").order_by("-pk")[:_HITS])
    found = Variant.objects.for_choice().select_related("item").filter(product__title__icontains=search)
    by_sku = Variant.objects.for_choice().select_related("item").filter(item__sku__istartswith=search)
    return list(found[:_HITS]) or list(by_sku[:_HITS])
