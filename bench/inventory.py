"""The stock room at full size: ``.venv/bin/python -m bench.inventory``. Uses a database of its own, dropped at the end.

Times the import of 10,000 spools beside django-import-export's row by row, the spool list on 1,000 and on 100,000
spools, its CSV export, and 300 labels on sheets and on a roll. Exits 1 when a limit is broken.
"""

import nozzly.testing.environment  # noqa: F401, I001 - before Django reads the settings

import django

django.setup()

import sys  # noqa: E402
from decimal import Decimal  # noqa: E402
from statistics import median  # noqa: E402
from time import perf_counter  # noqa: E402
from uuid import uuid4  # noqa: E402

import tablib  # noqa: E402, TID253
from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402
from import_export.resources import ModelResource  # noqa: E402

from inventory.documents import labels_pdf  # noqa: E402
from inventory.domain import ledger, library  # noqa: E402
from inventory.domain.searching import refresh_lots  # noqa: E402
from inventory.models import Location, Lot, Material, Spool  # noqa: E402
from inventory.resources import SpoolImporter  # noqa: E402
from nozzly.accounts.permissions import Role  # noqa: E402
from nozzly.tenancy.current import in_workspace  # noqa: E402
from nozzly.tenancy.models import Workspace  # noqa: E402
from nozzly.testing import databases  # noqa: E402
from nozzly.testing.clients import WorkspaceClient  # noqa: E402
from nozzly.testing.fixtures import make_user  # noqa: E402
from nozzly.web import intake  # noqa: E402
from nozzly.web.reading import Table  # noqa: E402

IMPORTED, ROW_BY_ROW, SMALL, LARGE, LABELS = 10_000, 200, 1_000, 100_000, 300
MIN_ROWS_A_SECOND, MIN_TIMES_FASTER = 1_000, 8
MAX_GROWTH, MAX_LIST_MS, MAX_EXPORT_S, MAX_SHEETS_S, MAX_ROLL_S = 1.3, 60, 1.5, 15, 20
PLACES = [f"Room {room} › Shelf {shelf}" for room in range(4) for shelf in range(12)]


def main() -> int:
    settings.ALLOWED_HOSTS = ["*"]
    with databases.session_database():
        workspace = Workspace.objects.get(slug="ta")
        with in_workspace(workspace):
            user = make_user(Role.OWNER)
            browser = WorkspaceClient("ta.localhost").sign_in(user)
            held = [importing(user), lists(browser, user), exporting(browser), *labelling()]
    return 0 if all(held) else 1


def verdict(words: str, value: float, unit: str, *, limit: float, at_least: bool = False) -> bool:
    holds = value >= limit if at_least else value <= limit
    sign = "≥" if at_least else "≤"
    print(f"{words:52} {value:10.2f} {unit:8} (limit {sign} {limit:g}) {'' if holds else 'BROKEN'}")
    return holds


def seconds(work) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def table(rows: int) -> Table:
    entries = library.filaments()
    lines = [
        [
            "",
            *_named(entries[number % len(entries)]),
            str(200 + number % 800),
            PLACES[number % len(PLACES)],
            f"B-{number % 97}",
            "18.90",
        ]
        for number in range(rows)
    ]
    return Table(
        ["Code", "Brand", "Material", "Colour", "How it looks", "Full reel (g)", "Left (g)", "Place", "Batch", "Value"],
        lines,
    )


def _named(entry):
    return [entry.brand, entry.material, entry.colour_name, " ".join(entry.colour_hexes), f"{entry.net_weight_g:f}"]


def take_in(rows: int, user) -> None:
    """What the worker does with an upload, its dry run included."""
    importer, lines = SpoolImporter(), table(rows)
    upload, mapping = intake.Upload("spools.csv", lines), importer.guess(lines.headers)
    intake.carry_out(importer, upload, mapping, good_only=False, key=uuid4(), by=user, at=timezone.now())


def importing(user) -> bool:
    take_in(len(library.filaments()), user)  # the filaments and places themselves are made once
    ours = IMPORTED / seconds(lambda: take_in(IMPORTED, user))
    theirs = ROW_BY_ROW / seconds(lambda: row_by_row(ROW_BY_ROW))
    fast = verdict("import of 10,000 spools", ours, "rows/s", limit=MIN_ROWS_A_SECOND, at_least=True)
    print(f"{'  django-import-export, row by row':52} {theirs:10.2f} rows/s")
    return verdict("  times as fast", ours / theirs, "×", limit=MIN_TIMES_FASTER, at_least=True) and fast


class LotResource(ModelResource):
    """The library's own way for the same outcome: each row saved by itself, then its roll and its movement."""

    class Meta:
        model = Lot
        import_id_fields = ("code",)
        fields = ("code", "item", "location", "batch", "title")

    def after_save_instance(self, instance, row, **kwargs):
        Spool.objects.create(lot=instance, net_weight_g=1000)
        entry = ledger.Entry(instance.pk, "opening", Decimal(row["left"]), Decimal("18.90"), Decimal("18.90"))
        now = timezone.now()
        ledger.post([entry], source="import", source_id=None, source_text="", key=uuid4(), by=None, at=now)
        refresh_lots([instance.pk])


def row_by_row(rows: int) -> None:
    """A dry run and then the import, as its pages do it."""
    item, place = Lot.objects.values_list("item", "location")[0]
    lines = [[f"{number:05d}Z", item, place, f"B-{number}", "x", 200 + number % 800] for number in range(rows)]
    data = tablib.Dataset(*lines, headers=["code", "item", "location", "batch", "title", "left"])
    LotResource().import_data(data, dry_run=True, raise_errors=True)
    with transaction.atomic():
        LotResource().import_data(data, dry_run=False, raise_errors=True)
        transaction.set_rollback(True)


def lists(browser, user) -> bool:
    keep(SMALL)
    small = list_ms(browser)
    while (missing := LARGE - Lot.objects.count()) > 0:
        take_in(min(missing, 20_000), user)
    analyse()
    large = list_ms(browser)
    print(f"{'spool list, search and three filters, 1,000 spools':52} {small:10.2f} ms")
    limit = max(MAX_LIST_MS, small * MAX_GROWTH)
    return verdict("spool list, search and three filters, 100,000", large, "ms", limit=limit)


def keep(rows: int) -> None:
    """Start the comparison from a small stock room."""
    wanted = list(Lot.objects.order_by("pk").values_list("pk", flat=True)[:rows])
    with connection.as_owner(), connection.cursor() as cursor:
        for name in ("inventory_movement", "inventory_spool", "inventory_lot"):
            column = "id" if name == "inventory_lot" else "lot_id"
            cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
            cursor.execute(f"DELETE FROM {name} WHERE NOT {column} = ANY(%s)", [wanted])
            cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")
    analyse()


def analyse() -> None:
    with connection.as_owner(), connection.cursor() as cursor:
        for name in ("movement", "spool", "lot", "item", "filament", "location", "brand", "material"):
            cursor.execute(f"ANALYZE inventory_{name}")


def list_ms(browser) -> float:
    url = reverse("inventory:spool_list")
    chosen = {
        "search": "prusament galaxy", "state": "open", "material": Material.objects.get(name="PLA").pk,
        "location": Location.objects.get(path="Room 0").pk, "sort": "-left",
    }  # fmt: skip
    browser.get(url, chosen)
    return median(seconds(lambda: browser.get(url, chosen)) for _round in range(15)) * 1000


def exporting(browser) -> bool:
    keep(IMPORTED)
    url = reverse("inventory:spool_list")
    taken = seconds(lambda: browser.get(url, {"format": "csv", "state": "all"}))
    return verdict("CSV of 10,000 spools", taken, "s", limit=MAX_EXPORT_S)


def labelling() -> list[bool]:
    lots = list(Lot.objects.for_label().order_by("pk")[:LABELS])
    made = {
        layout: seconds(lambda layout=layout: labels_pdf(lots, layout=layout, base="https://shop.example"))
        for layout in ("a4-24", "50x30")
    }
    return [
        verdict("300 labels on sheets", made["a4-24"], "s", limit=MAX_SHEETS_S),
        verdict("300 labels on a roll", made["50x30"], "s", limit=MAX_ROLL_S),
    ]


if __name__ == "__main__":
    sys.exit(main())
