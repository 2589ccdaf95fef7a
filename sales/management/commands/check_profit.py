"""Whether the reports are what the books say: ``manage.py check_profit --workspace demo [--rebuild]``."""

from django.core.management.base import BaseCommand, CommandError

from nozzly.tenancy.current import in_public, in_workspace
from nozzly.tenancy.models import Workspace, WorkspaceState
from sales.domain import profit_facts, tax_sums


class Command(BaseCommand):
    help = "Compare the facts and sums of profit and tax with orders, ledger, runs and expenses, in one workspace or in all."

    def add_arguments(self, parser):
        parser.add_argument("--workspace", help="slug of one workspace")
        parser.add_argument("--rebuild", action="store_true", help="make all facts anew first")

    def handle(self, *args, workspace, rebuild, **options):
        with in_public():
            ready = Workspace.objects.filter(state=WorkspaceState.READY).order_by("slug")
            wanted = list(ready.filter(slug=workspace) if workspace else ready)
        if workspace and not wanted:
            raise CommandError(f"There is no workspace called {workspace}.")
        wrong = 0
        for each in wanted:
            with in_workspace(each):
                if rebuild:
                    profit_facts.rebuild()
                    tax_sums.rebuild()
                mistakes = [*profit_facts.check(), *tax_sums.check()]
            wrong += len(mistakes)
            for mistake in mistakes:
                self.stderr.write(f"{each.slug}: {mistake}")
            if not mistakes:
                self.stdout.write(f"{each.slug}: the reports are what the books say.")
        if wrong:
            raise CommandError(f"{wrong} sums differ.")
