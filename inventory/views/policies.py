from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inventory.domain import offers, policies
from inventory.forms.counting import PolicyForm
from inventory.models import Item, MaterialGroup, StockPolicy
from nozzly.accounts.permissions import Permission
from nozzly.web.guard import requires
from nozzly.web.render import go_to, render

_SNOOZE_DAYS = 7


@requires(Permission.STOCK_VIEW)
@require_GET
def shopping_list(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    short = policies.shortages()
    items = [row.policy.item_id for row in short if row.policy.item_id]
    context = {
        "title": _("Shopping list"),
        "cheapest": offers.cheapest(items) if request.user.sees_cost and items else {},
        "rows": [row for row in short if not row.is_silent(today)],
        "silent": [row for row in short if row.is_silent(today)],
        "has_policies": bool(short) or StockPolicy.objects.exists(),
        "snooze_days": _SNOOZE_DAYS,
    }
    return render(request, "inventory/shopping_list.html", context)


@requires(Permission.STOCK_EDIT)
@require_http_methods(["GET", "POST"])
def item_policy(request: HttpRequest, pk: int) -> HttpResponse:
    return _policy(request, item=get_object_or_404(Item.objects.select_related("policy"), pk=pk))


@requires(Permission.STOCK_EDIT)
@require_http_methods(["GET", "POST"])
def group_policy(request: HttpRequest, pk: int) -> HttpResponse:
    return _policy(request, group=get_object_or_404(MaterialGroup.objects.select_related("policy"), pk=pk))


@requires(Permission.STOCK_EDIT)
@require_POST
def snooze(request: HttpRequest, pk: int) -> HttpResponse:
    policy = get_object_or_404(StockPolicy, pk=pk)
    is_silent = policies.Shortage(policy).is_silent(timezone.localdate())
    policies.snooze(policy, until=None if is_silent else timezone.localdate() + timedelta(days=_SNOOZE_DAYS))
    return go_to(request, "inventory:shopping_list")


def _policy(request, **of_what):
    subject = next(iter(of_what.values()))
    form = PolicyForm(request.POST or None, policy=getattr(subject, "policy", None))
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        policies.set_policy(**of_what, minimum=chosen["minimum"], on_order=chosen["on_order"] or 0)
        messages.success(request, _("The warning for {subject} is set.").format(subject=subject))
        return go_to(request, subject)
    context = {"form": form, "subject": subject, "unit": _("g") if "group" in of_what else subject.get_unit_display()}
    return render(request, "inventory/policy_form.html", context, status=422 if form.errors else 200)
