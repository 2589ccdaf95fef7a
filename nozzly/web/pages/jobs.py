import mimetypes

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from nozzly.web.downloads import file_of_storage
from nozzly.web.guard import Access, login_only
from nozzly.web.models import Job
from nozzly.web.render import render
from nozzly.web.views import DetailPage, ListPage


class JobList(ListPage):
    permission = Access.LOGIN
    template = "web/job_list.html"
    fragments = ("job-table",)
    title = _("Background jobs")
    columns = {
        "state": _("State"),
        "started": _("Started"),
        "message": _("Message"),
    }

    def get_queryset(self):
        return Job.objects.of(self.request.user).for_table()


class JobDetail(DetailPage):
    permission = Access.LOGIN
    template = "web/job_detail.html"
    context_name = "job"

    def get_queryset(self):
        return Job.objects.of(self.request.user)


@login_only
@require_safe
def show_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The panel alone, which asks for itself again while the job is open."""
    job = get_object_or_404(Job.objects.of(request.user), pk=pk)
    return render(request, "web/job_panel.html", {"job": job})


@login_only
@require_safe
def download_result(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(Job.objects.of(request.user), pk=pk)
    if not job.result or not default_storage.exists(job.result.name):
        raise Http404
    name = job.result.name.rpartition("/")[2]
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return file_of_storage(job.result.open(), shown_as=name, kind=kind, inline=False)
