"""Who works here: roles, invitations, suspending."""

from smtplib import SMTPException

from django.contrib import messages
from django.contrib.auth import login
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nozzly.accounts.domain import invitations, people, sign_ins
from nozzly.accounts.models import Invitation, User
from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.home.forms.account import InviteForm, JoinForm, RoleForm
from nozzly.home.views.sign_up import BACKEND, note
from nozzly.tenancy.current import current_workspace
from nozzly.web.guard import public_page, requires
from nozzly.web.render import go_to, render


@requires(Permission.TEAM_EDIT)
@require_GET
def member_list(request: HttpRequest) -> HttpResponse:
    return _team_page(request, InviteForm())


@requires(Permission.TEAM_EDIT)
@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _team_page(request, form, status=422)
    try:
        invitation = invitations.invite(**form.cleaned_data, by=request.user, at=timezone.now())
    except DomainError as error:
        form.add_error("email", str(error))
        return _team_page(request, form, status=422)
    if _mail(request, invitation):
        messages.success(request, _("{email} is invited by mail.").format(email=invitation.email))
    else:
        messages.warning(request, _("The mail could not be sent. Hand over the link below yourself."))
    return go_to(request, "accounts:member_list")


@requires(Permission.TEAM_EDIT)
@require_POST
def revoke_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        invitations.revoke(get_object_or_404(Invitation, pk=pk), at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The invitation is taken back."))
    return go_to(request, "accounts:member_list")


@requires(Permission.TEAM_EDIT)
@require_http_methods(["GET", "POST"])
def change_role(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    form = RoleForm(request.POST or None, initial={"role": person.role})
    if request.method == "POST" and form.is_valid():
        try:
            people.change_role(person, role=form.cleaned_data["role"])
        except DomainError as error:
            form.add_error("role", str(error))
        else:
            messages.success(request, _("{person} has a new role.").format(person=person))
            return go_to(request, "accounts:member_list")
    context = {"form": form, "person": person}
    return render(request, "home/account/change_role.html", context, status=422 if form.errors else 200)


@requires(Permission.TEAM_EDIT)
@require_POST
def suspend_person(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    try:
        people.suspend_person(person)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        sign_ins.sign_out(person.sign_ins.all())
        messages.success(request, _("{person} may not sign in any more.").format(person=person))
    return go_to(request, "accounts:member_list")


@requires(Permission.TEAM_EDIT)
@require_POST
def restore_person(request: HttpRequest, pk: int) -> HttpResponse:
    person = people.restore_person(get_object_or_404(User, pk=pk))
    messages.success(request, _("{person} may sign in again.").format(person=person))
    return go_to(request, "accounts:member_list")


@public_page
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token) -> HttpResponse:
    now = timezone.now()
    invitation = Invitation.objects.open(now).filter(token=token).first()
    if invitation is None:
        return render(request, "home/account/invitation_ended.html", status=410)
    form = JoinForm(request.POST or None, email=invitation.email)
    if request.method == "POST" and form.is_valid():
        try:
            person = invitations.accept(invitation, **form.cleaned_data, at=now)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            login(request, person, backend=BACKEND)
            note(request)
            return redirect("home:today")
    context = {"form": form, "invitation": invitation}
    return render(request, "home/account/join.html", context, status=422 if form.errors else 200)


def _team_page(request: HttpRequest, form: InviteForm, *, status: int = 200) -> HttpResponse:
    open_invitations = Invitation.objects.open(timezone.now()).order_by("-created_at")
    context = {
        "form": form,
        "people": User.objects.order_by("-is_active", "email"),
        "invitations": [(invitation, _join_url(request, invitation)) for invitation in open_invitations],
    }
    return render(request, "home/account/member_list.html", context, status=status)


def _join_url(request: HttpRequest, invitation: Invitation) -> str:
    return request.build_absolute_uri(reverse("accounts:join", args=[invitation.token]))


def _mail(request: HttpRequest, invitation: Invitation) -> bool:
    workspace = current_workspace()
    context = {"invitation": invitation, "workspace": workspace, "url": _join_url(request, invitation)}
    text = render_to_string("home/account/invitation_mail.txt", context)
    subject = _("{name} invites you to Nozzly").format(name=workspace.name)
    try:
        return bool(send_mail(subject, text, None, [invitation.email]))
    except (SMTPException, OSError):
        return False
