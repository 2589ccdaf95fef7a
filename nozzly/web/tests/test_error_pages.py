"""What people read when something is wrong: pages of the house, on a desk as on a server."""

import re

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.test import RequestFactory
from django.views import defaults


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        (lambda request: defaults.bad_request(request, SuspiciousOperation()), 400),
        (lambda request: defaults.permission_denied(request, PermissionDenied()), 403),
        (lambda request: defaults.page_not_found(request, Http404()), 404),
        (defaults.server_error, 500),
    ],
)
def test_a_wrong_turn_ends_on_a_page_of_the_house(answer, number):
    page = answer(RequestFactory().get("/")).content.decode()

    assert re.search(r'class="code-number">\s*(\d+)', page)[1] == str(number)


def test_policy_and_frames_are_settled_before_a_static_file_answers():
    names = [name.rpartition(".")[2] for name in settings.MIDDLEWARE]

    assert names.index("CSPMiddleware") < names.index("WhiteNoiseMiddleware")
    assert names.index("XFrameOptionsMiddleware") < names.index("WhiteNoiseMiddleware")
