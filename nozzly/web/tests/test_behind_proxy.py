"""Whose address counts when a proxy stands in front."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from nozzly.web.middleware import BehindProxyMiddleware


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("2001:db8::9", "2001:db8::9"),
        ("", "127.0.0.1"),
        ("unknown", "127.0.0.1"),
        ("203.0.113.9, ' OR 1=1", "127.0.0.1"),
    ],
)
def test_the_address_is_the_last_one_that_the_proxy_wrote(forwarded, address):
    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR=forwarded)
    BehindProxyMiddleware(lambda _request: HttpResponse())(request)

    assert request.META["REMOTE_ADDR"] == address
