"""The page that changes the ticked rows of a list, or all that its filter shows."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web import auditing
from nozzly.web.bulk_forms import MOST_ROWS, BulkEditForm
from nozzly.web.guard import requires
from nozzly.web.render import go_to, next_url, render
from nozzly.web.views import ListPage

_SHOWN = 12


@dataclass(frozen=True, kw_only=True)
class Bulk:
    """A list whose rows may be changed together. ``tick`` is the name of its boxes, ``text`` what a row is called.

    ``rows`` are those that may be changed at all; ``change`` is the domain call: rows' keys and what is to change.
    """

    name: str
    title: str
    permission: Permission
    list_url: str
    page: type[ListPage]
    tick: str
    rows: Callable[[], QuerySet]
    form: type[BulkEditForm]
    change: Callable
    text: Callable = str
    hexes: Callable = lambda _row: ()


def bulk_page(bulk: Bulk) -> Callable:
    """The view that edits many, guarded by its permission."""

    @requires(bulk.permission)
    @require_http_methods(["GET", "POST"])
    def edit(request: HttpRequest) -> HttpResponse:
        if request.method == "GET":
            chosen = _chosen(request, bulk)
            if not chosen:
                messages.error(request, _("Tick the rows to edit first."))
                return go_to(request, next_url(request, bulk.list_url))
            return _show(request, bulk, bulk.form(initial={"rows": chosen}), chosen)
        form = bulk.form(request.POST)
        if form.is_valid():
            at = timezone.now()
            try:
                count = bulk.change(form.cleaned_data["rows"], form.changes(), by=request.user, at=at)
            except DomainError as error:
                form.add_error(None, str(error))
            else:
                auditing.record(f"changed {bulk.name}", details={"rows": count}, by=request.user, at=at)
                text = ngettext("%(count)s row is changed.", "%(count)s rows are changed.", count)
                messages.success(request, text % {"count": count})
                return go_to(request, next_url(request, bulk.list_url))
        return _show(request, bulk, form, form.cleaned_data.get("rows", []))

    return edit


def _chosen(request: HttpRequest, bulk: Bulk) -> list[int]:
    """The ticked rows, or with ``filtered`` all that the list shows with these filters."""
    if "filtered" not in request.GET:
        return [int(pk) for pk in request.GET.getlist(bulk.tick) if pk.isascii() and pk.isdigit() and len(pk) < 18]
    page = bulk.page()
    page.setup(request)
    listed = page.listed().order_by().values("pk")
    return list(bulk.rows().filter(pk__in=listed).order_by("pk").values_list("pk", flat=True)[:MOST_ROWS])


def _show(request: HttpRequest, bulk: Bulk, form: BulkEditForm, chosen: list[int]) -> HttpResponse:
    rows = bulk.rows().filter(pk__in=chosen).order_by("pk")[:_SHOWN]
    context = {
        "form": form,
        "bulk": bulk,
        "rows": [(bulk.hexes(row), bulk.text(row)) for row in rows],
        "count": len(chosen),
        "others": max(len(chosen) - _SHOWN, 0),
        "back": next_url(request, bulk.list_url),
    }
    return render(request, "web/edit_many.html", context, status=422 if form.errors else 200)
