"""Price sheets: which products stand on one, at which price, with or without tax.

A sheet for customers never asks for a cost, so none can stand on it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from nozzly.core.errors import DomainError
from nozzly.core.money import round_money
from pricing.choices import SheetKind
from pricing.domain.grid import margins
from pricing.domain.terms import Terms, of_class, terms_of, worth_at_home
from pricing.models import Channel, Listing, PriceSheet

_HUNDRED = Decimal(100)


class NoChannel(DomainError):
    pass


@dataclass(frozen=True, kw_only=True)
class SheetRow:
    """``cost``, ``profit`` and ``margin_pct`` are filled on internal sheets only. ``picture`` is a stored file's name.

    ``net_price`` is that without tax, where the sheet shows it beside a price that holds tax.
    """

    title: str
    variant: str
    sku: str
    category: str
    pieces: int
    price: Decimal
    picture: str = ""
    net_price: Decimal | None = None
    cost: Decimal | None = None
    profit: Decimal | None = None
    margin_pct: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class SheetContents:
    sheet: PriceSheet
    channel: Channel
    rows: tuple[SheetRow, ...]
    tax_label: str
    rate: Decimal = Decimal(1)
    rate_assumed: bool = False

    @property
    def currency(self) -> str:
        return self.sheet.currency or self.channel.currency

    @property
    def is_converted(self) -> bool:
        return self.currency != self.channel.currency

    @property
    def shows_costs(self) -> bool:
        return self.sheet.kind == SheetKind.INTERNAL

    @property
    def shows_net(self) -> bool:
        return any(row.net_price is not None for row in self.rows)

    @property
    def has_variants(self) -> bool:
        return any(row.variant for row in self.rows)


def contents_of(sheet: PriceSheet, *, on: date) -> SheetContents:
    """Everything that stands on the sheet on a day, in a constant number of queries. Raises NoChannel."""
    channel = sheet.channel or Channel.objects.active().in_order().first()
    if channel is None:
        raise NoChannel(_("Add a channel first: a sheet shows the prices of one."))
    terms = terms_of(channel, on=on)
    listings = list(_listings(sheet, channel))
    money = _costs(listings, terms, on=on) if sheet.kind == SheetKind.INTERNAL else {}
    taxed = {name: of_class(terms, name) for name in {listing.variant.product.tax_class for listing in listings}}
    shows_net = sheet.shows_net and any(holds_tax(sheet, each) for each in taxed.values())
    rows = tuple(
        _row(listing, sheet, taxed[listing.variant.product.tax_class], money.get(listing.pk, {}), shows_net=shows_net)
        for listing in listings
    )
    label = tax_label(sheet, list(taxed.values()) or [terms])
    contents = SheetContents(sheet=sheet, channel=channel, rows=rows, tax_label=label)
    return _converted(contents, terms, on=on) if contents.is_converted else contents


def keep_file(sheet: PriceSheet, content: bytes, *, at: datetime) -> PriceSheet:
    """Keep the PDF with the sheet under an address that lasts; the one before goes."""
    with transaction.atomic():
        row = PriceSheet.objects.select_for_update(of=("self",)).get(pk=sheet.pk)
        storage, before = row.file.storage, row.file.name
        row.file.save(f"{uuid4().hex}.pdf", ContentFile(content), save=False)
        row.file_at = at
        row.save(update_fields=["file", "file_at"])
        if before:
            transaction.on_commit(lambda: storage.delete(before))
        return row


def row_count(sheet: PriceSheet) -> int:
    channel = sheet.channel or Channel.objects.active().in_order().first()
    return _listings(sheet, channel).count() if channel else 0


def tax_label(sheet: PriceSheet, taxed: Sequence[Terms]) -> str:
    """What a reader must know about the prices; ``taxed`` are the terms of each tax class on the sheet."""
    terms = max(taxed, key=lambda each: each.tax.rate_pct)
    if not terms.tax.registered:
        return (
            _("Final prices; no VAT is charged.") if terms.schedule.country != "US" else _("Prices before sales tax.")
        )
    if sheet.kind == SheetKind.WHOLESALE or not terms.tax.price_includes_tax or not terms.tax.rate_pct:
        return _("Prices without tax.")
    rates = sorted({each.tax.rate_pct for each in taxed}, reverse=True)
    text = " / ".join(f"{rate:f}" for rate in (rate.normalize() for rate in rates))
    return _("Prices with {rate} % tax.").format(rate=text)


def holds_tax(sheet: PriceSheet, terms: Terms) -> bool:
    """Whether the prices on the sheet have tax inside them: a wholesale sheet's never do."""
    tax = terms.tax
    return sheet.kind != SheetKind.WHOLESALE and tax.registered and tax.price_includes_tax and bool(tax.rate_pct)


def sheet_price(price: Decimal, sheet: PriceSheet, terms: Terms) -> Decimal:
    """The listed price as it stands on the sheet: discounted, for shops without the tax inside it."""
    reduced = price * (_HUNDRED - sheet.discount_pct) / _HUNDRED
    tax = terms.tax
    if sheet.kind == SheetKind.WHOLESALE and tax.registered and tax.price_includes_tax:
        reduced = reduced * _HUNDRED / (_HUNDRED + tax.rate_pct)
    return round_money(reduced, terms.channel.currency)


def _listings(sheet: PriceSheet, channel: Channel) -> Iterable[Listing]:
    rows = Listing.objects.for_sheet().filter(channel=channel)
    return rows.filter(variant__product__category=sheet.category_id) if sheet.category_id else rows


def _row(
    listing: Listing, sheet: PriceSheet, terms: Terms, money: dict[str, Decimal | None], *, shows_net: bool
) -> SheetRow:  # fmt: skip
    product = listing.variant.product
    price = sheet_price(listing.price, sheet, terms)
    photo = product.photo_list[0] if product.photo_list else None
    return SheetRow(
        title=product.title,
        variant=listing.variant.name,
        sku=listing.variant.item.sku,
        category=str(product.category or ""),
        pieces=listing.pieces,
        price=price,
        net_price=_without_tax(price, terms) if shows_net else None,
        picture=photo.image.name if photo and sheet.shows_pictures else "",
        **money,
    )


def _without_tax(price: Decimal, terms: Terms) -> Decimal:
    return round_money(price * _HUNDRED / (_HUNDRED + terms.tax.rate_pct), terms.channel.currency)


def _converted(contents: SheetContents, terms: Terms, *, on: date) -> SheetContents:
    """In the sheet's own currency at the day's rate; what stands on the channel is converted, so that both sheets agree."""
    worth, assumed = worth_at_home(contents.currency, on=on)
    rate = terms.rate / worth
    rows = tuple(
        replace(
            row,
            **{
                name: _at(getattr(row, name), rate, contents.currency)
                for name in ("price", "net_price", "cost", "profit")
            },
        )
        for row in contents.rows
    )
    return replace(contents, rows=rows, rate=rate, rate_assumed=assumed or terms.rate_assumed)


def _at(amount: Decimal | None, rate: Decimal, currency: str) -> Decimal | None:
    return None if amount is None else round_money(amount * rate, currency)


def _costs(listings: list[Listing], terms: Terms, *, on: date) -> dict[int, dict[str, Decimal | None]]:
    """Cost, profit and margin of each listing as it sells on the channel."""
    return {
        listing.pk: {
            "cost": row.quote.cost_unit if row.quote else None,
            "profit": row.profit,
            "margin_pct": row.margin_pct,
        }
        for listing, row in margins(listings, on=on, terms=[terms])
    }
