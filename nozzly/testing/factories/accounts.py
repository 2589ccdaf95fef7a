from datetime import UTC, datetime
from uuid import uuid4

import factory
from factory.django import DjangoModelFactory

from nozzly.accounts.models import Invitation, SignIn, User
from nozzly.accounts.permissions import Role

LATER = datetime(2099, 1, 1, tzinfo=UTC)


class UserFactory(DjangoModelFactory):
    """Somebody without a password: tests sign them in by hand."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    name = factory.Sequence(lambda n: f"Person {n}")
    role = Role.OWNER
    password = "!"


class InvitationFactory(DjangoModelFactory):
    class Meta:
        model = Invitation

    email = factory.Sequence(lambda n: f"guest{n}@example.com")
    role = Role.VIEWER
    invited_by = factory.SubFactory(UserFactory)
    token = factory.LazyFunction(uuid4)
    expires_at = LATER


class SignInFactory(DjangoModelFactory):
    class Meta:
        model = SignIn

    user = factory.SubFactory(UserFactory)
    session_key = factory.Sequence(lambda n: f"session{n}")
    browser = "Firefox on Linux"
    signed_in_at = datetime(2026, 1, 1, 9, tzinfo=UTC)
