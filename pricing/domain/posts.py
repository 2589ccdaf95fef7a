"""Finds the post for the parcels of a comparison."""

from collections.abc import Sequence

from pricing.choices import ChannelKind
from pricing.domain.postage import Parcel, Postage, postage_for
from pricing.domain.questions import Offer, Question
from pricing.domain.subjects import Subject
from pricing.models import Channel, ShippingService


class Posts:
    """Finds the post for each parcel once, however many channels send it equally far."""

    def __init__(self, services: Sequence[ShippingService], *, home: str):
        self._services, self._home = services, home
        self._known: dict[tuple, Postage] = {}

    def of(self, subject: Subject, channel: Channel, offer: Offer, question: Question) -> Postage:
        if question.postage_paid is not None and channel.kind != ChannelKind.FAIR:
            return Postage(question.postage_paid)
        count = offer.pieces * question.quantity
        weight_g = subject.weight_g * count if subject.weight_g is not None else None
        parcel = Parcel(weight_g, subject.weight_assumed, subject.size_mm if count == 1 else ())
        country = question.country or channel.country
        key = (channel.kind == ChannelKind.FAIR, country, parcel)
        if key not in self._known:
            self._known[key] = postage_for(channel, parcel, self._services, home=self._home, to=country)
        return self._known[key]
