"""The tax on a delivery's invoice: whether it comes back, and for which day it counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.choices import DeliveryTax
from inventory.domain import deliveries
from inventory.domain.deliveries import Invoice, Line
from inventory.models import Delivery, Supplier
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from nozzly.tax.domain import periods
from nozzly.tax.domain.status import reclaims_tax
from nozzly.tenancy.current import current_workspace


class TaxWithTheOffice(DomainError):
    """It was told, and its month is closed."""

    field = "tax"


class DeliveryUndone(DomainError):
    pass


@dataclass(frozen=True)
class InvoiceTax:
    """What the invoice says, in the workspace's currency; zero is an answer too."""

    amount: Decimal
    kind: str = DeliveryTax.CHARGED


def receive(  # noqa: PLR0913 - what a delivery has to say
    supplier: Supplier,
    *,
    lines: Sequence[Line],
    invoice: Invoice,
    tax: InvoiceTax | None,
    key: UUID,
    by: User | None,
    at: datetime,
) -> Delivery:
    """Book a delivery with the tax on its invoice; the same ``key`` again books nothing.

    Raises NothingDelivered, InvoiceAlreadyBooked.
    """
    with transaction.atomic():
        delivery = deliveries.receive(supplier, lines=lines, invoice=invoice, key=key, by=by, at=at)
        if tax is None or delivery.tax is not None:
            return delivery
        return tell_tax(delivery, tax, at=at)


def tell_tax(delivery: Delivery, tax: InvoiceTax, *, at: datetime) -> Delivery:
    """Say how much tax the invoice holds. For a closed month it counts today.

    Raises DeliveryUndone, TaxWithTheOffice.
    """
    with transaction.atomic():
        row = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
        if row.undone_at:
            raise DeliveryUndone(_("This delivery was undone."))
        if row.tax_on and periods.is_closed(row.tax_on):
            raise TaxWithTheOffice(_("Its month is closed; enter the difference as an expense of today."))
        today = timezone.localdate(at)
        row.tax, row.tax_kind = tax.amount, tax.kind
        row.tax_back = reclaims_tax(row.received_on, country=current_workspace().country)
        row.tax_on = today if periods.is_closed(row.received_on) else row.received_on
        row.save(update_fields=["tax", "tax_kind", "tax_back", "tax_on"])
        return row
