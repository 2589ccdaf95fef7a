from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.guard import requires
from nozzly.web.render import go_to, render
from production.domain import runs, undo
from production.forms.closing import KeyForm
from production.models import Run


@requires(Permission.RUN_UNDO)
@require_http_methods(["GET", "POST"])
def undo_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows every movement and cost that comes back before anything is booked."""
    run = get_object_or_404(Run.objects.for_page(), pk=pk)
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            runs.undo_run(run, key=form.cleaned_data["key"], by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("{run} is open again.").format(run=run.number))
            return go_to(request, run)
    context = {"run": run, "form": form, "preview": undo.preview(run) if run.is_closed else None}
    return render(request, "production/undo_run.html", context, status=422 if form.errors else 200)
