from django.db import connection
from django_tenants.management.commands import migrate_schemas


class Command(migrate_schemas.Command):
    """django-tenants' command, as the role that owns the tables."""

    def handle(self, *args, **options):
        with connection.as_owner():
            return super().handle(*args, **options)
