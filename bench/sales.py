"""Reports at full size: ``.venv/bin/python -m bench.sales``. Uses a database of its own, dropped at the end.

Times every report of the registry, its trends, tax report and CSV, over a year, over twelve months and over ninety days
that are no whole months, with 6,000 and with 60,000 orders; proves that all groupings add up to the same total to the
cent, that the facts are what the books say, and how long facts take to be made anew and to be brought up to date after
one sale. Exits 1 when a limit is broken.
"""

import nozzly.testing.environment  # noqa: F401, I001 - before Django reads the settings

import django

django.setup()

import gc  # noqa: E402
import sys  # noqa: E402
from datetime import date  # noqa: E402
from time import perf_counter  # noqa: E402
from urllib.parse import urlencode  # noqa: E402

from django.conf import settings  # noqa: E402
from django.urls import reverse  # noqa: E402

from bench.sales_shop import FIRST, Shop, analyse  # noqa: E402
from nozzly.accounts.permissions import Role  # noqa: E402
from nozzly.tenancy.current import in_workspace  # noqa: E402
from nozzly.tenancy.models import Workspace  # noqa: E402
from nozzly.testing import databases  # noqa: E402
from nozzly.testing.clients import WorkspaceClient  # noqa: E402
from nozzly.testing.fixtures import make_user  # noqa: E402
from sales.domain import profit_facts, reports, tax_sums  # noqa: E402
from sales.domain.report_groups import GROUPS  # noqa: E402
from sales.models import Order  # noqa: E402
from sales.report_kinds.registry import REPORTS  # noqa: E402

SMALL, LARGE = 6_000, 60_000
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
PERIODS = {"": YEAR, ", 10 months": (date(2026, 1, 12), date(2026, 11, 9)), ", 90 days": (date(2026, 8, 14), date(2026, 11, 11))}  # fmt: skip
MAX_MS, MAX_GROWTH, MAX_REFRESH_MS, ROUNDS = 800, 1.3, 300, 9
NOISE_MS = 5  # what a page may take longer whatever the ratio


def main() -> int:
    settings.ALLOWED_HOSTS = ["*"]
    with databases.session_database():
        large = Workspace.objects.get(slug="ta")
        small = Workspace.objects.get(slug="tb")
        for name in ("country", "currency", "time_zone", "locale"):
            setattr(small, name, getattr(large, name))
        small.save()
        shops = [_filled(small, SMALL), _filled(large, LARGE)]
        with in_workspace(large):
            held = [*compare(shops), *prove(), after_one_sale(shops[1][1])]
    return 0 if all(held) else 1


def _filled(workspace: Workspace, order_count: int) -> tuple[WorkspaceClient, Shop]:
    """A shop with so many orders, and the browser of its owner."""
    with in_workspace(workspace):
        browser = WorkspaceClient(f"{workspace.slug}.localhost").sign_in(make_user(Role.OWNER))
        shop = Shop()
        shop.sell(order_count)
        started = perf_counter()
        profit_facts.refresh()
        tax_sums.refresh()
        print(f"{f'facts of {order_count:,} orders':58} {(perf_counter() - started) * 1000:8.0f} ms")
        analyse()
    return browser, shop


def addresses() -> dict[str, str]:
    wanted = {
        f"{name}{words}": kind.url(first, last)
        for name, kind in REPORTS.items()
        for words, (first, last) in PERIODS.items()
    }
    return wanted | {
        f"{words}{more}": f"{reverse(name)}?{urlencode(query | {'first': first, 'last': last})}"
        for more, (first, last) in PERIODS.items()
        for words, name, query in (
            ("product in one country", "sales:reports", {"by": "product", "country": "GB"}),
            ("product as CSV", "sales:reports", {"by": "product", "format": "csv"}),
            ("order, worst first", "sales:reports", {"by": "order", "order": "worst"}),
            ("trends, days before", "sales:trends", {"against": "before"}),
            ("tax by cash", "sales:tax_report", {"basis": "cash"}),
            ("tax entries", "sales:tax_entries", {}),
        )
    }


def _ms(browser: WorkspaceClient, url: str) -> float:
    started = perf_counter()
    response = browser.get(url)
    if response.status_code != 200:
        raise SystemExit(f"{url} answers {response.status_code}")
    return (perf_counter() - started) * 1000


def compare(shops: list[tuple[WorkspaceClient, Shop]]) -> list[bool]:
    """Milliseconds the server needs for each page, the best of several, small and large in turn: other work on the machine
    is not ours.
    """
    print(f"{'a year of':36} {SMALL:>10,} {LARGE:>10,} orders  ratio   (limits {MAX_MS} ms, {MAX_GROWTH:g}×)")
    held = []
    for words, url in addresses().items():
        gc.collect()
        rounds = [[_ms(browser, url) for browser, _shop in shops] for _round in range(ROUNDS)]
        small, large = (min(took) for took in zip(*rounds, strict=True))
        holds = large <= MAX_MS and (large / small <= MAX_GROWTH or large - small <= NOISE_MS)
        held.append(holds)
        print(f"{words:36} {small:7.0f} ms {large:7.0f} ms {'':6} {large / small:5.2f}   {'' if holds else 'BROKEN'}")
    return held


def prove() -> list[bool]:
    totals = {group: reports.total_of(reports.profit_by(group, FIRST, date(2026, 12, 31))).profit for group in GROUPS}
    same = len(set(totals.values())) == 1
    print(f"every grouping adds up to {totals['product']}: {'yes' if same else totals}")
    mistakes = [*profit_facts.check(), *tax_sums.check()]
    print(f"facts and sums are what orders, ledger, runs and expenses say: {mistakes or 'yes'}")
    started = perf_counter()
    count = profit_facts.rebuild()
    print(f"{count:,} facts made anew in {perf_counter() - started:.1f} s: {profit_facts.check() or 'the same'}")
    return [same, not mistakes, not profit_facts.check()]


def after_one_sale(shop: Shop) -> bool:
    Order.objects.filter(number="B7").update(ship_to_country="NL")
    started = perf_counter()
    profit_facts.refresh()
    tax_sums.refresh()
    took = (perf_counter() - started) * 1000
    print(f"facts after one order of {shop.count:,} has changed: {took:.0f} ms (limit {MAX_REFRESH_MS})")
    return took <= MAX_REFRESH_MS


if __name__ == "__main__":
    sys.exit(main())
