"""Which product a line of a channel's file is: asked once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.guard import requires
from nozzly.web.pages.imports import import_page
from nozzly.web.render import go_to, next_url
from nozzly.web.views import ListPage
from pricing.domain import unmatched
from pricing.forms.lists import MatchAnswerForm, MatchFilter
from pricing.models import ListingMatch
from pricing.resources import ChannelFileImporter

import_channel_file = import_page(ChannelFileImporter)


class MatchList(ListPage):
    permission = Permission.PRICE_EDIT
    template = "pricing/match_list.html"
    fragments = ("match-table",)
    title = _("Which product is it?")
    columns = {
        "channel": _("Channel"),
        "price": _("Price"),
        "is": _("Is"),
    }
    filter_form = MatchFilter
    sorts = {"title": "title", "seen": "updated_at"}
    default_sort = "title"
    import_url = "pricing:import_channel_file"

    def get_queryset(self):
        return ListingMatch.objects.for_table()


@requires(Permission.PRICE_EDIT)
@require_POST
def answer_match(request: HttpRequest, pk: int) -> HttpResponse:
    match = get_object_or_404(ListingMatch.objects.for_table(), pk=pk)
    back = next_url(request, "pricing:match_list")
    form = MatchAnswerForm(request.POST)
    try:
        if "ignore" in request.POST:
            unmatched.ignore(match)
        elif "again" in request.POST:
            unmatched.ask_again(match)
        elif form.is_valid():
            variant = form.cleaned_data["product"]
            unmatched.answer(
                match, variant=variant, pieces=form.cleaned_data["pieces"], by=request.user, at=timezone.now()
            )
            said = gettext("{title} is {product}; later files know it.")
            messages.success(request, said.format(title=match, product=variant))
        else:
            messages.error(request, _what_is_wrong(form))
    except DomainError as error:
        messages.error(request, str(error))
    return go_to(request, back)


def _what_is_wrong(form: MatchAnswerForm) -> str:
    asked = form.has_error("product", "nothing") or form.has_error("product", "several")
    return form.errors["product"][0] if asked else gettext("Choose a product, and say how many pieces are in it.")
