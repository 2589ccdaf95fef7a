from django.http import HttpRequest, HttpResponse

from nozzly.web.pdf import PdfUnavailable
from nozzly.web.render import render


class PdfUnavailableMiddleware:
    """A machine without Pango says so in the page instead of breaking; everything else goes on working."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, PdfUnavailable):
            return render(request, "web/pdf_unavailable.html", {"reason": exception}, status=503)
        return None
