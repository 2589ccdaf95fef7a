"""Who works here, and as what."""

from django.db import transaction

from nozzly.accounts.models import User
from nozzly.accounts.permissions import Role
from nozzly.core.errors import DomainError


class AlreadyHere(DomainError):
    pass


class LastOwner(DomainError):
    pass


def add_person(*, email: str, password: str, role: str, name: str = "") -> User:
    """Add somebody who can sign in at once. Raises AlreadyHere."""
    if User.objects.filter(email__iexact=email).exists():
        raise AlreadyHere(f"{email} works here already.")
    return User.objects.create_user(email, password, role=role, name=name)


def change_role(person: User, *, role: str) -> User:
    """Give a person another role; the last owner stays one. Raises LastOwner."""
    with transaction.atomic():
        _keep_an_owner(person, leaving=role != Role.OWNER)
        person.role = role
        person.save(update_fields=["role"])
    return person


def suspend_person(person: User) -> User:
    """Forbid sign-in and end what is signed in. Raises LastOwner."""
    with transaction.atomic():
        _keep_an_owner(person, leaving=True)
        person.is_active = False
        person.save(update_fields=["is_active"])
    return person


def restore_person(person: User) -> User:
    person.is_active = True
    person.save(update_fields=["is_active"])
    return person


def _keep_an_owner(person: User, *, leaving: bool) -> None:
    # All owners are locked, so that two of them cannot leave at the same moment.
    owners = list(User.objects.select_for_update().filter(role=Role.OWNER, is_active=True).order_by("pk"))
    if leaving and owners == [person]:
        raise LastOwner("Somebody has to be the owner: make another person owner first.")
