from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pricing.engine import CaseResult, UnreadableCases, check_cases, read_cases


class Command(BaseCommand):
    help = "Check published worked examples against the shipped fee schedules."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="JSON with a list of cases")
        parser.add_argument(
            "--as-written", action="store_true", help="leave out the corrections of docs/adr/0020-fee-cases.md"
        )

    def handle(self, *, file, as_written, **options):
        try:
            results = check_cases(read_cases(file), on=timezone.now().date(), as_written=as_written)
        except UnreadableCases as error:
            raise CommandError(str(error)) from error
        for result in results:
            self._report(result)
        failed = sum(not result.passed for result in results)
        self.stdout.write(f"{len(results) - failed} passed, {failed} failed")
        if failed:
            raise SystemExit(1)

    def _report(self, result: CaseResult):
        if result.corrected:
            self.stdout.write(f"corrected {result.id}: {result.corrected}")
        if result.passed:
            return
        self.stdout.write(f"FAILED {result.id} ({result.source})")
        if result.refused:
            self.stdout.write(f"  {result.refused}")
        for mismatch in result.mismatches:
            self.stdout.write(f"  {mismatch.name}: expected {mismatch.expected}, computed {mismatch.computed}")
        for code, amount in result.lines:
            self.stdout.write(f"  line {code}: {amount}")
