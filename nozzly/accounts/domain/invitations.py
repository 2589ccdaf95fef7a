"""Joining by link: it can be mailed or handed over, works once and not for ever."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction

from nozzly.accounts.domain import people
from nozzly.accounts.models import Invitation, User
from nozzly.core.errors import DomainError

VALID_FOR = timedelta(days=7)


class InvitationEnded(DomainError):
    pass


def invite(*, email: str, role: str, by: User, at: datetime) -> Invitation:
    """Make a link for somebody new; an older open one for the same address ends. Raises AlreadyHere."""
    with transaction.atomic():
        if User.objects.filter(email__iexact=email).exists():
            raise people.AlreadyHere(f"{email} works here already.")
        Invitation.objects.open(at).filter(email__iexact=email).update(revoked_at=at)
        return Invitation.objects.create(
            email=email, role=role, invited_by=by, token=uuid4(), expires_at=at + VALID_FOR
        )


def accept(invitation: Invitation, *, name: str, password: str, at: datetime) -> User:
    """Become a person of the workspace with the invitation's role. Raises InvitationEnded, AlreadyHere."""
    with transaction.atomic():
        locked = Invitation.objects.select_for_update().open(at).filter(pk=invitation.pk).first()
        if locked is None:
            raise InvitationEnded("This invitation was used, taken back or is too old. Ask for a new one.")
        person = people.add_person(email=locked.email, password=password, role=locked.role, name=name)
        locked.accepted_at = at
        locked.save(update_fields=["accepted_at"])
        return person


def revoke(invitation: Invitation, *, at: datetime) -> None:
    """Take a link back. Raises InvitationEnded."""
    if not Invitation.objects.open(at).filter(pk=invitation.pk).update(revoked_at=at):
        raise InvitationEnded("This invitation has ended already.")
