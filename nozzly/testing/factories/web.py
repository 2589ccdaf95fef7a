from datetime import UTC, datetime
from uuid import uuid4

import factory
from django.contrib.contenttypes.models import ContentType
from factory.django import DjangoModelFactory

from nozzly.accounts.models import User
from nozzly.accounts.permissions import Permission
from nozzly.testing.factories.accounts import UserFactory
from nozzly.web.choices import JobState
from nozzly.web.models import Attachment, AuditEntry, Job, ListImport, Notification, SavedView

BEFORE = datetime(2026, 1, 1, 9, tzinfo=UTC)


class AttachmentFactory(DjangoModelFactory):
    """A text file at a user, who may stand for anything here."""

    class Meta:
        model = Attachment

    content_type = factory.LazyFunction(lambda: ContentType.objects.get_for_model(User))
    object_id = 1
    file = factory.django.FileField(filename="note.txt", data=b"A note.")
    name = "note.txt"
    media_type = "text/plain"
    size_bytes = 7
    permission = Permission.TODAY_VIEW
    uploaded_at = BEFORE


class AuditEntryFactory(DjangoModelFactory):
    class Meta:
        model = AuditEntry

    at = BEFORE
    by_name = "Ada"
    action = "renamed"
    subject_text = "Dragon"


class JobFactory(DjangoModelFactory):
    class Meta:
        model = Job

    kind = "test"
    title = factory.Sequence(lambda n: f"Job {n}")
    state = JobState.WAITING
    created_by = factory.SubFactory(UserFactory)


class ListImportFactory(DjangoModelFactory):
    class Meta:
        model = ListImport

    importer = "spools"
    title = "Import spools"
    file_name = "rolls.csv"
    key = factory.LazyFunction(uuid4)
    new = 3
    record = factory.LazyFunction(dict)
    at = BEFORE


class NotificationFactory(DjangoModelFactory):
    class Meta:
        model = Notification

    user = factory.SubFactory(UserFactory)
    text = factory.Sequence(lambda n: f"News {n}")
    created_at = BEFORE


class SavedViewFactory(DjangoModelFactory):
    class Meta:
        model = SavedView

    user = factory.SubFactory(UserFactory)
    page = "inventory:spool_list"
    name = factory.Sequence(lambda n: f"View {n}")
