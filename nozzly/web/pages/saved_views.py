"""Lists as somebody likes to see them, under a name."""

from urllib.parse import parse_qsl, urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from nozzly.web.guard import login_only
from nozzly.web.models import SavedView
from nozzly.web.render import go_to, render

_NOT_KEPT = {"page", "format"}


class SavedViewForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of this view"), max_length=60)


@login_only
@require_http_methods(["GET", "POST"])
def saved_views(request: HttpRequest, page: str) -> HttpResponse:
    """The views of one list, and a form that keeps the filters it was opened with."""
    query = urlencode([pair for pair in parse_qsl(request.GET.get("query", ""))[:40] if pair[0] not in _NOT_KEPT])[
        :1000
    ]
    try:
        list_url = reverse(page)
    except NoReverseMatch as unknown:
        raise Http404 from unknown
    form = SavedViewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        SavedView.objects.update_or_create(user=request.user, page=page, name=name, defaults={"query": query})
        messages.success(request, _("“{name}” is kept.").format(name=name))
        return go_to(request, f"{list_url}?{query}")
    views = SavedView.objects.filter(user=request.user, page=page).order_by("name")
    context = {"form": form, "views": views, "list_url": list_url, "query": query, "pairs": parse_qsl(query)}
    return render(request, "web/saved_views.html", context, status=422 if form.errors else 200)


@login_only
@require_POST
def forget_view(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView, pk=pk, user=request.user)
    page, name = view.page, view.name
    view.delete()
    messages.success(request, _("“{name}” is gone.").format(name=name))
    return go_to(request, "web:saved_views", page)
