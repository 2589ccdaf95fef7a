"""``manage.py workspace list | create | suspend | resume | rename | add-host | export | delete | restore |
restore-roles | forget-second-factor``.
"""

from getpass import getpass
from pathlib import Path

from django.contrib.auth import get_user_model, password_validation
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.utils import timezone

from nozzly.accounts.domain import second_factor
from nozzly.core.countries import country_choices, country_defaults
from nozzly.core.errors import DomainError
from nozzly.home.domain.sign_up import Newcomer, move_in
from nozzly.tenancy import migrating
from nozzly.tenancy.current import in_workspace
from nozzly.tenancy.domain import addresses, exports, restoring, settings, workspaces
from nozzly.tenancy.models import Workspace
from nozzly.web import auditing

OPERATOR = "The server’s operator"


class Command(BaseCommand):
    help = "Lists, makes, suspends, renames, exports and deletes workspaces."

    def add_arguments(self, parser):
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="All workspaces with their state.")
        actions.add_parser("restore-roles", help="Roles and grants of all workspaces, after a database was restored.")
        self._take_newcomer(actions.add_parser("create", help="A new workspace as sign-up makes it, ready at once."))
        restore = actions.add_parser("restore", help="A workspace out of the archive that export or delete wrote.")
        restore.add_argument("archive", type=Path)
        restore.add_argument("--slug", default="", help="Another address than the one in the archive.")
        suspend = self._on_one(actions, "suspend", "Close the doors; nothing is lost.")
        suspend.add_argument("--because", default="", help="Shown to visitors.")
        self._on_one(actions, "resume", "Open a suspended workspace again.")
        self._on_one(actions, "rename", "Another address; the old one leads on to it.").add_argument("new_slug")
        self._on_one(actions, "add-host", "One more host name that leads here.").add_argument("host")
        self._on_one(actions, "export", "Tables and files as one archive.").add_argument("--to", type=Path)
        self._on_one(actions, "delete", "Export, then destroy for good.").add_argument("--to", type=Path)
        self._on_one(
            actions, "forget-second-factor", "For somebody who lost phone and recovery codes: the password is enough."
        ).add_argument("email")

    def _take_newcomer(self, parser):
        parser.add_argument("name")
        parser.add_argument("--country", required=True, help="ISO 3166, GB; fills in all that is not given.")
        parser.add_argument("--owner", required=True, metavar="EMAIL", help="The password is asked for.")
        parser.add_argument("--tax-registered", action="store_true", help="Registered for VAT or GST.")
        parser.add_argument("--slug", default="", help="The subdomain; derived from the name unless given.")
        parser.add_argument("--currency", default="")
        parser.add_argument("--time-zone", default="")
        parser.add_argument("--locale", default="")

    def _on_one(self, actions, name, words):
        parser = actions.add_parser(name, help=words)
        parser.add_argument("slug")
        parser.add_argument("--yes", action="store_true", help="Do not ask back.")
        return parser

    def handle(self, *args, action, **options):
        connection.set_schema_to_public()
        try:
            getattr(self, f"_{action.replace('-', '_')}")(options)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from None

    def _list(self, options):
        for workspace in Workspace.objects.order_by("slug"):
            self.stdout.write(f"{workspace.slug}\t{workspace.state}\t{workspace.schema_name}\t{workspace.name}")

    def _create(self, options):
        country = options["country"].upper()
        if country not in dict(country_choices()):
            raise CommandError(f"“{options['country']}” is no country we know: two letters, as GB or US.")
        for name in ("name", "currency", "time_zone", "locale"):
            settings.check(name, options[name] or getattr(country_defaults(country), name, ""))
        slug = options["slug"] or addresses.suggest(options["name"])
        addresses.check(slug)
        newcomer = Newcomer(
            business_name=options["name"],
            address=slug,
            country=country,
            tax_registered=options["tax_registered"],
            email=options["owner"],
            password=self._ask_password(options["owner"]),
            currency=options["currency"],
            time_zone=options["time_zone"],
            locale=options["locale"],
        )
        workspace = move_in(newcomer, at=timezone.now())
        self.stdout.write(f"{workspace.name} is ready at {addresses.url_of(workspace)}")

    def _ask_password(self, email):
        try:
            validate_email(email)
            password = getpass(f"Password for {email}: ")
            password_validation.validate_password(password, get_user_model()(email=email))
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from None
        except (EOFError, KeyboardInterrupt):
            raise CommandError("Nothing was changed.") from None
        return password

    def _restore(self, options):
        workspace = restoring.restore(options["archive"], slug=options["slug"], at=timezone.now())
        self.stdout.write(f"{workspace.name} is restored at {addresses.url_of(workspace)}")

    def _restore_roles(self, options):
        self.stdout.write(f"{migrating.restore_roles()} workspaces have their roles and grants.")

    def _forget_second_factor(self, options):
        workspace = self._find(options)
        with in_workspace(workspace):
            person = get_user_model().objects.filter(email__iexact=options["email"]).first()
            if person is None:
                raise CommandError(f"Nobody in {workspace} signs in as {options['email']}.")
            if second_factor.device_of(person) is None:
                raise CommandError(f"{person.email} has no second factor.")
            self._ask(
                options,
                f"Let {person.email} sign in to {workspace} by password alone? Be sure who asks you for it.",
                word=person.email,
            )
            with transaction.atomic():
                second_factor.switch_off(person)
                auditing.record(
                    "took the second factor off", subject=person, by=None, by_name=OPERATOR, at=timezone.now()
                )
        self.stdout.write(f"{person.email} signs in by password alone; Activity in the workspace says so.")

    def _suspend(self, options):
        workspace = self._find(options)
        self._ask(options, f"Suspend {workspace}? Nobody can work in it until it is resumed.")
        workspaces.suspend(workspace, because=options["because"])
        self.stdout.write(f"{workspace.slug} is suspended.")

    def _resume(self, options):
        workspaces.resume(self._find(options))
        self.stdout.write(f"{options['slug']} is open again.")

    def _rename(self, options):
        workspace = self._find(options)
        new_slug = options["new_slug"]
        self._ask(
            options, f"Move {workspace} to {addresses.host_of(new_slug)}? Links and printed labels lead on to it."
        )
        workspaces.rename(workspace, slug=new_slug)
        self.stdout.write(f"{options['slug']} is now {new_slug}.")

    def _add_host(self, options):
        domain = workspaces.add_host(self._find(options), host=options["host"])
        self.stdout.write(f"{domain.domain} leads to {options['slug']}.")

    def _export(self, options):
        workspace = self._find(options)
        self._write_archive(workspace, self._place(workspace, options))

    def _delete(self, options):
        workspace = self._find(options)
        path = self._place(workspace, options)
        exports.check_place(path)
        self._ask(
            options, f"Delete {workspace} with everything in it? Its export is all that stays.", word=workspace.slug
        )
        before = workspace.state
        workspace = workspaces.close(workspace)
        try:
            self._write_archive(workspace, path)
        except BaseException:
            workspaces.reopen(workspace, state=before)
            raise
        workspaces.delete(workspace)
        self.stdout.write(f"{options['slug']} is gone.")

    def _place(self, workspace, options):
        return options["to"] or Path(f"{workspace.slug}-{timezone.now():%Y%m%d-%H%M%S}.zip")

    def _write_archive(self, workspace, path):
        rows = exports.export(workspace, path, at=timezone.now())
        self.stdout.write(f"{rows} rows of {workspace.slug} are in {path}.")

    def _find(self, options):
        try:
            return Workspace.objects.get(slug=options["slug"])
        except Workspace.DoesNotExist:
            raise CommandError(f"There is no workspace “{options['slug']}”.") from None

    def _ask(self, options, question, *, word="yes"):
        if options["yes"]:
            return
        try:
            answer = input(f"{question} Type {word} to go on: ").strip()
        except (EOFError, KeyboardInterrupt):  # nobody is there to answer, or somebody leaves
            answer = ""
        if answer != word:
            raise CommandError("Nothing was changed.")
