"""Signing in, by password and, where it is switched on, by a second factor."""

from datetime import datetime, timedelta

from axes.utils import reset as forget_failures
from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth import views as auth_views
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import login as otp_login

from nozzly.accounts.domain import second_factor, sign_ins
from nozzly.accounts.models import User
from nozzly.accounts.tokens import password_reset_token
from nozzly.core.errors import DomainError
from nozzly.home.forms.account import CodeForm, SignInForm
from nozzly.home.views.sign_up import BACKEND, HOUR, note
from nozzly.web.guard import Access, public_page
from nozzly.web.limiting import is_within
from nozzly.web.render import next_url, render

WAITING = "second-factor-user"
WAITING_LASTS = timedelta(minutes=10)
RESETS = (3, 20)  # mails an hour to one address, and asked for from one place


class SignIn(auth_views.LoginView):
    permission = Access.PUBLIC
    template_name = "home/account/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form):
        user = form.get_user()
        if second_factor.device_of(user):
            self.request.session[WAITING] = {
                "user": user.pk,
                "next": self.get_success_url(),
                "password": user.get_session_auth_hash(),
                "since": timezone.now().timestamp(),
            }
            return redirect("accounts:second_factor")
        login(self.request, user)
        note(self.request)
        return redirect(self.get_success_url())

    def form_invalid(self, form):
        response = super().form_invalid(form)
        response.status_code = 422
        return response


@public_page
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """The password was right; now the phone. Without the first step there is nothing to see here."""
    waiting = request.session.get(WAITING)
    if not waiting:
        return redirect(settings.LOGIN_URL)
    user = _still_waiting(waiting, now=timezone.now())
    if user is None:
        request.session.flush()
        return redirect(settings.LOGIN_URL)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            device = second_factor.check(user, code=form.cleaned_data["code"])
        except DomainError as error:
            form.add_error("code", str(error))
        else:
            del request.session[WAITING]
            login(request, user, backend=BACKEND)
            otp_login(request, device)
            note(request)
            return redirect(waiting["next"] or "home:today")
    return render(request, "home/account/second_step.html", {"form": form}, status=422 if form.errors else 200)


def _still_waiting(waiting: dict, *, now: datetime) -> User | None:
    """Whose password was right a moment ago, unless it was changed since."""
    if now.timestamp() - waiting.get("since", 0) > WAITING_LASTS.total_seconds():
        return None
    user = User.objects.filter(pk=waiting["user"], is_active=True).first()
    return user if user and constant_time_compare(user.get_session_auth_hash(), waiting["password"]) else None


@public_page
def back_office(request: HttpRequest, **_extra: object) -> HttpResponse:
    """Where the back office sends those it does not let in. Raises PermissionDenied for somebody signed in."""
    if not request.user.is_authenticated:
        return redirect_to_login(next_url(request, "admin:index"))
    if not request.user.is_staff:
        raise PermissionDenied
    return redirect(next_url(request, "admin:index"))


@public_page
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        sign_ins.sign_out(request.user.sign_ins.filter(session_key=request.session.session_key))
    logout(request)
    response = redirect(next_url(request, settings.LOGIN_URL))
    response["Clear-Site-Data"] = '"cache"'  # nothing that the back button could show
    return response


class ForgotPassword(auth_views.PasswordResetView):
    permission = Access.PUBLIC
    template_name = "home/account/forgot_password.html"
    email_template_name = "home/account/reset_mail.txt"
    subject_template_name = "home/account/reset_mail_subject.txt"
    success_url = reverse_lazy("accounts:forgot_password_sent")
    token_generator = password_reset_token

    def form_valid(self, form):
        """Past the limit nothing is mailed, and the answer is the same: it tells nobody who has an account."""
        who = (form.cleaned_data["email"], self.request.META.get("REMOTE_ADDR", ""))
        if all(is_within("reset-mail", one, times=times, per=HOUR) for one, times in zip(who, RESETS, strict=True)):
            return super().form_valid(form)
        return redirect(self.get_success_url())


class ForgotPasswordSent(auth_views.PasswordResetDoneView):
    permission = Access.PUBLIC
    template_name = "home/account/forgot_password_sent.html"


class NewPassword(auth_views.PasswordResetConfirmView):
    permission = Access.PUBLIC
    template_name = "home/account/new_password.html"
    success_url = reverse_lazy("accounts:login")
    token_generator = password_reset_token

    def form_valid(self, form):
        """Who reads the mail is the owner of the account: what strangers tried before holds nobody up any more."""
        response = super().form_valid(form)
        sign_ins.sign_out(self.user.sign_ins.all())
        second_factor.forgive(self.user)
        forget_failures(username=self.user.email.lower())
        return response
