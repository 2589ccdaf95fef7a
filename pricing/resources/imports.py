"""Reading listings from a table: which variant and channel each row means, and why one cannot be taken."""

from collections import Counter

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from nozzly.accounts.permissions import Permission
from nozzly.core.errors import DomainError
from nozzly.web.importing import CheckedRow, Importer, Outcome, Verdict, undone
from pricing.domain import import_undo, listings
from pricing.domain.matching import Finder
from pricing.forms.fields import MoneyField


class ListingRow(forms.Form):
    product = forms.CharField(label=gettext_lazy("Product"), max_length=160, required=False)
    variant = forms.CharField(label=gettext_lazy("Variant"), max_length=120, required=False)
    sku = forms.CharField(label=gettext_lazy("SKU"), max_length=80, required=False)
    channel = forms.CharField(label=gettext_lazy("Channel"), max_length=80)
    pieces = forms.IntegerField(label=gettext_lazy("Pieces"), min_value=1, max_value=100_000, required=False)
    price = MoneyField(label=gettext_lazy("Price"))
    postage_charged = MoneyField(label=gettext_lazy("Postage charged"), required=False)
    external_id = forms.CharField(label=gettext_lazy("Number there"), max_length=80, required=False)
    option_text = forms.CharField(label=gettext_lazy("Options there"), max_length=200, required=False)


class ListingImporter(Importer):
    name = "listings"
    title = gettext_lazy("Import listings")
    intro = gettext_lazy(
        "A row is found by its SKU, else by product and variant. Prices that change keep their history."
    )
    permission = Permission.PRICE_EDIT
    row_form = ListingRow
    aliases = {
        "product": ("title", "listing title", "name"),
        "variant": ("option1 value", "variation"),
        "sku": ("variant sku", "custom label"),
        "pieces": ("quantity per listing",),
        "price": ("variant price", "amount"),
        "postage_charged": ("postage", "shipping"),
        "external_id": ("listing id", "item number", "handle"),
        "option_text": ("options", "variations"),
    }
    list_url = "pricing:listing_list"
    sample = (("Dragon", "Red", "DRG-RED", "Etsy", "1", "24.00", "3.95", "1456789012", "Colour: Red"),)

    def classify(self, rows: list[CheckedRow]) -> None:
        finder = Finder()
        for row in rows:
            try:
                row.data["wish"] = finder.wish(row.data)
            except DomainError as error:
                row.refuse(str(error))
        good = [row for row in rows if row.verdict != Verdict.WRONG]
        times = Counter(row.data["wish"].key for row in good)
        known = listings.listings_of(row.data["wish"] for row in good)
        for row in good:
            wish = row.data["wish"]
            if times[wish.key] > 1:
                row.refuse(_("This variant and channel stand in the file twice."))
            elif listing := known.get(wish.key):
                row.verdict = Verdict.CHANGED if listings.differs(listing, wish) else Verdict.UNCHANGED

    def apply(self, rows, *, key, by, at) -> Outcome:
        done = import_undo.set_prices([row["wish"] for row in rows], by=by, at=at)
        count = len(done.changed)
        said = ngettext("One listing is set.", "{count} listings are set.", count).format(count=count)
        return Outcome(said, done.record)

    def undo(self, record, *, key, by, at) -> str:
        return undone(*import_undo.take_back(record, by=by, at=at))
