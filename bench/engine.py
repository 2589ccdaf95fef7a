"""How fast the fee engine is on one core: quotes a second, and prices solved for a page of 50 products x 8 channels.

Run with ``python bench/engine.py``; targets are 10,000 quotes/s and 300 ms.
"""

import sys
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from pricing.engine import Costs, Goal, Options, Sale, TaxTreatment, quote, schedules, solve

TODAY = date(2026, 11, 22)
CHANNELS = (
    "etsy-uk",
    "ebay-uk",
    "shopify-uk-basic",
    "tiktok-shop-uk",
    "craft-fair-uk",
    "consignment-uk",
    "direct-uk",
    "etsy-us",
)
PRODUCTS = 50
ROUNDS = 40
TAX = TaxTreatment.inside_price(Decimal(20))
SALES = tuple(
    Sale(item_price=Decimal(800 + 137 * number).scaleb(-2), shipping=Decimal("3.90")) for number in range(PRODUCTS)
)
COSTS = tuple(
    Costs(unit=Decimal(150 + 41 * number).scaleb(-2), packaging=Decimal("0.40"), shipping=Decimal("3.20"))
    for number in range(PRODUCTS)
)


def main():
    loaded = [schedules.load(schedule_id, on=TODAY) for schedule_id in CHANNELS]
    best_quotes = max(quotes_per_second(loaded) for _ in range(3))
    best_margin = min(solve_page_ms(loaded, Goal.margin(Decimal(40)), Options()) for _ in range(3))
    best_blend = min(
        solve_page_ms(loaded, Goal.margin(Decimal(40)), Options(offsite_share_pct=Decimal(12))) for _ in range(3)
    )
    print(f"engine: {best_quotes:,.0f} quotes/s per core (target 10,000)")
    print(f"engine: {PRODUCTS} x {len(CHANNELS)} prices for a 40 % margin in {best_margin:.0f} ms (target 300)")
    print(f"engine: the same with 12 % of sales by ads in {best_blend:.0f} ms")


def quotes_per_second(loaded):
    started = time.process_time()
    for _ in range(ROUNDS // 8):
        for schedule in loaded:
            for sale, costs in zip(SALES, COSTS, strict=True):
                quote(schedule, sale, costs, TAX)
    return ROUNDS // 8 * len(loaded) * PRODUCTS / (time.process_time() - started)


def solve_page_ms(loaded, goal, options):
    started = time.process_time()
    for schedule in loaded:
        for sale, costs in zip(SALES, COSTS, strict=True):
            solve(schedule, sale, costs, TAX, goal=goal, options=options)
    return (time.process_time() - started) * 1000


if __name__ == "__main__":
    main()
