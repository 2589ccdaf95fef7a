"""Lines that no product is known for, answered once for all that are alike."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.guard import requires
from nozzly.web.paging import positive_int, slice_of
from nozzly.web.render import go_to, next_url, render
from nozzly.web.views import ConfirmPage, ListPage
from sales.domain import matching, new_products, unmatched
from sales.import_forms import ProductForm
from sales.models import ImportedLine, MatchRule, OrderLine

PAGE = 20


@requires(Permission.ORDER_VIEW)
@require_http_methods(["GET"])
def unmatched_lines(request: HttpRequest) -> HttpResponse:
    """Alike lines are one row, with the products whose names are most like it."""
    number = positive_int(request.GET.get("page", ""), 1)
    start = (number - 1) * PAGE
    waiting = ImportedLine.objects.unmatched_groups()
    groups = list(waiting[start : start + PAGE + 1])
    words = [
        matching.Words(row["line__title"], row["line__options"], row["sku"], row["listing"]) for row in groups[:PAGE]
    ]
    found = matching.suggestions(words)
    rows = [(row, found[each]) for row, each in zip(groups, words, strict=False)]
    page = slice_of(
        rows, number=number, size=PAGE, has_next=len(groups) > PAGE, count=lambda most: waiting[:most].count()
    )
    context = {"page": page}
    return render(request, "sales/unmatched_lines.html", context)


@requires(Permission.ORDER_EDIT)
@require_http_methods(["GET", "POST"])
def answer_line(request: HttpRequest, pk: int) -> HttpResponse:
    line = get_object_or_404(OrderLine.objects.select_related("order__channel"), pk=pk)
    words = unmatched.words_of(line)
    form = ProductForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            known = unmatched.answer(
                line, variant=form.cleaned_data["variant"], pieces=form.cleaned_data["pieces"], by=request.user,
                at=timezone.now(),
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            text = ngettext("%(count)s line is known now.", "%(count)s lines are known now.", known) % {"count": known}
            messages.success(request, text)
            return go_to(request, next_url(request, "sales:unmatched_lines"))
    context = {"form": form, "line": line, "suggestions": matching.suggestions([words])[words]}
    return render(request, "sales/answer_line.html", context, status=422 if form.errors else 200)


@requires(Permission.CATALOG_EDIT)
@require_http_methods(["GET", "POST"])
def make_products(request: HttpRequest) -> HttpResponse:
    """Products out of the ticked lines, or out of all that wait: shown first, then made."""
    asked = request.POST if request.method == "POST" else request.GET
    chosen = (
        None if asked.get("all") else [positive_int(text, 0) for text in asked.getlist("line")][: new_products.MOST]
    )
    lines = new_products.lines_to_name(chosen)
    if not lines:
        messages.error(request, gettext("Tick the lines to make products of first."))
        return go_to(request, "sales:unmatched_lines")
    if request.method == "POST":
        try:
            made = new_products.make_products(lines, by=request.user, at=timezone.now())
        except DomainError as error:
            messages.error(request, str(error))
        else:
            text = gettext("{products} products with {variants} variants were made; {lines} lines are known now.")
            messages.success(request, text.format(products=made.products, variants=made.variants, lines=made.lines))
        return go_to(request, "sales:unmatched_lines")
    context = {"plans": new_products.plan_products(lines), "lines": lines, "most": new_products.MOST}
    return render(request, "sales/make_products.html", context)


class MatchRuleList(ListPage):
    permission = Permission.ORDER_VIEW
    template = "sales/match_rule_list.html"
    fragments = ("rule-table",)
    title = _("Remembered answers")
    columns = {
        "product": _("Product"),
        "pieces_in_one": _("Pieces in one"),
        "learned": _("Learned"),
    }
    sorts = {"words": "words", "learned": "updated_at"}
    default_sort = "-learned"

    def get_queryset(self):
        return MatchRule.objects.select_related("channel", "variant__product", "variant__item", "learned_by")


class ForgetRule(ConfirmPage):
    """Lines that were answered stay; later files ask again."""

    permission = Permission.ORDER_EDIT
    title = _("Forget answer")
    confirm_label = _("Forget it")
    success_message = _("{object} is forgotten.")

    def get_queryset(self):
        return MatchRule.objects.select_related("variant__product")

    def perform(self, subject, *, by, at):
        matching.forget(subject)

    def success_url(self):
        return "sales:match_rule_list"
