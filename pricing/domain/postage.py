"""What posting a parcel costs: the cheapest service that takes its weight and size."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from nozzly.tax.domain.treatment import EU_COUNTRIES
from pricing.choices import ChannelKind, Zone
from pricing.models import Channel, ShippingService

ZERO = Decimal(0)
EUROPE = EU_COUNTRIES | {"GB", "CH", "NO", "IS", "LI"}
# Without measures nobody can promise that it goes through the slot for letters.
_LETTER_MM = 30


@dataclass(frozen=True)
class Postage:
    """What the shop pays, in the workspace's currency; ``notes`` say what is guessed about it."""

    paid: Decimal
    service: ShippingService | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parcel:
    weight_g: Decimal | None
    weight_assumed: bool = False
    size_mm: tuple[Decimal, ...] = ()


HANDED_OVER = Postage(ZERO)


def zone_of(home: str, to: str) -> str:
    """How far a country is, in the words of the services that Nozzly ships."""
    if home == to:
        return Zone.HOME
    return Zone.EUROPE if {home, to} <= EUROPE else Zone.WORLD


def postage_for(
    channel: Channel, parcel: Parcel, services: Sequence[ShippingService], *, home: str, to: str = ""
) -> Postage:
    """What a parcel to ``to``, or to most buyers of the channel, costs; nothing where it is handed over."""
    if channel.kind == ChannelKind.FAIR:
        return HANDED_OVER
    if parcel.weight_g is None:
        return Postage(ZERO, notes=(_("The weight is not known, so postage is left out."),))
    zone = zone_of(home, to or channel.country)
    service = cheapest(services, parcel, zone=zone)
    if service is None:
        return Postage(ZERO, notes=(_("No shipping service takes this parcel, so postage is left out."),))
    return Postage(service.price, service, tuple(_notes(parcel, service)))


def cheapest(services: Iterable[ShippingService], parcel: Parcel, *, zone: str) -> ShippingService | None:
    fitting = [service for service in services if service.zone == zone and fits(service, parcel)]
    return min(fitting, key=lambda service: (service.price, service.pk or 0), default=None)


def fits(service: ShippingService, parcel: Parcel) -> bool:
    if parcel.weight_g is None or parcel.weight_g > service.max_weight_g:
        return False
    limits = service.limits_mm
    if not parcel.size_mm:
        return not limits or limits[-1] > _LETTER_MM
    return all(side <= limit for side, limit in zip(parcel.size_mm[-len(limits) :], limits, strict=False))


def _notes(parcel: Parcel, service: ShippingService) -> Iterable[str]:
    if parcel.weight_assumed:
        yield _("The weight is guessed from the grams printed; weigh one parcel.")
    if service.assumed:
        yield _("The price of {service} is a rough one; type what you pay.").format(service=service)
