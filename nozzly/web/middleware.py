from contextlib import suppress
from http import HTTPStatus
from ipaddress import ip_address

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.views.defaults import bad_request

from nozzly.web.pdf import PdfUnavailable
from nozzly.web.render import render


class BehindProxyMiddleware:
    """Puts the visitor's address where the proxy's own stands; without it all visitors share one count of wrong
    passwords. Only the last entry was written by our proxy, the ones before it by whoever asks.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        last = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
        with suppress(ValueError):
            request.META["REMOTE_ADDR"] = str(ip_address(last))
        return self.get_response(request)


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


class SenselessQuestionMiddleware:
    """The back office takes any lookup from its address; what the database cannot make sense of was not understood."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        from_back_office = request.resolver_match and request.resolver_match.app_name == "admin"
        if isinstance(exception, DataError) and request.method == "GET" and from_back_office:
            return bad_request(request, exception)
        return None


class OnlyAButtonMiddleware:
    """Somebody who opens or reloads the address of an action reads why there is no page, instead of a blank one."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method == "GET" and not response.content:
            page = render(request, "405.html", status=HTTPStatus.METHOD_NOT_ALLOWED)
            page["Allow"] = response["Allow"]
            return page
        return response
