"""How fast pages are, as ratios to a bare Django view: ``.venv/bin/python -m bench.pages [--quick] [production home:today …]``.

Fills the workspaces bench-demo and bench-large when they are empty, starts one worker and asks it like one browser.
The bare view and what is compared with it are asked in turn, so that other work on the machine slows both alike; medians count.
With the beginnings of page names only those pages are asked. Exits 1 when a target is missed.
"""

import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"

import django

django.setup()

from collections.abc import Iterator, Sequence  # noqa: E402
from contextlib import contextmanager  # noqa: E402
from statistics import median, quantiles  # noqa: E402

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402

from bench.addresses import pages  # noqa: E402
from bench.serving import Browser, resident_mb, server  # noqa: E402
from catalog.models import Product  # noqa: E402
from nozzly.accounts.models import User  # noqa: E402
from nozzly.accounts.permissions import Role  # noqa: E402
from nozzly.tenancy.current import in_workspace  # noqa: E402
from nozzly.tenancy.models import Workspace  # noqa: E402
from nozzly.testing.clients import WorkspaceClient  # noqa: E402

DEMO, LARGE = "bench-demo", "bench-large"
TARGET_FRAGMENT, TARGET_FULL, TARGET_LIST_MS = 0.5, 0.3, 25
TARGET_QUERIES, TARGET_GROWTH, TARGET_P95_MS, TARGET_WORKER_MB = 25, 1.5, 60, 200
FRAGMENT = {"HX-Request": "true", "HX-Target": "spool-table"}


def main(*, quick: bool, only: Sequence[str] = ()) -> int:
    fill()
    rounds, visits = (15, 5) if quick else (120, 20)
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    with server() as (port, worker):
        browsers = {slug: Browser(port, f"{slug}.localhost", cookie(slug)) for slug in (DEMO, LARGE)}
        held = [] if only else [*ratios(browsers[LARGE], rounds=rounds)]
        addresses = {slug: chosen(addresses_of(slug), only) for slug in browsers}
        asked = {slug: queries(slug, addresses[slug]) for slug in browsers}
        held += every_page(browsers, addresses, asked, visits=visits)
        mb = resident_mb(worker)
        print(f"\nmemory of the worker after all pages of both workspaces: {mb:.0f} MB (target ≤ {TARGET_WORKER_MB})")
        held.append(mb <= TARGET_WORKER_MB)
    print(f"load average {os.getloadavg()[0]:.1f}")
    return 0 if all(held) else 1


def fill() -> None:
    call_command("migrate", verbosity=0)
    for slug, size in ((DEMO, "demo"), (LARGE, "large")):
        call_command("seed", size=size, workspace=slug, verbosity=0)


def cookie(slug: str) -> str:
    with inside(slug):
        client = WorkspaceClient(f"{slug}.localhost").sign_in(owner())
        return f"session={client.cookies['session'].value}"


def owner() -> User:
    return User.objects.filter(role=Role.OWNER).order_by("pk").first()


@contextmanager
def inside(slug: str) -> Iterator[None]:
    connection.set_schema_to_public()
    with in_workspace(Workspace.objects.get(slug=slug)):
        yield


def addresses_of(slug: str) -> dict[str, str]:
    with inside(slug):
        return pages(connection)


def chosen(addresses: dict[str, str], only: Sequence[str]) -> dict[str, str]:
    return {name: path for name, path in addresses.items() if not only or name.startswith(tuple(only))}


# --- Against the bare view ---------------------------------------------------------------------------------------------


def ratios(browser: Browser, *, rounds: int) -> Iterator[bool]:
    with inside(LARGE):
        product = Product.objects.order_by("pk").first()
    spools = reverse("inventory:spool_list")
    wanted: dict[str, tuple[str, dict, float | None]] = {
        "spool list, fragment": (spools, FRAGMENT, TARGET_FRAGMENT),
        "spool list, full page": (spools, {}, TARGET_FULL),
        "product page": (product.get_absolute_url(), {}, None),
        "price comparison": (reverse("pricing:product", args=[product.pk]), {}, None),
        "price comparison, start": (reverse("pricing:compare"), {}, None),
        "dashboard": (reverse("home:today"), {}, None),
    }
    times = in_turn(
        browser, {"bare view": ("/bench/bare/", {})} | {name: each[:2] for name, each in wanted.items()}, rounds
    )
    bare = median(times["bare view"])
    print(f"{'large seed, one client':28} {'median ms':>10} {'p95 ms':>8} {'req/s':>8} {'ratio':>7}")
    for name, values in times.items():
        ms = median(values)
        target = wanted[name][2] if name in wanted else None
        words = f"  (target ≥ {target})" if target else ""
        print(f"{name:28} {ms:10.1f} {p95(values):8.1f} {1000 / ms:8.0f} {bare / ms:7.2f}{words}")
        if target:
            yield bare / ms >= target
    full = median(times["spool list, full page"])
    print(f"whole spool list {full:.1f} ms median (target ≤ {TARGET_LIST_MS})")
    yield full <= TARGET_LIST_MS


def in_turn(browser: Browser, wanted: dict[str, tuple[str, dict]], rounds: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in wanted}
    for number in range(rounds + 5):
        for name, (path, headers) in wanted.items():
            status, ms, _size = browser.get(path, **headers)
            if status != 200:
                raise SystemExit(f"{path} answers {status}")
            if number >= 5:
                times[name].append(ms)
    return times


# --- Every page --------------------------------------------------------------------------------------------------------


def queries(slug: str, addresses: dict[str, str]) -> dict[str, int]:
    """How many queries each page asks once it is warm."""
    counted = {}
    with inside(slug):
        client = WorkspaceClient(f"{slug}.localhost").sign_in(owner())
        for name, path in addresses.items():
            if client.get(path).status_code != 200:
                continue
            with CaptureQueriesContext(connection) as context:
                client.get(path)
            counted[name] = len(context)
    return counted


def every_page(browsers: dict[str, Browser], addresses: dict, asked: dict, *, visits: int) -> list[bool]:
    names = [name for name in asked[LARGE] if name in asked[DEMO]]
    print(f"\n{len(names)} pages           queries: demo, large; p95 ms: demo, large")
    held = []
    for name in names:
        times = {slug: [] for slug in browsers}
        for visit in range(visits + 1):
            for slug, browser in browsers.items():
                ms = browser.get(addresses[slug][name])[1]
                if visit:  # the first one reads the template, whichever workspace comes first
                    times[slug].append(ms)
        small, large = p95(times[DEMO]), p95(times[LARGE])
        verdicts = judged(asked[DEMO][name], asked[LARGE][name], small, large)
        held.append(not verdicts)
        print(f"{name:40} {asked[DEMO][name]:4} {asked[LARGE][name]:4} {small:8.1f} {large:8.1f}  {' '.join(verdicts)}")
    print(f"{sum(held)} of {len(held)} pages hold every target")
    return held


def judged(queries_demo: int, queries_large: int, p95_demo: float, p95_large: float) -> list[str]:
    found = []
    if max(queries_demo, queries_large) > TARGET_QUERIES:
        found.append(f"MORE THAN {TARGET_QUERIES} QUERIES")
    if queries_large > queries_demo + 2:
        found.append("QUERIES GROW")
    if p95_large > max(TARGET_P95_MS, TARGET_GROWTH * p95_demo):
        found.append(f"SLOWER ({p95_large / p95_demo:.1f} ×)")
    return found


def p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]


if __name__ == "__main__":
    arguments = sys.argv[1:]
    sys.exit(main(quick="--quick" in arguments, only=[each for each in arguments if each != "--quick"]))
