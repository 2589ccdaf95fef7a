"""The bare host: a page that says what Nozzly is, and the form by which a business moves in."""

from datetime import timedelta

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth import login
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from nozzly.accounts.domain import sign_ins
from nozzly.core.errors import DomainError
from nozzly.home.domain import sign_up as moving
from nozzly.home.forms.sign_up import SignUpForm
from nozzly.tenancy import signing as workspace_signing
from nozzly.tenancy.current import in_workspace
from nozzly.tenancy.domain import addresses
from nozzly.tenancy.models import Workspace
from nozzly.web.guard import public_page
from nozzly.web.limiting import is_within
from nozzly.web.render import render

HANDOVER = "first-sign-in"
HANDOVER_LASTS = timedelta(minutes=2)
HOUR = timedelta(hours=1)
SIGN_UPS_PER_HOUR = 10
CODES_PER_HOUR = 20
BACKEND = "django.contrib.auth.backends.ModelBackend"


@public_page
@require_GET
def landing(request: HttpRequest) -> HttpResponse:
    return render(request, "home/landing.html", {"sign_up": settings.SIGN_UP})


@public_page
@require_http_methods(["GET", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    # Browsers hold form-action against the redirect as well, and it leads to the new workspace's own host.
    return csp_update({"form-action": [SELF, addresses.any_workspace()]})(_sign_up)(request)


def _sign_up(request: HttpRequest) -> HttpResponse:
    if settings.SIGN_UP == "closed":
        return render(request, "home/sign_up_closed.html", status=403)
    form = SignUpForm(request.POST or None, initial={"country": _guessed_country(request)})
    if request.method == "POST" and not _may_guess_a_code(request):
        return render(request, "home/sign_up_too_often.html", status=429)
    if request.method == "POST" and form.is_valid():
        answers = {name: value for name, value in form.cleaned_data.items() if name != "code"}
        if not _may_sign_up(request):
            form.add_error(None, _("Many workspaces were made from here in the last hour. Try again later."))
            return _form_page(request, form, status=429)
        try:
            workspace = moving.move_in(moving.Newcomer(**answers), at=timezone.now())
        except DomainError as error:
            form.add_error("address", str(error))
        else:
            return redirect(_first_sign_in_url(workspace))
    return _form_page(request, form, status=422 if form.errors else 200)


@public_page
@require_GET
def first_sign_in(request: HttpRequest, token: str) -> HttpResponse:
    """On the new workspace's own host: the token from sign-up opens it once."""
    try:
        workspace_signing.loads(token, purpose=HANDOVER, max_age=HANDOVER_LASTS)
    except signing.BadSignature:
        return redirect(settings.LOGIN_URL)
    if not cache.add(f"handover:{token}", 1, HANDOVER_LASTS.total_seconds()):
        return redirect(settings.LOGIN_URL)
    owner = moving.owner_of_new(request.tenant)
    if owner.last_login:
        raise PermissionDenied
    login(request, owner, backend=BACKEND)
    note(request)
    return redirect("home:today")


def note(request: HttpRequest) -> None:
    """Put the fresh session on the person's list of signed-in browsers."""
    sign_ins.note_sign_in(
        request.user,
        session_key=request.session.session_key,
        ip_address=request.META.get("REMOTE_ADDR") or None,
        browser=request.headers.get("User-Agent", ""),
        at=timezone.now(),
    )


def _form_page(request: HttpRequest, form: SignUpForm, *, status: int) -> HttpResponse:
    return render(request, "home/sign_up.html", {"form": form, "base_domain": settings.BASE_DOMAIN}, status=status)


def _first_sign_in_url(workspace: Workspace) -> str:
    with in_workspace(workspace):
        token = workspace_signing.dumps(workspace.slug, purpose=HANDOVER)
    return addresses.url_of(workspace, f"/account/first-sign-in/{token}/")


def _may_sign_up(request: HttpRequest) -> bool:
    return is_within("sign-up", request.META.get("REMOTE_ADDR", ""), times=SIGN_UPS_PER_HOUR, per=HOUR)


def _may_guess_a_code(request: HttpRequest) -> bool:
    who = request.META.get("REMOTE_ADDR", "")
    return settings.SIGN_UP != "invited" or is_within("sign-up-code", who, times=CODES_PER_HOUR, per=HOUR)


def _guessed_country(request: HttpRequest) -> str:
    language = request.headers.get("Accept-Language", "").split(",")[0]
    _language, _sep, country = language.partition("-")
    return country.upper() if len(country) == 2 else "US"
