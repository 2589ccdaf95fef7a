"""New prices as the channels read them: Shopify's product import, eBay's revise file; for others a list to type from.

Shopify overwrites a variant by handle and option values. eBay revises by item number, a variation by its details.
Etsy takes no prices by file, so its list has the old price beside the new one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, Subquery

from nozzly.core.money import minor_digits
from pricing.engine import schedules
from pricing.models import Channel, Listing, PriceChange

_SITES = {"GB": "UK", "US": "US", "DE": "Germany", "AU": "Australia", "CA": "Canada"}
_EBAY_VERSION = "1193"
_MOST_OPTIONS = 3


@dataclass(frozen=True)
class PriceFile:
    """``left_out`` counts listings that the channel's format cannot name (without a number or handle there)."""

    name: str
    headers: Sequence[str]
    rows: list[list[str]]
    left_out: int = 0


def price_file(channel: Channel, *, since: date | None = None) -> PriceFile:
    """Live prices of a channel in its own format; with ``since`` only those that changed on that day or later."""
    rows = list(_listings(channel, since))
    kind = next((info.channel for info in schedules.available() if info.id == channel.schedule_id), "")
    if kind == "shopify":
        return _shopify(channel, rows)
    return _ebay(channel, rows) if kind == "ebay" else _plain(channel, rows)


def _listings(channel: Channel, since: date | None) -> Iterable[Listing]:
    changes = PriceChange.objects.filter(listing=OuterRef("pk")).order_by("-at", "-pk")
    rows = (
        Listing.objects.live().filter(channel=channel).for_table().annotate(old=Subquery(changes.values("before")[:1]))
    )
    if since:
        rows = rows.filter(changes__at__date__gte=since).distinct()
    return rows.order_by("variant__product__title", "external_id", "variant__position", "pieces", "pk")


def _shopify(channel: Channel, rows: Sequence[Listing]) -> PriceFile:
    """The title stands in a product's first row only; without options the one option is Title."""
    names = [f"Option{number} {word}" for number in range(1, _MOST_OPTIONS + 1) for word in ("Name", "Value")]
    lines, seen = [], set()
    for row in rows:
        if not row.external_id:
            continue
        first = row.external_id not in seen
        seen.add(row.external_id)
        pairs = _options(row.option_text) or [("Title", "Default Title")]
        pairs += [("", "")] * (_MOST_OPTIONS - len(pairs))
        options = [text for name, value in pairs[:_MOST_OPTIONS] for text in (name if first else "", value)]
        title = row.variant.product.title if first else ""
        lines.append([row.external_id, title, *options, row.variant.item.sku, _money(row, row.price)])
    headers = ["Handle", "Title", *names, "Variant SKU", "Variant Price"]
    return PriceFile(f"shopify-prices-{channel.pk}", headers, lines, len(rows) - len(lines))


def _ebay(channel: Channel, rows: Sequence[Listing]) -> PriceFile:
    site = _SITES.get(channel.country, "US")
    action = (
        f"*Action(SiteID={site}|Country={channel.country}|Currency={channel.currency}|Version={_EBAY_VERSION}|CC=UTF-8)"
    )
    headers = [action, "ItemID", "Relationship", "RelationshipDetails", "CustomLabel", "*StartPrice"]
    lines, named = [], set()
    for row in rows:
        if not row.external_id:
            continue
        sku, price, pairs = row.variant.item.sku, _money(row, row.price), _options(row.option_text)
        if not pairs:
            lines.append(["Revise", row.external_id, "", "", sku, price])
            continue
        if row.external_id not in named:
            named.add(row.external_id)
            lines.append(["Revise", row.external_id, "", "", "", ""])
        details = "|".join(f"{name}={value}" for name, value in pairs)
        lines.append(["", "", "Variation", details, sku, price])
    left_out = sum(1 for row in rows if not row.external_id)
    return PriceFile(f"ebay-prices-{channel.pk}", headers, lines, left_out)


def _plain(channel: Channel, rows: Sequence[Listing]) -> PriceFile:
    headers = ["Product", "Options", "SKU", "Pieces", "Number there", "Old price", "New price", "Currency"]
    lines = [
        [
            row.variant.product.title,
            row.option_text or row.variant.name,
            row.variant.item.sku,
            str(row.pieces),
            row.external_id,
            "" if row.old is None else _money(row, row.old),
            _money(row, row.price),
            channel.currency,
        ]
        for row in rows
    ]
    return PriceFile(f"prices-{channel.pk}", headers, lines)


def _options(text: str) -> list[tuple[str, str]]:
    """Colour: Red, Size: S."""
    parts = (part.partition(":") for part in text.split(", "))
    return [(name.strip(), value.strip()) for name, colon, value in parts if colon and value.strip()]


def _money(row: Listing, amount: object) -> str:
    return f"{amount:.{minor_digits(row.channel.currency)}f}"
