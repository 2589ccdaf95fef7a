"""Exports of channels and shipping services read back."""

from dataclasses import fields

from django import forms
from django.utils.translation import gettext_lazy as _

from nozzly.accounts.permissions import Permission
from nozzly.web.correcting import CorrectingImporter, row_numbers
from pricing.domain import shipping
from pricing.domain.shipping import ServiceFacts
from pricing.forms.fields import MoneyField
from pricing.models import Channel, ShippingService
from pricing.resources.exports import ChannelResource, ShippingServiceResource


class ChannelImporter(CorrectingImporter):
    name = "channels"
    title = _("Compare channels")
    intro = _("Says whether a file holds the channels as they are. Fees and targets are set on the channel's own page.")
    permission = Permission.PRICE_EDIT
    list_url = "pricing:channel_list"
    resource = ChannelResource
    identity = "name"
    unknown = _("There is no such channel; add it by its fee schedule.")

    def known(self, identities):
        return Channel.objects.filter(name__in=identities).for_table()

    def correct(self, corrections, *, by, at):
        """A channel is what its fee schedule says: a file changes nothing."""


class ShippingServiceImporter(CorrectingImporter):
    name = "shipping"
    title = _("Correct shipping services")
    intro = _("The export of the list, with other prices or sources. A row is known by its number.")
    permission = Permission.PRICE_EDIT
    list_url = "pricing:shipping_service_list"
    resource = ShippingServiceResource
    editable = {"price": MoneyField(), "source": forms.CharField(max_length=200)}
    unknown = _("There is no service with this number; add it on the list.")

    def known(self, identities):
        return ShippingService.objects.active().filter(pk__in=row_numbers(identities))

    def correct(self, corrections, *, by, at):
        names = [each.name for each in fields(ServiceFacts)]
        shipping.save_services(
            [
                (service, ServiceFacts(**{name: getattr(service, name) for name in names} | _said(values)))
                for service, values in corrections
            ]
        )


def _said(values):
    return {name: value or "" for name, value in values.items() if value is not None or name != "price"}
