import sys

from django.core.management.base import BaseCommand
from django.db.migrations.autodetector import MigrationAutodetector

from nozzly.tenancy import migrating


class Command(BaseCommand):
    help = "Brings public and every workspace up to date; safe to repeat. For one schema see migrate_schemas."
    autodetector = MigrationAutodetector

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="Only say which workspaces are behind.")
        parser.add_argument("--noinput", "--no-input", action="store_true", help="Nothing is ever asked.")

    def handle(self, *args, check, verbosity, **options):
        if check:
            behind = migrating.pending()
            self.stdout.write("\n".join(behind) if behind else "Every workspace is up to date.")
            sys.exit(1 if behind else 0)
        migrating.migrate_public(verbosity=verbosity)
        migrating.keep_script()
        failed = []
        for schema_name, error in migrating.migrate_workspaces(verbosity=verbosity):
            if error:
                failed.append(schema_name)
                self.stderr.write(f"{schema_name}: {error}")
            else:
                self.stdout.write(f"{schema_name}: migrated")
        if failed:
            sys.exit(1)
        self.stdout.write("Every schema is up to date.")
