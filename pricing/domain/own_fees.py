"""Charges that no shipped schedule names, as rules of the engine."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from nozzly.core.errors import DomainError
from pricing.domain.terms import Terms, own_rule
from pricing.engine import PreviewRow, preview
from pricing.models import Channel, OwnFee


class FeeTwice(DomainError):
    pass


class FeeMakesNoSense(DomainError):
    pass


def add_fee(channel: Channel, facts: Mapping[str, object]) -> OwnFee:
    """Raises FeeTwice, FeeMakesNoSense."""
    fee = draft(channel, facts)
    with transaction.atomic():
        same = channel.own_fees.filter(label__iexact=fee.label, valid_from=fee.valid_from)
        if same.exists():
            raise FeeTwice(_("“{label}” is there from that day on already.").format(label=fee.label))
        fee.save()
        return fee


def draft(channel: Channel, facts: Mapping[str, object]) -> OwnFee:
    """An unsaved fee, checked. Raises FeeMakesNoSense."""
    fee = OwnFee(channel=channel, **facts)
    if not (fee.pct or fee.fixed):
        raise FeeMakesNoSense(_("Type a share or a fixed amount."))
    if (fee.least is not None or fee.most is not None) and not fee.pct:
        raise FeeMakesNoSense(_("At least and at most belong to a share."))
    if fee.least is not None and fee.most is not None:
        raise FeeMakesNoSense(_("Type at least or at most, not both."))
    if fee.valid_until and fee.valid_until < fee.valid_from:
        raise FeeMakesNoSense(_("It ends before it starts."))
    return fee


def end_fee(fee: OwnFee, *, last_day: date) -> OwnFee:
    """Orders up to the last day keep it; one that has not started goes altogether."""
    with transaction.atomic():
        row = OwnFee.objects.select_for_update().get(pk=fee.pk)
        if last_day < row.valid_from:
            row.delete()
        else:
            row.valid_until = last_day
            row.save(update_fields=["valid_until", "updated_at"])
        return row


def preview_of(terms: Terms, fee: OwnFee) -> tuple[PreviewRow, ...]:
    """Ten worked sales without and with it. Raises InvalidSchedule."""
    return preview(terms.schedule, terms.schedule.with_rules((own_rule(fee),)), terms.tax)
