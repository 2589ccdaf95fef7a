"""manage.py check_ledger [--workspace demo]: proves that every balance is the sum of its rows, and says so in words."""

from django.core.management.base import BaseCommand, CommandError

from inventory.domain.checking import check_ledger
from nozzly.tenancy.current import in_public, in_workspace
from nozzly.tenancy.models import Workspace, WorkspaceState


class Command(BaseCommand):
    help = "Check that what every lot holds, and what each day says of an item, is the sum of its movements, in one workspace or in all."

    def add_arguments(self, parser):
        parser.add_argument("--workspace", help="the address of one workspace; all without it")

    def handle(self, *args, workspace=None, **options):
        with in_public():
            chosen = Workspace.objects.exclude(state=WorkspaceState.PROVISIONING).order_by("slug")
            if workspace:
                chosen = chosen.filter(slug=workspace)
            found = list(chosen)
        if workspace and not found:
            raise CommandError(f"There is no workspace called {workspace}.")
        wrong = sum(self._check(one) for one in found)
        if wrong:
            raise CommandError(f"{wrong} lots or days do not add up.")

    def _check(self, workspace) -> int:
        with in_workspace(workspace):
            mistakes = check_ledger()
        for mistake in mistakes:
            self.stderr.write(f"{workspace.slug}: {mistake}")
        if not mistakes:
            self.stdout.write(f"{workspace.slug}: every balance is the sum of its rows.")
        return len(mistakes)
