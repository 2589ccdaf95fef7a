"""An invented print shop with a year behind it, to look at and to measure with."""

from time import monotonic

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from nozzly.home.seed import sizes, year
from nozzly.tenancy.domain.addresses import url_of


class Command(BaseCommand):
    help = (
        "Fill a workspace with an invented shop: demo (40 products, 900 orders) or large (800 products, 60,000 orders)."
    )

    def add_arguments(self, parser):
        parser.add_argument("--size", choices=sorted(sizes.SIZES), default=sizes.DEMO.name)
        parser.add_argument(
            "--workspace", metavar="ADDRESS", default="demo", help="made when there is none of that address"
        )
        parser.add_argument(
            "--again", action="store_true", help="fail, rather than leave it at that, when it is not empty"
        )

    def handle(self, *, size, workspace, again, verbosity, **_):
        # The whole hour: who seeds twice gets the same shop twice.
        started, at = monotonic(), timezone.now().replace(minute=0, second=0, microsecond=0)
        place = year.workspace_at(workspace, at=at)
        if not year.is_empty(place):
            sentence = f"“{place.name}” ({place.slug}) holds something already; nothing was changed."
            if again:
                raise CommandError(sentence)
            self.stdout.write(sentence)
            return
        year.fill(place, sizes.SIZES[size], at=at)
        if verbosity:
            self.stdout.write(
                f"{url_of(place)} is filled ({size}) after {monotonic() - started:.0f} s. "
                f"Sign in as {sizes.OWNER_EMAIL} or {sizes.OPERATOR_EMAIL} with {sizes.PASSWORD}."
            )
