"""The four page classes. A page states its permission and its data; verbs are function views (see docs/pages.md)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import View

from nozzly.accounts.domain import list_columns
from nozzly.core.errors import DomainError
from nozzly.web.downloads import download
from nozzly.web.forms import ConfirmForm
from nozzly.web.guard import refusal
from nozzly.web.paging import PAGE_SIZES, positive_int, take_slice
from nozzly.web.render import go_to, next_url, render


class ListPage(View):
    """A table with filters, sorting and pages in the URL, exported by ``?format=csv`` or ``xlsx``.

    ``sorts`` maps what stands in the URL to the column: {"code": "code", "left": "lot__on_hand"}.
    """

    permission = None
    template = ""
    fragments = ()
    title = ""
    filter_form = None
    sorts = {}
    default_sort = ""
    columns = {}  # key -> label of what may be shown or hidden; the template asks {% if "state" in shown %}
    cost_columns = ()  # keys of those that only people with COST_VIEW are offered
    usual_columns = ()  # those shown when nobody chose; empty: all
    page_size = 25
    keys_first = False  # for lists of many rows that join many tables without annotations, see take_slice
    resource = None
    create_url = ""
    create_label = ""
    import_url = ""
    empty_title = ""
    empty_text = ""

    def dispatch(self, request, *args, **kwargs):
        return refusal(request, self.permission) or super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **kwargs) -> HttpResponse:
        rows = self.listed()
        if self.resource and request.GET.get("format") in {"csv", "xlsx"}:
            return download(self.resource(user=request.user), rows, request.GET["format"])
        size = positive_int(request.GET.get("size", ""), self.page_size)
        page = take_slice(
            rows,
            number=positive_int(request.GET.get("page", ""), 1),
            size=size if size in PAGE_SIZES else self.page_size,
            keys_first=self.keys_first,
        )
        self.complete(page.rows)
        context = {"page": page, "view": self, "filter_form": self.form, "sort": self.sort, "shown": self.shown}
        return render(request, self.template, context | self.get_context(), fragments=self.fragments)

    def get_queryset(self):
        raise NotImplementedError

    def complete(self, rows: list) -> None:
        """Give the rows of one page what would be dear to work out for all."""

    def get_context(self) -> dict:
        return {}

    def post(self, request: HttpRequest, **kwargs) -> HttpResponse:
        """Keep the columns somebody ticked; none ticked, or the button “As usual”, forgets the choice."""
        ticked = () if "usual" in request.POST else request.POST.getlist("columns")
        list_columns.choose(
            request.user, page=self.page_name, columns=[key for key in self.offered_columns if key in ticked]
        )
        query = request.GET.copy()
        for name in ("columns", "page", "format"):
            query.pop(name, None)
        return go_to(request, f"{request.path}?{query.urlencode()}".rstrip("?"))

    @property
    def page_name(self) -> str:
        return self.request.resolver_match.view_name

    @cached_property
    def offered_columns(self) -> dict[str, str]:
        """What this person may show or hide."""
        hidden = () if self.request.user.sees_cost else self.cost_columns
        return {key: label for key, label in self.columns.items() if key not in hidden}

    @cached_property
    def chosen_columns(self) -> list[str]:
        """Keys that stand in the URL, else those this person keeps; empty where nobody chose."""
        wanted = self.request.GET.getlist("columns") or self.request.user.list_columns.get(self.page_name, ())
        return [key for key in self.offered_columns if key in wanted]

    @property
    def shown(self) -> set[str]:
        return set(self.chosen_columns or self.usual_columns or self.columns)

    def listed(self):
        """All rows that the filters of this request leave, in its order."""
        self.form = self.filter_form(self.request.GET) if self.filter_form else None
        return self.sorted(self.narrowed(self.get_queryset()))

    def narrowed(self, queryset):
        return self.form.narrow(queryset) if self.form and self.form.is_valid() else queryset

    @property
    def sort(self) -> str:
        wanted = self.request.GET.get("sort", "")
        return wanted if wanted.removeprefix("-") in self.sorts else self.default_sort

    def sorted(self, queryset):
        if not self.sort:
            return queryset
        # The primary key goes the same way, so that one index serves both directions and pages never overlap.
        sign, key = ("-", self.sort[1:]) if self.sort.startswith("-") else ("", self.sort)
        return queryset.order_by(f"{sign}{self.sorts.get(key, key)}", f"{sign}pk")


class DetailPage(View):
    """One object, in the template as ``object`` and under ``context_name``."""

    permission = None
    template = ""
    fragments = ()
    context_name = ""

    def dispatch(self, request, *args, **kwargs):
        return refusal(request, self.permission) or super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **kwargs) -> HttpResponse:
        self.object = get_object_or_404(self.get_queryset(), **kwargs)
        context = {"object": self.object, "view": self, self.context_name or "object": self.object}
        return render(request, self.template, context | self.get_context(), fragments=self.fragments)

    def get_queryset(self):
        raise NotImplementedError

    def get_context(self) -> dict:
        return {}


class FormPage(View):
    """Create one object, or edit it when the URL names one. ``save`` is where the form's own save is replaced."""

    permission = None
    template = "layout/form.html"
    fragments = ()
    form_class = None
    title = ""
    submit_label = ""
    success_message = ""

    def dispatch(self, request, *args, **kwargs):
        return refusal(request, self.permission) or super().dispatch(request, *args, **kwargs)

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.object = None

    def get(self, request: HttpRequest, **kwargs) -> HttpResponse:
        self.object = get_object_or_404(self.get_queryset(), **kwargs) if kwargs else None
        return self.answer(self.get_form())

    def post(self, request: HttpRequest, **kwargs) -> HttpResponse:
        self.object = get_object_or_404(self.get_queryset(), **kwargs) if kwargs else None
        form = self.get_form(data=request.POST, files=request.FILES)
        if not form.is_valid():
            return self.answer(form)
        try:
            saved = self.save(form, by=request.user, at=timezone.now())
        except DomainError as error:
            field = getattr(error, "field", None)
            form.add_error(field if field in form.fields else None, str(error))
            return self.answer(form)
        messages.success(request, (self.success_message or _("{object} is saved.")).format(object=saved))
        return go_to(request, self.success_url(saved))

    def get_queryset(self):
        raise NotImplementedError

    def get_form(self, **data):
        return self.form_class(**data, instance=self.object, initial=self.get_initial())

    def get_initial(self) -> dict:
        return {}

    def save(self, form, *, by, at):
        return form.save()

    def success_url(self, saved) -> object:
        return next_url(self.request, saved)

    def get_context(self) -> dict:
        return {}

    def answer(self, form) -> HttpResponse:
        context = {"form": form, "object": self.object, "view": self} | self.get_context()
        status = 422 if form.errors else 200
        return render(self.request, self.template, context, fragments=self.fragments, status=status)


class ConfirmPage(View):
    """Asks before something that is hard to take back; ``perform`` makes the one domain call."""

    permission = None
    template = "layout/confirm.html"
    fragments = ()
    title = ""
    confirm_label = ""
    danger = True
    success_message = ""

    def dispatch(self, request, *args, **kwargs):
        return refusal(request, self.permission) or super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **kwargs) -> HttpResponse:
        self.object = get_object_or_404(self.get_queryset(), **kwargs)
        return self.answer(ConfirmForm())

    def post(self, request: HttpRequest, **kwargs) -> HttpResponse:
        self.object = get_object_or_404(self.get_queryset(), **kwargs)
        form, label = ConfirmForm(request.POST), str(self.object)
        form.full_clean()
        try:
            self.perform(self.object, by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error(None, str(error))
            return self.answer(form)
        messages.success(request, (self.success_message or _("{object} is done.")).format(object=label))
        return go_to(request, self.success_url())

    def get_queryset(self):
        raise NotImplementedError

    def perform(self, subject, *, by, at) -> None:
        raise NotImplementedError

    def question(self) -> str:
        return _("Go on with {object}?").format(object=self.object)

    def success_url(self) -> object:
        return next_url(self.request, self.object)

    def get_context(self) -> dict:
        return {}

    def answer(self, form) -> HttpResponse:
        context = {"form": form, "object": self.object, "view": self} | self.get_context()
        status = 422 if form.errors else 200
        return render(self.request, self.template, context, fragments=self.fragments, status=status)
