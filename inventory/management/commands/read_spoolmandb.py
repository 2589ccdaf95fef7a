"""manage.py read_spoolmandb filaments.json | --remove: thousands of filaments more in the library of every workspace."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from inventory.domain import library_files
from nozzly.core.errors import DomainError


class Command(BaseCommand):
    help = "Add SpoolmanDB's compiled filaments.json (MIT licence, Donkie and contributors) to the filament library."

    def add_arguments(self, parser):
        parser.add_argument("path", nargs="?", help="the compiled filaments.json of SpoolmanDB")
        parser.add_argument("--remove", action="store_true", help="go back to the library that ships with Nozzly")

    def handle(self, *args, path=None, remove=False, **options):
        if remove:
            library_files.forget()
            self.stdout.write("The library is the one that ships with Nozzly.")
            return
        if not path:
            raise CommandError("Say where SpoolmanDB's compiled filaments.json is.")
        try:
            reading = library_files.read(Path(path).read_bytes())
        except (OSError, DomainError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{reading.kept} filaments of {library_files.NAME} are in the library.")
        for reason, count in reading.left_out.most_common():
            self.stdout.write(f"{count} left out: {reason}.")
        self.stdout.write("MIT licence, copyright (c) 2024 Donkie and contributors; the notice is kept with the data.")
