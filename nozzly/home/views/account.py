"""A person's own pages: name, password, second factor, signed-in browsers."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nozzly.accounts.domain import second_factor, sign_ins
from nozzly.core.errors import DomainError
from nozzly.home.forms.account import CodeForm, PasswordNowForm, ProfileForm
from nozzly.home.views.sign_up import note
from nozzly.tenancy.current import current_workspace
from nozzly.web import qr
from nozzly.web.guard import login_only
from nozzly.web.render import go_to, render


@login_only
@require_GET
def profile(request: HttpRequest) -> HttpResponse:
    context = {
        "form": ProfileForm(instance=request.user),
        "device": second_factor.device_of(request.user),
        "sign_ins": sign_ins.sign_ins_of(request.user, at=timezone.now()),
        "this_session": request.session.session_key,
    }
    return render(request, "home/account/profile.html", context)


@login_only
@require_POST
def change_name(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(request.POST, instance=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Your name is saved."))
    return go_to(request, "accounts:profile")


@login_only
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    form = PasswordChangeForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        others = request.user.sign_ins.exclude(session_key=request.session.session_key)
        sign_ins.sign_out(others)
        request.user.sign_ins.all().delete()
        update_session_auth_hash(request, form.save())
        note(request)
        messages.success(request, _("Your password is changed; other browsers are signed out."))
        return go_to(request, "accounts:profile")
    context = {"form": form, "title": _("Change password")}
    return render(request, "home/account/change_password.html", context, status=422 if form.errors else 200)


@login_only
@require_POST
def end_sign_in(request: HttpRequest, pk: int) -> HttpResponse:
    sign_in = get_object_or_404(request.user.sign_ins, pk=pk)
    sign_ins.sign_out(request.user.sign_ins.filter(pk=sign_in.pk))
    messages.success(request, _("That browser is signed out."))
    return go_to(request, "accounts:profile")


@login_only
@require_POST
def end_other_sign_ins(request: HttpRequest) -> HttpResponse:
    sign_ins.sign_out(request.user.sign_ins.exclude(session_key=request.session.session_key))
    messages.success(request, _("All other browsers are signed out."))
    return go_to(request, "accounts:profile")


@login_only
@require_http_methods(["GET", "POST"])
def switch_on_second_factor(request: HttpRequest) -> HttpResponse:
    if second_factor.device_of(request.user):
        messages.error(request, _("Switch the second factor off first; that asks for your password."))
        return go_to(request, "accounts:profile")
    device = second_factor.begin(request.user)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = second_factor.confirm(request.user, code=form.cleaned_data["code"])
        except DomainError as error:
            form.add_error("code", str(error))
        else:
            return render(request, "home/account/recovery_codes.html", {"codes": codes})
    context = {
        "form": form,
        "secret": second_factor.secret_of(device),
        "qr": qr.svg(
            second_factor.provisioning_url(device, issuer=_issuer()), label=_("QR code for your authenticator app")
        ),
    }
    return render(request, "home/account/second_factor.html", context, status=422 if form.errors else 200)


@login_only
@require_http_methods(["GET", "POST"])
def switch_off_second_factor(request: HttpRequest) -> HttpResponse:
    form = PasswordNowForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        second_factor.switch_off(request.user)
        messages.success(request, _("The second factor is off."))
        return go_to(request, "accounts:profile")
    context = {"form": form, "title": _("Switch off the second factor")}
    return render(request, "home/account/second_factor_off.html", context, status=422 if form.errors else 200)


def _issuer() -> str:
    return f"{settings.OTP_TOTP_ISSUER} {current_workspace().name}"
