"""What a channel hands out about its own listings: Etsy's listings download and Shopify's products export.

Plain text in, one row for each thing that can be bought out. Etsy names one price for a listing, whatever its variations.
"""

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

ETSY, SHOPIFY = "etsy", "shopify"
HEADERS = ("Title", "Options", "SKU", "Number there", "Price", "Currency", "Channel")
_ETSY_KNOWN_BY = {"TITLE", "PRICE", "CURRENCY_CODE", "VARIATION 1 VALUES"}
_SHOPIFY_KNOWN_BY = {"Handle", "Title", "Variant Price", "Option1 Name"}
_MOST_VARIATIONS = 100
_ON_SALE = {"", "active"}


@dataclass(frozen=True)
class FileRow:
    title: str
    option_text: str = ""
    sku: str = ""
    external_id: str = ""
    price: str = ""
    currency: str = ""

    def cells(self, channel: str) -> list[str]:
        return [self.title, self.option_text, self.sku, self.external_id, self.price, self.currency, channel]


def kind_of(headers: Sequence[str]) -> str:
    """Whose file it is, by its columns; empty where it is neither."""
    names = set(headers)
    if names >= _ETSY_KNOWN_BY:
        return ETSY
    return SHOPIFY if names >= _SHOPIFY_KNOWN_BY else ""


def rows_of(kind: str, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> list[FileRow]:
    records = (dict(zip(headers, row, strict=True)) for row in rows)
    return list(_etsy(records) if kind == ETSY else _shopify(records))


def match_key(title: str, option_text: str, sku: str) -> str:
    """By which a line is known again when the file comes once more."""
    words = (" ".join(text.split()).casefold() for text in (title, option_text, sku))
    return "|".join(words)[:500]


def _etsy(records: Iterable[dict[str, str]]) -> Iterable[FileRow]:
    for record in records:
        if not record["TITLE"].strip():
            continue
        whole = FileRow(
            title=_plain(record["TITLE"])[:255], price=record["PRICE"], currency=record["CURRENCY_CODE"].strip().upper()
        )
        options, skus = _variations(record), _parts(record.get("SKU", ""))
        if not options:
            yield replace(whole, sku=skus[0] if len(skus) == 1 else "")
            continue
        # One SKU for each combination, in the order in which Etsy counts them; any other number says nothing.
        paired = skus if len(skus) == len(options) else [""] * len(options)
        for option_text, sku in zip(options, paired, strict=True):
            yield replace(whole, option_text=option_text, sku=sku)


def _variations(record: dict[str, str]) -> list[str]:
    """Each combination of the values: Style: Matte, Size: Small."""
    axes = []
    for number in (1, 2):
        values = _parts(record.get(f"VARIATION {number} VALUES", ""))
        name = _plain(record.get(f"VARIATION {number} NAME", ""))
        if values:
            axes.append([f"{name}: {value}" if name else value for value in values])
    return [", ".join(pair)[:200] for pair in islice(product(*axes), _MOST_VARIATIONS)] if axes else []


def _shopify(records: Iterable[dict[str, str]]) -> Iterable[FileRow]:
    """A product's title stands in its first row only; rows without a price are further pictures."""
    titles: dict[str, tuple[str, str, list[str]]] = {}
    for record in records:
        handle = record["Handle"].strip()
        if record["Title"].strip():
            names = [_plain(record.get(f"Option{number} Name", "")) for number in (1, 2, 3)]
            titles[handle] = (_plain(record["Title"])[:255], record.get("Status", "").strip().lower(), names)
        title, status, names = titles.get(handle, ("", "", []))
        if not title or status not in _ON_SALE or not record["Variant Price"].strip():
            continue
        yield FileRow(
            title=title,
            option_text=_options(record, names),
            sku=_bare(record.get("Variant SKU", "")),
            external_id=handle[:80],
            price=record["Variant Price"],
        )


def _options(record: dict[str, str], names: Sequence[str]) -> str:
    values = [_plain(record.get(f"Option{number} Value", "")) for number in (1, 2, 3)]
    pairs = [(name, value) for name, value in zip(names, values, strict=False) if value]
    if pairs == [("Title", "Default Title")]:
        return ""
    return ", ".join(f"{name}: {value}" if name else value for name, value in pairs)[:200]


def _parts(text: str) -> list[str]:
    return [_bare(part) for part in text.split(",") if part.strip()]


def _bare(text: str) -> str:
    """Spreadsheets put an apostrophe in front of what must stay text."""
    return _plain(text).removeprefix("'")[:80]


def _plain(text: str) -> str:
    return " ".join(html.unescape(text).split())
