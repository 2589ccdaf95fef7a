"""What the pages of order imports ask."""

from collections.abc import Iterable
from decimal import Decimal
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from nozzly.tenancy.current import current_workspace
from nozzly.web.formatting import day
from nozzly.web.forms import FilterForm
from nozzly.web.lookups import LookUpField
from pricing.models import Channel
from sales.choices import ChannelChargeKind
from sales.domain.import_rates import MissingRate
from sales.domain.order_imports import MOST_FILES
from sales.forms import DayInput
from sales.models import ImportSettings
from sales.orderfiles.dates import DateOrder
from sales.orderfiles.sheets import MOST_BYTES
from sales.orderfiles.tables import FIELDS, NEEDED

_FIELD_LABELS = {
    "order": _("Order number"), "date": _("Placed on"), "title": _("Title"), "sku": _("SKU"), "options": _("Options"),
    "quantity": _("Quantity"), "price": _("Price of one"), "line_total": _("Price of the line"),
    "discount": _("Discount of the line"), "postage": _("Postage charged"), "tax": _("Tax added"),
    "total": _("Total of the order"), "currency": _("Currency"), "buyer": _("Name on the channel"),
    "name": _("Name of the buyer"), "email": _("Email"), "phone": _("Phone"), "address1": _("Address"),
    "address2": _("Address, second line"), "city": _("City"), "region": _("County or state"), "zip": _("Postcode"),
    "country": _("Country"), "shipped": _("Sent on"), "cancelled": _("Cancelled on"),
    "refunded": _("Money given back"), "due": _("To be sent by"), "status": _("State"),
    "line_id": _("Number of the line"), "listing": _("Number of the listing"),
}  # fmt: skip


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files in one field."""

    def clean(self, data, initial=None):
        files = data if isinstance(data, (list, tuple)) and data else [None]
        return [super(FilesField, self).clean(file, initial) for file in files]


class UploadForm(forms.Form):
    """The key makes a double click one import."""

    files = FilesField(
        label=_("Files"),
        widget=FilesInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx", "class": "drop-input"}),
        help_text=_(
            "Etsy: Sold Order Items, Sold Orders, Payments, monthly statements. eBay: Orders report, Transaction report. "
            "Shopify: Orders export. Or a table of your own. CSV or XLSX, up to 12 files, 24 MB together."
        ),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def clean_files(self):
        files = self.cleaned_data["files"]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(_("Choose at most 12 files at once."))
        if sum(file.size for file in files) > MOST_BYTES:
            raise forms.ValidationError(_("At most 24 MB come in at once; choose fewer files."))
        return files


class BooksForm(forms.ModelForm):
    class Meta:
        model = ImportSettings
        fields = ["books_start_on"]
        widgets = {"books_start_on": DayInput()}
        help_texts = {
            "books_start_on": _(
                "Orders placed before that day become history: they move no stock. Empty is the day of the first movement."
            )
        }


class AnswersForm(forms.Form):
    """What the files leave open; columns only for a table of one's own."""

    channel = forms.ModelChoiceField(label=_("Sold on"), queryset=Channel.objects.none(), required=False)
    dates = forms.ChoiceField(
        label=_("Dates such as 03/04/2026 mean"),
        required=False,
        choices=[
            ("", _("as the file shows")),
            (DateOrder.DAY_FIRST.value, _("3 April: the day comes first")),
            (DateOrder.MONTH_FIRST.value, _("4 March: the month comes first")),
        ],
    )

    def __init__(self, *args, channels=(), headers=(), columns=None, asked=(), rates=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.rates = {f"rate_{each.currency}": each for each in rates}
        self.fields.update({name: _rate_field(each) for name, each in self.rates.items()})
        self.fields["channel"].queryset = Channel.objects.filter(pk__in=[channel.pk for channel in channels]).in_order()
        self.fields["channel"].required = "channel" in asked and bool(channels)
        self.fields["dates"].required = "dates" in asked
        self.matched = []
        if not headers:
            return
        choices = [("", "–"), *((str(index), header or "–") for index, header in enumerate(headers))]
        for name in FIELDS:
            field = forms.ChoiceField(label=_FIELD_LABELS[name], choices=choices, required=False)
            field.initial = str((columns or {}).get(name, ""))
            field.required = name in NEEDED and name != "title"  # a SKU does as well
            self.fields[f"column_{name}"] = field
            self.matched.append(f"column_{name}")

    def columns(self) -> dict[str, int] | None:
        chosen = {name: self.cleaned_data.get(f"column_{name}", "") for name in FIELDS}
        found = {name: int(text) for name, text in chosen.items() if text}
        return found or None

    def rate_fields(self) -> Iterable[forms.BoundField]:
        return [self[name] for name in self.rates]

    @property
    def not_columns(self) -> str:
        return " ".join(name for name in self.fields if name not in self.matched)

    def typed_rates(self) -> dict[MissingRate, Decimal]:
        return {each: self.cleaned_data[name] for name, each in self.rates.items()}

    def clean(self):
        cleaned = super().clean()
        for name in self.rates:
            if name in cleaned and round(cleaned[name], 8) <= 0:
                self.add_error(name, _("An exchange rate is more than zero."))
        if self.matched and not all(cleaned.get(f"column_{name}") for name in NEEDED if name != "title"):
            self.add_error(None, _("Say at least which columns hold the order number, the date and what was bought."))
        return cleaned


def _rate_field(asked: MissingRate) -> forms.DecimalField:
    home = current_workspace().currency
    return forms.DecimalField(
        label=_("1 {currency} in {home}").format(currency=asked.currency, home=home), max_digits=18, decimal_places=8,
        help_text=_("Holds from {first} on; these files need it until {last}.").format(
            first=day(asked.first), last=day(asked.last)
        ),
    )  # fmt: skip


class ProductForm(forms.Form):
    """Which product a line is, and how many pieces of it one listing holds."""

    variant = LookUpField(
        Variant.objects.none(), source="catalog:variant_suggestions", label=_("Product"),
        help_text=_("Start to type its name or SKU."),
    )  # fmt: skip
    pieces = forms.IntegerField(label=_("Pieces in one"), min_value=1, max_value=10_000, initial=1)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["variant"].queryset = Variant.objects.for_choice()


class AuditFilter(FilterForm):
    channel = forms.ModelChoiceField(label=_("Channel"), queryset=Channel.objects.none(), empty_label=_("All channels"))
    first = forms.DateField(label=_("From"), widget=DayInput())
    last = forms.DateField(label=_("To"), widget=DayInput())

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["channel"].queryset = Channel.objects.in_order()


class ChannelMoneyFilter(AuditFilter):
    def narrow(self, queryset):
        data = self.cleaned_data
        if data["channel"]:
            queryset = queryset.filter(channel=data["channel"])
        if data["first"]:
            queryset = queryset.filter(on__gte=data["first"])
        if data["last"]:
            queryset = queryset.filter(on__lte=data["last"])
        return queryset


class ChannelChargeFilter(ChannelMoneyFilter):
    """By the days charges count for, as reports do: those of a month that was closed count later."""

    code = forms.ChoiceField(label=_("Kind"), choices=[("", _("All kinds")), *ChannelChargeKind.choices])

    def narrow(self, queryset):
        data = self.cleaned_data
        for wanted, column in (
            ("channel", "channel"),
            ("code", "code"),
            ("first", "booked_on__gte"),
            ("last", "booked_on__lte"),
        ):
            if data[wanted]:
                queryset = queryset.filter(**{column: data[wanted]})
        return queryset
