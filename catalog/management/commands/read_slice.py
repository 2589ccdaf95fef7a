"""Print what sliced files say, one JSON object per line with --json."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand

from catalog.slices import UnreadableSlice, read_slice, summary


class Command(BaseCommand):
    help = "Reads sliced files (.gcode, .bgcode, .3mf, .ufp, .gx) and prints time and filament of each plate."
    # It reads files, not the database: nothing there has to be in order for it.
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object per file and line")

    def handle(self, *, files, as_json=False, **_):
        for file in files:
            found = read_file(file)
            self.stdout.write(json.dumps(found) if as_json else in_words(found))


def read_file(path):
    try:
        with Path(path).open("rb") as file:
            return summary(path, read_slice(file, name=Path(path).name))
    except UnreadableSlice as error:
        return summary(path, None, error=str(error))
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or error
        return summary(path, None, error=f"The file cannot be opened: {reason}.")


def in_words(found):
    lines = [f"{found['file']}: {found['error'] or ' '.join(filter(None, (found['slicer'], found['version'])))}"]
    for plate in found["plates"]:
        time = "time unknown" if plate["seconds"] is None else f"{plate['seconds']} s"
        lines.append(f"  plate {plate['index']}: {time}, {plate['layers'] or '?'} layers")
        lines += [
            f"    slot {use['slot']}: {use['type'] or '?'} {use['colour'] or ''} {weight(use)}".rstrip()
            for use in plate["filaments"]
        ]
    return "\n".join(lines)


def weight(use):
    if use["grams"] is None:
        return "weight unknown"
    return f"{use['grams']:.2f} g{' (computed)' if use['computed'] else ''}"
