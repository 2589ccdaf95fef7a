from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from django import forms
from django.db.models import QuerySet
from django.forms import formset_factory
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from inventory.choices import ItemKind
from inventory.models import Item
from nozzly.core.countries import country_choices, currency_choices
from nozzly.tenancy.current import current_workspace
from nozzly.web.forms import FilterForm
from nozzly.web.lookups import LookUpField
from pricing.models import Channel, ShippingService
from sales.domain.orders import Facts, Line, Sending
from sales.models import Customer

BLANK_LINES = 4


class DayInput(forms.DateInput):
    """The browser's own calendar, which speaks ISO 8601 whatever the language of the page."""

    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d")


class OrderFilter(FilterForm):
    search = forms.CharField(label=_("Search orders"))
    channel = forms.ModelChoiceField(label=_("Channel"), queryset=Channel.objects.none(), empty_label=_("All channels"))
    due = forms.ChoiceField(
        label=_("Due"),
        choices=[
            ("", _("Any day")),
            ("today", _("Today or late")),
            ("week", _("In the next 7 days")),
            ("rush", _("Rush")),
        ],
    )
    tab = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["channel"].queryset = Channel.objects.in_order()

    def active(self) -> list[tuple[str, str, str]]:
        """The tab is no filter that somebody could take off."""
        return [chip for chip in super().active() if chip[0] != "tab"]

    def narrow(self, queryset: QuerySet) -> QuerySet:
        if text := self.cleaned_data["search"]:
            queryset = queryset.matching(text)
        if channel := self.cleaned_data["channel"]:
            queryset = queryset.filter(channel=channel)
        if due := self.cleaned_data["due"]:
            days = {"today": 0, "week": 7}.get(due)
            last = timezone.localdate() + timedelta(days=days or 0)
            queryset = queryset.filter(is_rush=True) if days is None else queryset.filter(due_on__lte=last)
        return queryset


class OrderForm(forms.Form):
    """Head of an order typed by hand; a customer is chosen or named."""

    channel = forms.ModelChoiceField(
        label=_("Channel"),
        queryset=Channel.objects.none(),
        required=False,
        empty_label=_("Across the counter, no fees"),
    )
    external_id = forms.CharField(label=_("Number on the channel"), max_length=80, required=False)
    customer = LookUpField(
        Customer.objects.none(), source="sales:customer_suggestions", label=_("Customer"), required=False,
        help_text=_("Start to type the name of somebody who bought before."),
    )  # fmt: skip
    customer_name = forms.CharField(label=_("Name of a new customer"), max_length=120, required=False)
    ship_to_country = forms.ChoiceField(
        label=_("Goes to"),
        choices=lambda: [("", _("The customer's country, else ours")), *country_choices()],
        required=False,
    )
    placed_on = forms.DateField(label=_("Placed on"), widget=DayInput())
    due_on = forms.DateField(label=_("Due on"), required=False, widget=DayInput())
    postage_charged = forms.DecimalField(
        label=_("Postage charged"), min_value=0, max_digits=14, decimal_places=2, required=False
    )
    discount = forms.DecimalField(
        label=_("Discount by the shop"), min_value=0, max_digits=14, decimal_places=2, required=False
    )
    is_rush = forms.BooleanField(label=_("Rush"), required=False)
    ship_to = forms.CharField(
        label=_("Name and address it goes to"), required=False, max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}), help_text=_("Left empty, the customer's own."),
    )  # fmt: skip
    gift_note = forms.CharField(
        label=_("Gift note"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    currency = forms.ChoiceField(
        label=_("Currency"), required=False, help_text=_("Without a channel; the rate of the day is kept.")
    )
    prices_without_tax = forms.BooleanField(label=_("The prices are without tax"), required=False)
    terms_days = forms.IntegerField(label=_("Days to pay"), min_value=0, max_value=365, required=False)
    buyer_reference = forms.CharField(label=_("Their order number"), max_length=80, required=False)
    deposit_asked = forms.DecimalField(
        label=_("Deposit asked for"), min_value=0, max_digits=14, decimal_places=2, required=False
    )
    note = forms.CharField(label=_("Note to ourselves"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    create_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["channel"].queryset = Channel.objects.active().in_order()
        self.fields["customer"].queryset = Customer.objects.known()
        self.fields["currency"].choices = [("", _("Ours")), *currency_choices()]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("currency") and cleaned.get("channel"):
            self.add_error("currency", _("A channel has its own currency; leave this empty."))
        if cleaned.get("due_on") and cleaned.get("placed_on") and cleaned["due_on"] < cleaned["placed_on"]:
            self.add_error("due_on", _("This is before the day it was placed."))
        return cleaned

    def facts(self) -> Facts:
        data = self.cleaned_data
        own = data["customer"].country if data["customer"] else ""
        country = data["ship_to_country"] or own or current_workspace().country
        money = {field: data[field] or Decimal(0) for field in ("postage_charged", "discount", "deposit_asked")}
        return Facts(**data | money | {"ship_to_country": country})


class LineForm(forms.Form):
    variant = LookUpField(
        Variant.objects.none(), source="catalog:variant_suggestions", label=_("Product"), required=False
    )
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=100_000, required=False)
    unit_price = forms.DecimalField(label=_("Price each"), min_value=0, max_digits=14, decimal_places=2, required=False)
    personalisation = forms.CharField(label=_("Personalisation"), max_length=300, required=False)
    b_grade = forms.BooleanField(label=_("B-grade"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["variant"].queryset = Variant.objects.for_choice()

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("variant") and cleaned.get("unit_price") is None and "unit_price" not in self.errors:
            self.add_error("unit_price", _("Say what one costs."))
        if not cleaned.get("variant") and (cleaned.get("unit_price") or cleaned.get("personalisation")):
            self.add_error("variant", _("Choose the product."))
        return cleaned

    def line(self) -> Line | None:
        data = self.cleaned_data
        if not data.get("variant"):
            return None
        return Line(
            variant=data["variant"],
            quantity=data["quantity"] or 1,
            unit_price=data["unit_price"],
            personalisation=data["personalisation"],
            b_grade=data["b_grade"],
        )


LineFormSet = formset_factory(LineForm, extra=BLANK_LINES, max_num=100, validate_max=True)


class ShipForm(forms.Form):
    """How the parcel leaves. The key makes a double click one shipment."""

    service = forms.ModelChoiceField(
        label=_("Shipping service"), queryset=ShippingService.objects.none(), required=False, empty_label=_("None")
    )
    postage = forms.DecimalField(
        label=_("Postage paid"), min_value=0, max_digits=11, decimal_places=2, required=False,
        help_text=_("Left empty, the price of the service."),
    )  # fmt: skip
    packaging = forms.ModelChoiceField(
        label=_("Packed in"), queryset=Item.objects.none(), required=False, empty_label=_("Nothing from the shelf")
    )
    tracking = forms.CharField(label=_("Tracking number"), max_length=80, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["service"].queryset = ShippingService.objects.filter(archived_at=None).order_by("price", "pk")
        self.fields["packaging"].queryset = Item.objects.filter(kind=ItemKind.PACKAGING, archived_at=None).order_by(
            "name", "pk"
        )

    def sending(self) -> Sending:
        data = self.cleaned_data
        service, postage = data["service"], data["postage"]
        listed = service.price if service else 0
        return Sending(
            postage=listed if postage is None else postage,
            postage_assumed=postage is None and bool(service and service.assumed),
            service=service,
            packaging=data["packaging"],
            tracking=data["tracking"],
        )


class MatchForm(forms.Form):
    variant = LookUpField(Variant.objects.none(), source="catalog:variant_suggestions", label=_("Product"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["variant"].queryset = Variant.objects.for_choice()
