"""Filters of the lists."""

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from nozzly.web.forms import FilterForm
from nozzly.web.lookups import LookUpField
from pricing.choices import SheetKind, Zone
from pricing.models import Channel


class ChannelFilter(FilterForm):
    state = forms.ChoiceField(label=_("Show"), choices=[("", _("In use")), ("archived", _("Archived"))])

    def narrow(self, queryset):
        return queryset.archived() if self.cleaned_data["state"] else queryset.active()


class ShippingFilter(FilterForm):
    search = forms.CharField(label=_("Search services"))
    zone = forms.ChoiceField(label=_("Goes to"), choices=[("", _("Everywhere")), *Zone.choices])

    def narrow(self, queryset):
        if text := self.cleaned_data["search"]:
            queryset = queryset.matching(text)
        if zone := self.cleaned_data["zone"]:
            queryset = queryset.filter(zone=zone)
        return queryset


class MatchFilter(FilterForm):
    search = forms.CharField(label=_("Search titles"))
    state = forms.ChoiceField(label=_("Show"), choices=[("", _("To be answered")), ("answered", _("Answered"))])

    def narrow(self, queryset):
        if text := self.cleaned_data["search"]:
            queryset = queryset.filter(title__icontains=text)
        return queryset.answered() if self.cleaned_data["state"] else queryset.waiting()


class MatchAnswerForm(forms.Form):
    product = LookUpField(Variant.objects.none(), source="catalog:variant_suggestions", label=_("Product"))
    pieces = forms.IntegerField(label=_("Pieces"), min_value=1, max_value=100_000)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = Variant.objects.for_choice()
        self.fields["product"].widget.attrs |= {"class": "form-control", "placeholder": _("Product or SKU")}


class SinceForm(forms.Form):
    since = forms.DateField(required=False)


class ListingFilter(FilterForm):
    search = forms.CharField(label=_("Search listings"))
    channel = forms.ModelChoiceField(Channel.objects.none(), label=_("Channel"), empty_label=_("All channels"))
    state = forms.ChoiceField(label=_("State"), choices=[("", _("On sale")), ("ended", _("Ended")), ("all", _("All"))])

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["channel"].queryset = Channel.objects.active().in_order()

    def narrow(self, queryset):
        data = self.cleaned_data
        if text := data["search"]:
            queryset = queryset.matching(text)
        if data["channel"]:
            queryset = queryset.filter(channel=data["channel"])
        if data["state"] == "ended":
            return queryset.filter(ended_at__isnull=False)
        return queryset if data["state"] == "all" else queryset.live()


class SheetFilter(FilterForm):
    search = forms.CharField(label=_("Search price sheets"))
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("All kinds")), *SheetKind.choices])

    def narrow(self, queryset):
        if text := self.cleaned_data["search"]:
            queryset = queryset.filter(name__icontains=text)
        if kind := self.cleaned_data["kind"]:
            queryset = queryset.filter(kind=kind)
        return queryset
