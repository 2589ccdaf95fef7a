"""The tax on a delivery's invoice: whether it comes back, and for which day it counts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
from nozzly.core.money import split_money
from nozzly.tax.domain import periods
from nozzly.tax.domain.status import reclaims_tax
from nozzly.tenancy.current import current_workspace


class TaxWithTheOffice(DomainError):
    """It was told, and its month is closed."""

    field = "tax"


class DeliveryUndone(DomainError):
    pass


class MoreTaxThanGoods(DomainError):
    """It is said to be in rows that are worth less."""

    field = "tax"


@dataclass(frozen=True)
class InvoiceTax:
    """What the invoice says, in the workspace's currency; zero is an answer too.

    ``in_rows`` says whether rows and postage were typed with it; None: as they cost us.
    """

    amount: Decimal
    kind: str = DeliveryTax.CHARGED
    in_rows: bool | None = None


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

    Goods are worth what they cost us: without tax that comes back on the day they came, with tax that does not.

    Raises NothingDelivered, InvoiceAlreadyBooked, MoreTaxThanGoods.
    """
    with transaction.atomic():
        if tax is not None:
            lines, invoice = _as_they_cost_us(lines, invoice, tax)
        delivery = deliveries.receive(supplier, lines=lines, invoice=invoice, key=key, by=by, at=at)
        if tax is None or delivery.tax is not None:
            return delivery
        return tell_tax(delivery, tax, at=at)


def _as_they_cost_us(lines: Sequence[Line], invoice: Invoice, tax: InvoiceTax) -> tuple[list[Line], Invoice]:
    """The tax taken out of rows and postage, or put into them, shared by what they were typed at."""
    workspace = current_workspace()
    comes_back = reclaims_tax(invoice.received_on, country=workspace.country)
    if tax.in_rows is None or tax.in_rows is not comes_back:
        return list(lines), invoice
    typed = [*(line.total for line in lines), invoice.postage]
    if comes_back and tax.amount > sum(typed):
        raise MoreTaxThanGoods(_("The rows hold less than this tax."))
    shares = split_money(-tax.amount if comes_back else tax.amount, typed, workspace.currency)
    *totals, postage = [amount + share for amount, share in zip(typed, shares, strict=True)]
    changed = [replace(line, total=total) for line, total in zip(lines, totals, strict=True)]
    return changed, replace(invoice, postage=postage)


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
