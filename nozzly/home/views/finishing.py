from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from inventory.models import Spool
from nozzly.accounts.permissions import Permission
from nozzly.home.domain import finishing
from nozzly.web.guard import requires
from nozzly.web.render import render


@requires(Permission.STOCK_VIEW)
@require_GET
def finish_spool(request: HttpRequest, code: str) -> HttpResponse:
    """From 83 g of silk blue: what can still be made of it."""
    spool = get_object_or_404(Spool.objects.for_page(), lot__code=code)
    with_prices = request.user.has_permission(Permission.PRICE_VIEW) and request.user.sees_cost
    context = {
        "title": _("Finish this spool"),
        "spool": spool,
        "lot": spool.lot,
        "fits": finishing.fits(spool, on=timezone.localdate(), with_prices=with_prices),
        "with_prices": with_prices,
    }
    return render(request, "home/finish_spool.html", context)
