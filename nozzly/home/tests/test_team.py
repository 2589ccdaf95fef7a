import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from nozzly.accounts.domain import invitations, people
from nozzly.accounts.models import Invitation, User
from nozzly.accounts.permissions import Role
from nozzly.testing.clients import WorkspaceClient
from nozzly.testing.fixtures import make_user
from nozzly.web import navigation

LOCMEM = override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")


def an_invitation(owner, email="grace@example.com", role=Role.OPERATOR):
    return invitations.invite(email=email, role=role, by=owner, at=timezone.now())


@LOCMEM
def test_invite_mails_a_link_and_shows_it(client, owner):
    client.post(reverse("accounts:invite"), {"email": "grace@example.com", "role": "operator"})

    invitation = Invitation.objects.get()
    link = reverse("accounts:join", args=[invitation.token])
    assert link in mail.outbox[0].body
    assert link in client.get(reverse("accounts:member_list")).content.decode()


@override_settings(EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_PORT=1, EMAIL_HOST="127.0.0.1")
def test_invite_without_a_mail_server_still_gives_the_link(client, owner):
    page = client.post(reverse("accounts:invite"), {"email": "grace@example.com", "role": "viewer"}, follow=True)

    assert "Hand over the link below" in page.content.decode()
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize("answers", [{"email": "nobody", "role": "viewer"}, {"email": "a@example.com", "role": "king"}])
def test_invite_with_wrong_answers_says_so(client, owner, answers):
    assert client.post(reverse("accounts:invite"), answers).status_code == 422


def test_invite_of_somebody_who_works_here_is_refused(client, owner):
    response = client.post(reverse("accounts:invite"), {"email": owner.email.upper(), "role": "viewer"})

    assert (response.status_code, Invitation.objects.count()) == (422, 0)


def test_invite_again_ends_the_older_link(owner):
    first, second = an_invitation(owner), an_invitation(owner)

    assert list(Invitation.objects.open(timezone.now())) == [second]
    with pytest.raises(invitations.InvitationEnded):
        invitations.accept(first, name="Grace", password="a short sentence", at=timezone.now())


def test_join_makes_a_person_with_the_role_and_signs_in(owner):
    url = reverse("accounts:join", args=[an_invitation(owner).token])
    browser = WorkspaceClient("ta.localhost")
    assert "grace@example.com" in browser.get(url).content.decode()

    response = browser.post(url, {"name": "Grace", "password": "a short sentence"})

    grace = User.objects.get(email="grace@example.com")
    assert (response.status_code, grace.role, grace.name) == (302, Role.OPERATOR, "Grace")
    assert browser.get("/").status_code == 200
    assert browser.get(url).status_code == 410


def test_join_with_a_weak_password_keeps_the_invitation(owner):
    url = reverse("accounts:join", args=[an_invitation(owner).token])

    response = WorkspaceClient("ta.localhost").post(url, {"name": "Grace", "password": "123"})

    assert (response.status_code, User.objects.filter(email="grace@example.com").exists()) == (422, False)


def test_join_when_the_address_was_taken_meanwhile_says_so(owner):
    url = reverse("accounts:join", args=[an_invitation(owner).token])
    people.add_person(email="grace@example.com", password="x", role=Role.VIEWER)

    response = WorkspaceClient("ta.localhost").post(url, {"name": "Grace", "password": "a short sentence"})

    assert response.status_code == 422


def test_join_link_ends_after_its_days(owner):
    invitation = an_invitation(owner)

    late = timezone.now() + invitations.VALID_FOR + timedelta(minutes=1)

    assert list(Invitation.objects.open(late)) == []
    with pytest.raises(invitations.InvitationEnded):
        invitations.revoke(invitation, at=late)


def test_revoke_invitation_ends_it_once(client, owner):
    invitation = an_invitation(owner)
    url = reverse("accounts:revoke_invitation", args=[invitation.pk])

    client.post(url)
    again = client.post(url, follow=True)

    assert list(Invitation.objects.open(timezone.now())) == []
    assert "ended already" in again.content.decode()


def test_change_role_takes_effect(client, owner, viewer):
    client.sign_in(owner)

    client.post(reverse("accounts:change_role", args=[viewer.pk]), {"role": "manager"})

    viewer.refresh_from_db()
    assert viewer.role == Role.MANAGER


def test_last_owner_stays_owner(client, owner):
    page = client.post(reverse("accounts:change_role", args=[owner.pk]), {"role": "viewer"})
    client.post(reverse("accounts:suspend_person", args=[owner.pk]))

    owner.refresh_from_db()
    assert (page.status_code, owner.role, owner.is_active) == (422, Role.OWNER, True)


def test_suspended_person_is_signed_out_and_let_in_again(client, owner, operator):
    client.sign_in(owner)
    there = WorkspaceClient("ta.localhost").sign_in(operator)

    client.post(reverse("accounts:suspend_person", args=[operator.pk]))
    suspended = there.get("/").status_code
    client.post(reverse("accounts:restore_person", args=[operator.pk]))

    operator.refresh_from_db()
    assert (suspended, operator.is_active) == (302, True)


@pytest.mark.parametrize("role", ["manager", "operator", "bookkeeper", "viewer"])
def test_team_is_for_owners_only(client_for, role):
    assert client_for(role).get(reverse("accounts:member_list")).status_code == 403


def test_sent_mail_of_a_machine_without_mail_server_is_shown(client, owner, settings, tmp_path):
    settings.EMAIL_FILE_PATH = str(tmp_path)
    settings.EMAIL_BACKEND = "nozzly.tenancy.mail.EmailBackend"
    client.post(reverse("accounts:invite"), {"email": "grace@example.com", "role": "viewer"})

    page = client.get(reverse("accounts:sent_mail"))

    assert re.search(r"/account/join/[0-9a-f-]+/", page.content.decode())
    assert [path.parent.parent for path in Path(tmp_path).rglob("*.log")] == [tmp_path]


def test_sent_mail_does_not_exist_elsewhere(client, owner):
    assert client.get(reverse("accounts:sent_mail")).status_code == 404


def test_an_address_is_a_link_only_for_those_who_may_open_it():
    delivery = reverse("inventory:delivery_detail", args=[1])
    people = make_user(Role.OWNER), make_user(Role.OPERATOR)

    assert [navigation.may_open(person, delivery) for person in people] == [True, False]
    assert [navigation.may_open(person, "/nowhere/at/all/") for person in people] == [False, False]
