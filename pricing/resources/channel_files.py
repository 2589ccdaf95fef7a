"""Reading the files in which Etsy and Shopify list what is on sale there."""

from collections import Counter

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.importing import CheckedRow, Importer, Outcome, Verdict, undone
from nozzly.web.reading import Table
from pricing.domain import channel_files, listings, unmatched
from pricing.forms.fields import MoneyField

_PROGRAMS = {channel_files.ETSY: gettext_lazy("Etsy"), channel_files.SHOPIFY: gettext_lazy("Shopify")}


class ChannelFileRow(forms.Form):
    title = forms.CharField(label=gettext_lazy("Title"), max_length=255)
    option_text = forms.CharField(label=gettext_lazy("Options"), max_length=200, required=False)
    sku = forms.CharField(label=gettext_lazy("SKU"), max_length=80, required=False)
    external_id = forms.CharField(label=gettext_lazy("Number there"), max_length=80, required=False)
    price = MoneyField(label=gettext_lazy("Price"))
    currency = forms.CharField(label=gettext_lazy("Currency"), max_length=3, required=False)
    channel = forms.CharField(label=gettext_lazy("Channel"), max_length=80)


class ChannelFileImporter(Importer):
    name = "channel-listings"
    title = gettext_lazy("Listings from Etsy or Shopify")
    intro = gettext_lazy(
        "The listings download of Etsy or the products export of Shopify, as it comes. What cannot be matched is asked "
        "about once and remembered. Etsy names one price for all variations of a listing."
    )
    permission = Permission.PRICE_EDIT
    row_form = ChannelFileRow
    list_url = "pricing:match_list"
    sample = (("Dragon, gift for him", "Colour: Red", "DRG-RED", "1456789012", "24.00", "GBP", "Etsy"),)

    def translate(self, table: Table) -> tuple[Table, str]:
        kind = channel_files.kind_of(table.headers)
        if not kind:
            return table, ""
        rows = channel_files.rows_of(kind, table.headers, table.rows)
        channel = unmatched.channel_of(kind, next((row.currency for row in rows if row.currency), ""))
        name = channel.name if channel else str(_PROGRAMS[kind])
        return Table(list(channel_files.HEADERS), [row.cells(name) for row in rows]), str(_PROGRAMS[kind])

    def classify(self, rows: list[CheckedRow]) -> None:
        reader, lines = unmatched.Reader(), []
        for row in rows:
            try:
                lines.append((row, reader.line(row.data)))
            except DomainError as error:
                row.refuse(str(error))
        known = listings.listings_of(line.wish for _row, line in lines if line.wish)
        times = Counter()
        for row, line in lines:
            key = line.wish.key if line.wish else (line.channel.pk, line.key)
            times[key] += 1
            if times[key] > 1:
                row.refuse(_("A row above is the same product; that one counts."))
            else:
                row.verdict = self._verdict(line, known)

    def _verdict(self, line: unmatched.Line, known: dict) -> Verdict:
        if line.ignored:
            return Verdict.UNCHANGED
        if line.is_open:
            return Verdict.CHANGED if line.match else Verdict.NEW
        listing = known.get(line.wish.key)
        if listing is None:
            return Verdict.NEW
        return Verdict.CHANGED if listings.differs(listing, line.wish) else Verdict.UNCHANGED

    def apply(self, rows, *, key, by, at) -> Outcome:
        done = unmatched.take_in(rows, by=by, at=at)
        said = ngettext("One listing is set.", "{count} listings are set.", done.changed).format(count=done.changed)
        if done.waiting:
            more = ngettext(
                "One line waits for you to say what it is.",
                "{count} lines wait for you to say what they are.",
                done.waiting,
            )
            said = f"{said} {more.format(count=done.waiting)}"
        return Outcome(said, done.record)

    def undo(self, record, *, key, by, at) -> str:
        return undone(*unmatched.take_back(record, by=by, at=at))
