"""Forms for what happens to an order: parcels, refunds, returns, payments, notes."""

from collections.abc import Sequence
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from inventory.models import Location
from nozzly.web.forms import FilterForm, KeyField
from nozzly.web.lookups import LookUpField
from sales.choices import InvoiceForm, InvoiceKind, PaidBy, ReturnTo
from sales.domain.changing import Changed, seen_at
from sales.domain.orders import Line, Sending
from sales.domain.payments import Payment
from sales.domain.returns import Back, Parcelled
from sales.forms import DayInput, ShipForm
from sales.models import Order, OrderLine, OrderPayment, SellerDetails


class KeyOnlyForm(forms.Form):
    """Nothing to fill in; the key makes a double click one deed."""

    key = KeyField()


class NoteForm(forms.Form):
    text = forms.CharField(label=_("Message to ourselves"), max_length=300)


class DayForm(forms.Form):
    on = forms.DateField(label=_("On"), widget=DayInput())


class OrderEditForm(forms.Form):
    """What of an order that waits may still be put right."""

    due_on = forms.DateField(label=_("Due on"), required=False, widget=DayInput())
    is_rush = forms.BooleanField(label=_("Rush"), required=False)
    ship_to = forms.CharField(
        label=_("Name and address it goes to"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    gift_note = forms.CharField(
        label=_("Gift note"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    buyer_reference = forms.CharField(label=_("Their order number"), max_length=80, required=False)
    note = forms.CharField(
        label=_("Note to ourselves"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    b_grade = forms.MultipleChoiceField(
        label=_("Takes b-grade pieces"), required=False, widget=forms.CheckboxSelectMultiple()
    )
    seen_at = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, instance: Order, initial: dict | None = None, **kwargs):
        lines = list(instance.lines.all())
        first = {name: getattr(instance, name) for name in self.base_fields if name not in {"b_grade", "seen_at"}}
        first["seen_at"] = seen_at(instance)
        first["b_grade"] = [str(line.pk) for line in lines if line.b_grade]
        super().__init__(*args, initial=first | (initial or {}), **kwargs)
        self.fields["b_grade"].choices = [(str(line.pk), str(line)) for line in lines]
        self.words = {line.pk: f"words_{line.pk}" for line in lines}
        for line in lines:
            self.fields[self.words[line.pk]] = forms.CharField(
                label=_("Personalisation of {line}").format(line=line), max_length=300, required=False,
                initial=line.personalisation,
            )  # fmt: skip
        self.placed_on = instance.placed_on

    def clean_due_on(self):
        due_on = self.cleaned_data["due_on"]
        if due_on and due_on < self.placed_on:
            raise forms.ValidationError(_("This is before the day it was placed."))
        return due_on

    def changed(self) -> Changed:
        lines = frozenset(int(pk) for pk in self.cleaned_data["b_grade"])
        data = {name: self.cleaned_data[name] for name in self.base_fields}
        words = {pk: self.cleaned_data[name] for pk, name in self.words.items()}
        return Changed(**data | {"b_grade": lines, "words": words})


class ParcelForm(ShipForm):
    """The parcel with all that is left, or so many pieces of each line."""

    closes = forms.BooleanField(
        label=_("Nothing more follows"), required=False, help_text=_("What is left out will never be sent.")
    )

    def __init__(self, *args, lines: Sequence[OrderLine], **kwargs):
        super().__init__(*args, **kwargs)
        self.lines = [line for line in lines if line.pieces_left]
        for line in self.lines:
            self.fields[f"pieces_{line.pk}"] = forms.IntegerField(
                label=line.title, min_value=0, max_value=line.pieces_left, initial=line.pieces_left, required=False
            )

    @property
    def piece_fields(self):
        """Shown only where there is something to leave out."""
        several = sum(line.pieces_left for line in self.lines) > 1
        return [self[f"pieces_{line.pk}"] for line in self.lines] if several else []

    parcel_names = "service postage packaging tracking"

    def sending(self) -> Sending:
        whole = super().sending()
        data = self.cleaned_data
        pieces = {line.pk: data.get(f"pieces_{line.pk}") for line in self.lines}
        pieces = {line.pk: line.pieces_left if pieces[line.pk] is None else pieces[line.pk] for line in self.lines}
        return Sending(**vars(whole) | {"pieces": pieces, "closes": data["closes"]})


class RefundForm(forms.Form):
    amount = forms.DecimalField(label=_("Give back"), min_value=Decimal("0.001"), max_digits=14, decimal_places=2)
    line = forms.ModelChoiceField(
        label=_("For"), queryset=OrderLine.objects.none(), required=False, empty_label=_("The order as a whole")
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
    on = forms.DateField(label=_("On"), widget=DayInput())
    key = KeyField()

    def __init__(self, *args, order: Order, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["line"].queryset = order.lines.in_order()
        self.fields["amount"].help_text = order.currency

    money_names = "amount line"
    story_names = "reason on"


class ReturnForm(forms.Form):
    """How many of each line came back and where they go; perhaps something else goes out for them."""

    on = forms.DateField(label=_("Came back on"), widget=DayInput())
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
    location = forms.ModelChoiceField(
        label=_("Put to"), queryset=Location.objects.none(), required=False, empty_label=_("No place said")
    )
    replacement = LookUpField(
        Variant.objects.none(), source="catalog:variant_suggestions", label=_("Exchange for"), required=False,
        help_text=_("A new order for the same buyer; leave it empty for a plain return."),
    )  # fmt: skip
    replacement_quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=100_000, required=False)
    replacement_price = forms.DecimalField(
        label=_("Price of the exchange, each"), min_value=0, max_digits=14, decimal_places=2, required=False,
        help_text=_("0 where nothing is paid for it."),
    )  # fmt: skip
    key = KeyField()

    def __init__(self, *args, lines: Sequence[OrderLine], back: dict[int, int], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["location"].queryset = Location.objects.in_tree_order()
        self.fields["replacement"].queryset = Variant.objects.for_choice()
        self.lines = []
        for line in lines:
            left = line.pieces_gone - back.get(line.pk, 0)
            if left > 0:
                self.lines.append(line)
                self.fields[f"pieces_{line.pk}"] = forms.IntegerField(
                    label=line.title, min_value=0, max_value=left, required=False, initial=left if len(lines) == 1 else 0,
                    help_text=_("of {left}").format(left=left),
                )  # fmt: skip
                self.fields[f"to_{line.pk}"] = forms.ChoiceField(
                    label=_("Where to"), choices=ReturnTo.choices, required=False
                )

    story_names = "on reason location"
    exchange_names = "replacement replacement_quantity replacement_price"

    @property
    def line_fields(self):
        return [(self[f"pieces_{line.pk}"], self[f"to_{line.pk}"]) for line in self.lines]

    def parcel(self) -> Parcelled:
        data = self.cleaned_data
        backs = [
            Back(line, data.get(f"pieces_{line.pk}") or 0, data.get(f"to_{line.pk}") or ReturnTo.STOCK)
            for line in self.lines
        ]
        return Parcelled(backs, data["on"], data["reason"], data["location"], self._replacement())

    def _replacement(self) -> list[Line]:
        data = self.cleaned_data
        if not data["replacement"]:
            return []
        return [
            Line(
                unit_price=data["replacement_price"] or Decimal(0),
                variant=data["replacement"],
                quantity=data["replacement_quantity"] or 1,
            )
        ]


class PaymentForm(forms.ModelForm):
    key = KeyField()

    class Meta:
        model = OrderPayment
        fields = ["amount", "on", "method", "is_deposit", "note"]
        widgets = {"on": DayInput()}
        help_texts = {"amount": _("Below zero where money goes back.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["method"].choices = PaidBy.choices

    def payment(self) -> Payment:
        return Payment(**{name: self.cleaned_data[name] for name in self.Meta.fields})


class InvoiceIssueForm(forms.Form):
    form = forms.ChoiceField(label=_("Form"), choices=InvoiceForm.choices)
    buyer = forms.CharField(
        label=_("Name and address of the buyer"), required=False, max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip
    buyer_tax_number = forms.CharField(label=_("Their VAT number"), max_length=40, required=False)
    key = KeyField()


class CreditNoteForm(forms.Form):
    amount = forms.DecimalField(
        label=_("Take back, tax included"), min_value=Decimal("0.001"), max_digits=14, decimal_places=2, required=False,
        help_text=_("Left empty, all that stands."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
    key = KeyField()


class InvoiceFilter(FilterForm):
    search = forms.CharField(label=_("Search invoices"))
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("All kinds")), *InvoiceKind.choices])

    def narrow(self, queryset):
        if text := self.cleaned_data["search"]:
            queryset = queryset.matching(text)
        if kind := self.cleaned_data["kind"]:
            queryset = queryset.filter(kind=kind)
        return queryset


class SellerDetailsForm(forms.ModelForm):
    class Meta:
        model = SellerDetails
        fields = [
            "legal_name", "address", "contact", "registration", "bank", "small_business_note", "prefix", "terms_days",
            "footer",
        ]  # fmt: skip
        widgets = {"address": forms.Textarea(attrs={"rows": 4}), "bank": forms.Textarea(attrs={"rows": 2})}
