"""Forms of the stall: opening it, its deals, a sale by hand, the evening's count."""

from collections.abc import Sequence
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from inventory.models import Location
from nozzly.web.forms import KeyField
from pricing.models import Event
from sales.choices import FairMethod
from sales.domain.fairs import Counted, Tile
from sales.models import FairStall


def _money(label: str, **options) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, max_digits=14, decimal_places=2, **options)


class OpenStallForm(forms.Form):
    event = forms.ModelChoiceField(label=_("Fair"), queryset=Event.objects.none())
    location = forms.ModelChoiceField(
        label=_("Where its stock lies"), queryset=Location.objects.none(), required=False,
        empty_label=_("That of the fair, else all the stock"),
        help_text=_("A place of the kind stall: move boxes there before you go, then the phone knows what is left."),
    )  # fmt: skip
    float_cash = _money(_("Change in the till"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        taken = FairStall.objects.values("event")
        self.fields["event"].queryset = Event.objects.for_table().exclude(pk__in=taken).order_by("-starts_on", "pk")
        self.fields["location"].queryset = Location.objects.in_tree_order()


class DealForm(forms.Form):
    pieces = forms.IntegerField(label=_("Pieces"), min_value=2, max_value=999)
    unit_price = _money(_("Of what costs each"))
    price = _money(_("Together"))


class BasketForm(forms.Form):
    """A sale typed without the phone's own arithmetic: pieces of each tile."""

    method = forms.ChoiceField(label=_("Paid by"), choices=FairMethod.choices)
    paid = _money(_("Agreed for less?"), required=False)
    key = KeyField()

    def __init__(self, *args, tiles: Sequence[Tile], **kwargs):
        super().__init__(*args, **kwargs)
        self.tiles = tiles
        for tile in tiles:
            self.fields[f"q_{tile.variant.pk}"] = forms.IntegerField(
                label=str(tile.variant), min_value=0, max_value=999, required=False
            )

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not any(cleaned.get(f"q_{tile.variant.pk}") for tile in self.tiles):
            raise forms.ValidationError(_("Tap what is sold."))
        return cleaned

    def basket(self) -> list[tuple]:
        wanted = [(tile, self.cleaned_data[f"q_{tile.variant.pk}"]) for tile in self.tiles]
        return [(tile.variant, pieces, tile.price) for tile, pieces in wanted if pieces]


class PhoneSaleForm(forms.Form):
    """One sale as a phone hands it in."""

    key = forms.UUIDField()
    method = forms.ChoiceField(choices=FairMethod.choices)
    total = _money(_("Paid"))
    sold_at = forms.DateTimeField(input_formats=["%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z"])
    device = forms.CharField(max_length=40, required=False)


class PhoneLineForm(forms.Form):
    variant = forms.IntegerField(min_value=1, max_value=2**62)
    quantity = forms.IntegerField(min_value=1, max_value=999)
    price = _money(_("Price"))


class CountForm(forms.Form):
    """What lies there and what is in the till; a field left empty was not counted."""

    cash = _money(_("Cash in the till"), required=False)
    card = _money(_("Card by the reader's own list"), required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
    key = KeyField()

    def __init__(self, *args, tiles: Sequence[Tile], **kwargs):
        super().__init__(*args, **kwargs)
        self.tiles = tiles
        for tile in tiles:
            self.fields[f"n_{tile.variant.pk}"] = forms.IntegerField(
                label=str(tile.variant), min_value=0, max_value=100_000, required=False,
                help_text=_("{left} by the books").format(left=tile.left),
            )  # fmt: skip

    till_names = "cash card note"

    @property
    def piece_names(self) -> str:
        return " ".join(f"n_{tile.variant.pk}" for tile in self.tiles)

    def counted(self) -> Counted:
        data = self.cleaned_data
        pieces = {tile.variant.pk: data.get(f"n_{tile.variant.pk}") for tile in self.tiles}
        pieces = {pk: number for pk, number in pieces.items() if number is not None}
        return Counted(pieces, data["cash"], data["card"], data["note"])


def zero_or(value: Decimal | None) -> Decimal:
    return Decimal(0) if value is None else value
