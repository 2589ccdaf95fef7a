"""Suppliers and brands are known by their names, however those are spaced and whichever letters are capital."""

from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from inventory.models import Brand, Supplier
from nozzly.core.errors import DomainError


class NameTaken(DomainError):
    pass


def tidy(name: str) -> str:
    """Without spaces at its ends and with single ones inside."""
    return " ".join(name.split())


def supplier_named(name: str) -> Supplier:
    """The supplier that a person means, made when it is new."""
    name = tidy(name)
    known = Supplier.objects.filter(name__iexact=name).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return Supplier.objects.create(name=name)
    except IntegrityError:  # somebody was quicker
        return Supplier.objects.get(name__iexact=name)


def brand_named(name: str, *, empty_reel_g: Decimal | None = None) -> Brand:
    """The brand that a person means; one that is new starts with what its bare reel weighs, where that is known."""
    name = tidy(name)
    known = Brand.objects.filter(name__iexact=name).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return Brand.objects.create(name=name, empty_reel_g=empty_reel_g)
    except IntegrityError:  # somebody was quicker
        return Brand.objects.get(name__iexact=name)


def save_supplier(supplier: Supplier) -> Supplier:
    """Store what a form changed. Raises NameTaken."""
    supplier.name = tidy(supplier.name)
    try:
        with transaction.atomic():
            supplier.save()
    except IntegrityError:
        raise NameTaken(_("There is already a supplier called %(name)s.") % {"name": supplier.name}) from None
    return supplier
