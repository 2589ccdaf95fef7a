"""People who buy: two rows that are one, and forgetting somebody."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _

from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from production.domain import forgetting
from sales.choices import OrderState
from sales.domain import named_pieces, picking
from sales.models import (
    Customer,
    CustomerAddress,
    CustomerMerge,
    CustomerSettings,
    ImportedOrder,
    Order,
    OrderLine,
)

_PERSONAL = (
    "company", "email", "phone", "tax_number", "address", "city", "region", "postcode", "channel_handle", "note",
)  # fmt: skip
_PLACE = ("address", "city", "region", "postcode", "country")
_FILLED = tuple(name for name in _PERSONAL if name not in _PLACE)
_DAYS_IN_A_MONTH = Decimal("30.4375")


class SameCustomer(DomainError):
    pass


class AlreadyMerged(DomainError):
    pass


class StillWaits(DomainError):
    """An order of this customer is not sent yet."""


def merge(kept: Customer, gone: Customer, *, by: User, at: datetime) -> CustomerMerge:
    """Two rows are one person: orders and addresses of ``gone`` go over, what ``kept`` lacks is filled in.

    A place is filled in whole or not at all: never a street of one in the town of the other.

    The row that is gone stays, hidden, so that the merge can be undone; rows that were merged into it go over too.
    Raises SameCustomer, AlreadyMerged.
    """
    if kept.pk == gone.pk:
        raise SameCustomer(_("This is the same customer."))
    with transaction.atomic():
        kept, gone = _lock(kept.pk, gone.pk)
        if {kept.merged_into_id, gone.merged_into_id, kept.erased_at, gone.erased_at} != {None}:
            raise AlreadyMerged(_("One of the two was merged or erased in the meantime."))
        names = _FILLED if any(getattr(kept, name) for name in _PLACE[:-1]) else (*_FILLED, *_PLACE)
        filled = {name: getattr(kept, name) for name in names if not getattr(kept, name) and getattr(gone, name)}
        tags = list(kept.tags)
        moved = {
            "orders": list(Order.objects.filter(customer=gone).order_by("pk").values_list("pk", flat=True)),
            "addresses": list(gone.addresses.order_by("pk").values_list("pk", flat=True)),
            "filled": sorted(filled),
            "tags": tags,
            "rows": list(Customer.objects.filter(merged_into=gone).order_by("pk").values_list("pk", flat=True)),
        }
        for name in filled:
            setattr(kept, name, getattr(gone, name))
        kept.tags = sorted({*tags, *gone.tags})
        kept.save()
        Customer.objects.filter(pk__in=[gone.pk, *moved["rows"]]).update(merged_into=kept, updated_at=at)
        Order.objects.filter(pk__in=moved["orders"]).update(customer=kept)
        CustomerAddress.objects.filter(pk__in=moved["addresses"]).update(customer=kept)
        return CustomerMerge.objects.create(kept=kept, gone=gone, moved=moved, by=by, at=at)


def undo_merge(row: CustomerMerge, *, at: datetime) -> Customer:
    """Take a merge back; orders that came later stay where they are. Raises AlreadyMerged."""
    with transaction.atomic():
        kept, gone = _lock(row.kept_id, row.gone_id)
        row = CustomerMerge.objects.select_for_update().get(pk=row.pk)
        if row.undone_at or kept.erased_at or gone.erased_at or kept.merged_into_id:
            raise AlreadyMerged(_("This merge cannot be taken back any more."))
        Order.objects.filter(pk__in=row.moved["orders"], customer=kept).update(customer=gone)
        CustomerAddress.objects.filter(pk__in=row.moved["addresses"], customer=kept).update(customer=gone)
        for name in row.moved["filled"]:
            if getattr(kept, name) == getattr(gone, name):
                setattr(kept, name, "")
        kept.tags = [tag for tag in kept.tags if tag in row.moved["tags"] or tag not in gone.tags]
        kept.save()
        gone.merged_into = None
        gone.save(update_fields=["merged_into", "updated_at"])
        earlier = Customer.objects.filter(pk__in=row.moved.get("rows", []), merged_into=kept)
        earlier.update(merged_into=gone, updated_at=at)
        row.undone_at = at
        row.save(update_fields=["undone_at"])
        return gone


def twins_of(customer: Customer) -> QuerySet:
    """Who might be the same person: the same address for mail, or name and postcode."""
    same = Q(pk=None)
    if customer.email:
        same |= Q(email__iexact=customer.email)
    if customer.name and customer.postcode:
        same |= Q(name__iexact=customer.name, postcode__iexact=customer.postcode)
    return Customer.objects.known().filter(same).exclude(pk=customer.pk).order_by("pk")


def erase_customer(customer: Customer, *, at: datetime) -> Customer:
    """Forget who it was; orders and invoices stay, as the law wants. Raises StillWaits."""
    with transaction.atomic():
        ids = [customer.pk, *Customer.objects.filter(merged_into=customer).values_list("pk", flat=True)]
        people = _lock(*ids)
        if Order.objects.filter(customer__in=ids, state__in=OrderState.open()).exists():
            raise StillWaits(_("An order of this customer is not sent yet; send or cancel it first."))
        _erase(people, at=at)
        return people[0]


def erase_old(*, on: date, at: datetime) -> int:
    """Every night: forget those whose last order is older than the shop wants to know; answers how many."""
    months = customer_settings().retention_months
    if not months:
        return 0
    before = on - timedelta(days=int(months * _DAYS_IN_A_MONTH))
    with transaction.atomic():
        latest = Customer.objects.known().annotate(last_on=Max("orders__placed_on"))
        old = latest.filter(Q(last_on__lt=before) | Q(last_on=None, created_at__date__lt=before))
        waiting = Order.objects.filter(state__in=OrderState.open(), customer__isnull=False).values("customer")
        ids = list(old.exclude(pk__in=waiting).order_by("pk").values_list("pk", flat=True)[:1000])
        ids += Customer.objects.filter(merged_into__in=ids).values_list("pk", flat=True)
        people = _lock(*ids)
        _erase(people, at=at)
        return len(people)


def customer_settings() -> CustomerSettings:
    return CustomerSettings.objects.filter(pk=1).first() or CustomerSettings(pk=1)


def _erase(people: Iterable[Customer], *, at: datetime) -> None:
    people = list(people)
    for person in people:
        person.name = _("Erased customer")
        for name in _PERSONAL:
            setattr(person, name, "")
        person.tags, person.erased_at = [], at
    Customer.objects.bulk_update(people, ["name", *_PERSONAL, "tags", "erased_at"], batch_size=500)
    CustomerAddress.objects.filter(customer__in=people).delete()
    orders = Order.objects.filter(customer__in=people)
    ImportedOrder.objects.filter(order__in=orders).update(before={})
    lines = OrderLine.objects.filter(order__in=orders).exclude(personalisation="")
    forgetting.forget_personalisation(picking.SOURCE, list(lines.values_list("pk", flat=True)))
    named_pieces.forget(lines.select_related("order"))
    lines.update(personalisation="")
    orders.update(ship_to="", gift_note="", note="", updated_at=at)


def _lock(*ids: int) -> list[Customer]:
    """Locked in the order of their keys, answered in the order asked."""
    found = {row.pk: row for row in Customer.objects.filter(pk__in=ids).order_by("pk").select_for_update()}
    return [found[pk] for pk in ids]


def repeat_rate() -> tuple[int, int]:
    """How many bought something, and how many of them came back; what was cancelled does not count."""
    orders = Order.objects.exclude(state=OrderState.CANCELLED).filter(customer__isnull=False).order_by()
    # Of the customer, not of the key: an index then holds all that is counted.
    buyers = orders.values("customer").annotate(order_count=Count("customer"))
    found = buyers.aggregate(buyers=Count("customer"), again=Count("customer", filter=Q(order_count__gt=1)))
    return found["buyers"], found["again"]
