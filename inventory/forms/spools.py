from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.choices import SpoolState
from inventory.domain.lots import LotDetails
from inventory.domain.spools import Rolls
from inventory.forms.fields import GramsField, LocationField, NumberField, a_day_that_was
from inventory.models import Filament, Location, Lot, Material, Spool, Supplier
from nozzly.web.forms import FilterForm, KeyField
from nozzly.web.widgets import LongSelect

_IN_USE = "in_use"


class SpoolFilter(FilterForm):
    search = forms.CharField(label=_("Search code, brand, colour, batch"))
    state = forms.ChoiceField(
        label=_("State"),
        choices=[("", _("Sealed and open")), *SpoolState.choices, ("count", _("Needs a count")), ("all", _("All"))],
    )
    material = forms.ModelChoiceField(Material.objects.order_by("name"), label=_("Material"), empty_label=_("All"))
    location = LocationField(empty_label=_("Everywhere"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # iter() spares the count that list() asks a queryset for; the mover below the table shows the same places.
        self.fields["location"].widget.choices = list(iter(self.fields["location"].choices))

    def narrow(self, queryset):
        chosen = self.cleaned_data
        queryset = queryset.matching(chosen["search"]) if chosen["search"] else queryset
        if chosen["material"]:
            queryset = queryset.filter(item__filament__material=chosen["material"])
        if chosen["location"]:
            queryset = queryset.filter(location__in=Location.objects.within(chosen["location"]))
        return queryset.filter(self._state())

    def _state(self):
        state = self.cleaned_data["state"]
        if state == "all":
            return Q()
        if state == "count":
            return Q(needs_count=True)
        if state == SpoolState.ARCHIVED:
            return Q(archived_at__isnull=False)
        return Q(archived_at=None) & Q(spool__state__in=[state] if state else SpoolState.in_use())


class WeighForm(forms.Form):
    """What the scale shows; the reel's weight only when it is not known or not this one."""

    gross_g = GramsField(
        label=_("On the scale"),
        at_least=Decimal(1),
        at_most=Decimal(20_000),
        widget=forms.TextInput(
            attrs={"inputmode": "decimal", "autocomplete": "off", "class": "huge", "autofocus": True}
        ),
    )
    tare_g = GramsField(label=_("Empty reel"), required=False, at_most=Decimal(5_000))
    key = KeyField()


class MoveForm(forms.Form):
    location = LocationField(required=False)
    code = forms.CharField(
        label=_("or the place's code"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def clean(self):
        chosen = super().clean()
        if code := chosen.get("code"):
            try:
                chosen["location"] = LocationField.by_code(code)
            except ValidationError as error:
                self.add_error("code", error)
        return chosen


class RollsForm(forms.Form):
    """Several rolls of one filament at once."""

    filament = forms.ModelChoiceField(Filament.objects.none(), label=_("Filament"), widget=LongSelect)
    count = forms.IntegerField(label=_("How many"), min_value=1, max_value=200, initial=1)
    net_weight_g = GramsField(
        label=_("Filament on a full reel"),
        required=False,
        at_least=Decimal(1),
        help_text=_("Empty: as the filament says."),
    )
    total_price = NumberField(
        label=_("Paid for all of them"), required=False, help_text=_("With postage and duty. Empty: the usual price.")
    )
    location = LocationField(required=False)
    batch = forms.CharField(label=_("Maker's batch"), max_length=80, required=False)
    key = KeyField()

    def __init__(self, *args, sees_cost=True, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["filament"]
        field.queryset = Filament.objects.for_choice()
        field.widget.choices = lambda: [("", field.empty_label), *field.queryset.values_list("pk", "item__name")]
        if not sees_cost:
            del self.fields["total_price"]

    def rolls(self, **more) -> Rolls:
        chosen = self.cleaned_data
        return Rolls(
            net_weight_g=chosen["net_weight_g"],
            total_price=chosen.get("total_price"),
            details=LotDetails(location=chosen["location"], batch=chosen["batch"], **more.pop("details", {})),
            **more,
        )


class AddSpoolsForm(RollsForm):
    supplier = forms.ModelChoiceField(Supplier.objects.order_by("name"), label=_("Supplier"), required=False)
    received_on = forms.DateField(
        label=_("Received on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[a_day_that_was],
    )
    price_each = NumberField(label=_("or for each"), required=False)
    postage = NumberField(
        label=_("Postage and duty"), required=False, help_text=_("On top of that; spread over the rolls.")
    )
    field_order = (
        "filament", "count", "net_weight_g", "total_price", "price_each", "postage", "supplier", "received_on",
        "location", "batch",
    )  # fmt: skip

    def __init__(self, *args, sees_cost=True, **kwargs):
        super().__init__(*args, sees_cost=sees_cost, **kwargs)
        if not sees_cost:
            del self.fields["price_each"], self.fields["postage"]
        else:
            self.fields["total_price"].help_text = _("Empty: the usual price.")

    def clean(self):
        """What was paid is one sum in the end: for all, or for each times how many, and postage on top."""
        chosen = super().clean()
        each, postage = chosen.get("price_each"), chosen.get("postage")
        if each is not None and chosen.get("total_price") is not None:
            self.add_error("price_each", _("Say the price of all or of each, not both."))
        elif each is not None and chosen.get("count"):
            chosen["total_price"] = each * chosen["count"]
        if postage:
            if chosen.get("total_price") is None:
                self.add_error("postage", _("Say what the rolls cost without it, too."))
            else:
                chosen["total_price"] += postage
        return chosen

    def rolls(self, **more) -> Rolls:
        chosen = self.cleaned_data
        return super().rolls(details={"supplier": chosen["supplier"], "received_on": chosen["received_on"]}, **more)


class OpeningForm(RollsForm):
    """What stands on the shelf already: full rolls, or one that was weighed."""

    left_g = GramsField(
        label=_("Left on it"), required=False, at_least=Decimal("0.1"), help_text=_("Empty: full and sealed.")
    )
    gross_g = GramsField(
        label=_("or on the scale, with the reel"), required=False, at_least=Decimal(1),
        help_text=_("We take off what the empty reel weighs."),
    )  # fmt: skip
    tare_g = GramsField(label=_("Empty reel"), required=False, help_text=_("Empty: as the filament or brand says."))
    field_order = (
        "filament", "count", "left_g", "gross_g", "tare_g", "location", "total_price", "net_weight_g", "batch"
    )  # fmt: skip

    def clean(self):
        chosen = super().clean()
        gross_g, filament = chosen.get("gross_g"), chosen.get("filament")
        if gross_g is None or filament is None:
            return chosen
        tare_g = filament.tare_g if chosen.get("tare_g") is None else chosen["tare_g"]
        if tare_g is None:
            self.add_error("tare_g", _("Nobody knows yet what this empty reel weighs: type it once."))
        elif gross_g <= tare_g:
            self.add_error("gross_g", _("That is not more than the empty reel weighs."))
        else:
            chosen["left_g"] = gross_g - tare_g
        return chosen

    def rolls(self, **more) -> Rolls:
        chosen = self.cleaned_data
        return super().rolls(left_g=chosen["left_g"], tare_g=chosen["tare_g"], opening=True, **more)


class SpoolForm(forms.Form):
    """What may be corrected about a roll without touching its stock."""

    net_weight_g = GramsField(label=_("Filament on a full reel"), at_least=Decimal(1))
    tare_g = GramsField(label=_("Own empty reel"), required=False, help_text=_("Empty: the filament's or the brand's."))
    batch = forms.CharField(label=_("Maker's batch"), max_length=80, required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args, instance: Lot, initial=None, **kwargs):
        spool: Spool = instance.spool
        known = {
            "net_weight_g": spool.net_weight_g, "tare_g": spool.tare_g, "batch": instance.batch, "note": instance.note
        }  # fmt: skip
        super().__init__(*args, initial=known | (initial or {}), **kwargs)


class BulkForm(forms.Form):
    """What the list does with the rows that are ticked."""

    lot = forms.ModelMultipleChoiceField(Lot.objects.all(), label=_("Rows"), required=False)
    within = forms.ModelChoiceField(Location.objects.all(), required=False)  # all that is in there
    location = LocationField(required=False)

    def clean(self):
        chosen = super().clean()
        if place := chosen.get("within"):
            chosen["lot"] = Lot.objects.available().holding().filter(location__in=Location.objects.within(place))
        if not self.errors and not chosen.get("lot"):
            self.add_error("lot", _("Tick what is to be moved first."))
        return chosen

    def __init__(self, *args, places: LocationField | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        if places is not None:  # a field that shows the same places has read them already
            nowhere = ("", self.fields["location"].empty_label)
            self.fields["location"].widget.choices = [nowhere, *list(places.widget.choices)[1:]]
