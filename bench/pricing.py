"""Prices at full size: ``.venv/bin/python -m bench.pricing [products]``. Uses a database of its own, dropped at the end.

Quotes 800 products on 8 channels, solves a page of 50 and the whole catalogue, answers the comparison's fields, and prints
sheets with pictures of 500 products and of 100 pages. Exits 1 when a limit is broken.
"""

import nozzly.testing.environment  # noqa: F401, I001 - before Django reads the settings

import django

django.setup()

import resource  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
from decimal import Decimal  # noqa: E402
from io import BytesIO  # noqa: E402
from statistics import median  # noqa: E402
from time import perf_counter, process_time  # noqa: E402

from django.conf import settings  # noqa: E402
from django.core.files.base import ContentFile  # noqa: E402
from django.core.files.storage import default_storage  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402
from PIL import Image  # noqa: E402
from pypdf import PdfReader  # noqa: E402

from bench.costing import fill  # noqa: E402
from catalog.domain import rates  # noqa: E402
from catalog.models import Product, ProductPhoto, Variant  # noqa: E402
from nozzly.accounts.permissions import Role  # noqa: E402
from nozzly.tax.domain.status import BEGINNING, set_status  # noqa: E402
from nozzly.tenancy.current import in_workspace  # noqa: E402
from nozzly.tenancy.models import Workspace  # noqa: E402
from nozzly.testing import databases  # noqa: E402
from nozzly.testing.clients import WorkspaceClient  # noqa: E402
from nozzly.testing.factories.pricing import ChannelFactory, PriceSheetFactory  # noqa: E402
from nozzly.testing.fixtures import make_user  # noqa: E402
from pricing.documents import sheet_pdf  # noqa: E402
from pricing.domain import shipping  # noqa: E402
from pricing.domain.compare import compare_all  # noqa: E402
from pricing.domain.grid import MOST, RepricingRule, grid, propose  # noqa: E402
from pricing.domain.sheets import contents_of  # noqa: E402
from pricing.domain.subjects import subjects_of  # noqa: E402
from pricing.models import Channel, Listing  # noqa: E402

PRODUCTS, PAGE, SHEET, LONG_PAGES = 800, 50, 500, 100
SCHEDULES = (
    "etsy-uk", "ebay-uk", "shopify-uk-basic", "tiktok-shop-uk", "craft-fair-uk", "consignment-uk", "direct-uk", "etsy-us",
)  # fmt: skip
GRID_S, GRID_QUERIES, SOLVE_MS, CATALOG_S, FIELDS_MS = 1.0, 12, 300, 10, 100
SHEET_S, SHEET_PAGES, LONG_S, LONG_MB = 12, range(20, 36), 40, 600
_PICTURE = (1200, 900)


def main(products: int = PRODUCTS) -> int:
    settings.MEDIA_ROOT = tempfile.mkdtemp()
    with databases.session_database(), in_workspace(Workspace.objects.get(slug="ta")):
        set_up(products)
        held = [whole_grid(), page_solved(), catalog_solved(), fields(), sheet(), long_sheet(products)]
    return 0 if all(held) else 1


def set_up(products: int) -> None:
    rates.ensure_default_rates()
    set_status(valid_from=BEGINNING, registered=True, ships_from="GB")
    shipping.start_with("GB", "GBP")
    fill(products)
    Variant.objects.exclude(name="V0").update(archived_at=timezone.now())
    for number, schedule in enumerate(SCHEDULES):
        country, currency = ("US", "USD") if schedule.endswith("-us") else ("GB", "GBP")
        ChannelFactory(
            name=schedule, schedule_id=schedule, country=country, currency=currency, position=number,
            target_margin_pct=Decimal(45),
        )  # fmt: skip
    channels, variants = list(Channel.objects.in_order()), list(Variant.objects.active().order_by("pk"))
    Listing.objects.bulk_create(
        Listing(variant=variant, channel=channel, price=Decimal(900 + 37 * (number % 90)).scaleb(-2))
        for number, variant in enumerate(variants)
        for channel in channels
    )
    pictures()


def pictures() -> None:
    """Each product has its own, the size of a telephone's after upload."""
    rows = []
    for number, product in enumerate(Product.objects.order_by("pk")):
        file = BytesIO()
        Image.new("RGB", _PICTURE, (number % 256, 90, 160)).save(file, "JPEG", quality=80)
        name = default_storage.save(f"catalog/photos/{number}.jpg", ContentFile(file.getvalue()))
        rows.append(ProductPhoto(product=product, image=name))
    ProductPhoto.objects.bulk_create(rows)


def whole_grid() -> bool:
    channels, on = list(Channel.objects.in_order()), timezone.localdate()
    with CaptureQueriesContext(connection) as seen:
        begin, worked = perf_counter(), process_time()
        rows = grid(Variant.objects.active().for_costing(), channels, on=on)
        seconds, worked = perf_counter() - begin, process_time() - worked
    print(
        f"grid of {len(rows)} × {len(channels)}: {seconds:.2f} s cold ({worked:.2f} s of work), {len(seen)} queries "
        f"(limits ≤ {GRID_S} s, ≤ {GRID_QUERIES})"
    )
    return seconds <= GRID_S and len(seen) <= GRID_QUERIES


def page_solved() -> bool:
    channels, on = list(Channel.objects.in_order()), timezone.localdate()
    variants = list(Variant.objects.active().for_costing()[:PAGE])
    subjects = list(subjects_of(variants, on=on).values())
    times = []
    for _round in range(3):
        begin = perf_counter()
        compare_all(subjects, channels, on=on)
        times.append((perf_counter() - begin) * 1000)
    print(f"break-even and target of {PAGE} × {len(channels)}: {min(times):.0f} ms (limit ≤ {SOLVE_MS} ms)")
    return min(times) <= SOLVE_MS


def catalog_solved() -> bool:
    ids, on = list(Listing.objects.for_check().values_list("pk", flat=True)), timezone.localdate()
    begin = perf_counter()
    found = 0
    for start in range(0, len(ids), MOST):
        batch = Listing.objects.for_check().filter(pk__in=ids[start : start + MOST])
        found += len(propose(batch, rule=RepricingRule(only_raise=False), on=on))
    seconds = perf_counter() - begin
    print(f"new prices for {len(ids)} listings, {found} change: {seconds:.1f} s (limit ≤ {CATALOG_S} s)")
    return seconds <= CATALOG_S


def fields() -> bool:
    """What a keystroke on the comparison costs the server."""
    browser = WorkspaceClient("ta.localhost").sign_in(make_user(Role.OWNER))
    variant = Variant.objects.active().first()
    htmx = {"HX-Request": "true", "HX-Target": "comparison"}
    times = []
    for number in range(12):
        begin = perf_counter()
        browser.get(reverse("pricing:compare"), {"variant": variant.pk, "price": f"{20 + number}.50"}, headers=htmx)
        times.append((perf_counter() - begin) * 1000)
    print(f"fields of the comparison on {len(SCHEDULES)} channels: {median(times[2:]):.0f} ms (limit ≤ {FIELDS_MS} ms)")
    return median(times[2:]) <= FIELDS_MS


def sheet() -> bool:
    channel, on = Channel.objects.in_order().first(), timezone.localdate()
    shown = Product.objects.order_by("pk")[SHEET : SHEET + 1].first()
    if shown:
        Listing.objects.filter(channel=channel, variant__product__gte=shown).update(ended_at=timezone.now())
    seconds, pages = _printed(PriceSheetFactory(channel=channel, name="Sheet of 500"), on)
    print(
        f"sheet of {SHEET} products with pictures: {seconds:.1f} s, {pages} pages "
        f"(limits ≤ {SHEET_S} s, {SHEET_PAGES.start}–{SHEET_PAGES.stop - 1} pages)"
    )
    return seconds <= SHEET_S and pages in SHEET_PAGES


def long_sheet(products: int) -> bool:
    """All variants again, so that the sheet has a hundred pages."""
    channel, on = Channel.objects.in_order()[1], timezone.localdate()
    Variant.objects.update(archived_at=None)
    listed = set(Listing.objects.filter(channel=channel).values_list("variant_id", flat=True))
    Listing.objects.bulk_create(
        Listing(variant=variant, channel=channel, price=Decimal("12.50"))
        for variant in Variant.objects.exclude(pk__in=listed)[: max(products * 2, 1)]
    )
    seconds, pages = _printed(PriceSheetFactory(channel=channel, name="Long sheet"), on)
    mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    per_hundred = seconds * LONG_PAGES / pages
    print(
        f"sheet of {pages} pages: {seconds:.1f} s, {per_hundred:.1f} s for {LONG_PAGES} pages, {mb:.0f} MB at most "
        f"(limits ≤ {LONG_S} s, ≤ {LONG_MB} MB)"
    )
    return per_hundred <= LONG_S and mb <= LONG_MB


def _printed(sheet, on) -> tuple[float, int]:
    begin = perf_counter()
    content = sheet_pdf(contents_of(sheet, on=on), on=on)
    return perf_counter() - begin, len(PdfReader(BytesIO(content)).pages)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
