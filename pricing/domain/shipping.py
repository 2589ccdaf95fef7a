"""Ways to post a parcel: the rough ones a new workspace starts with, and those the shop types itself."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.domain.currencies import convert
from nozzly.core.errors import DomainError
from nozzly.core.money import round_money
from pricing.models import ShippingService

FILE = Path(__file__).parents[1] / "post" / "services.toml"
# Holds from before the first order, so that old ones find a price too.
BEGINNING = date(2000, 1, 1)


class ServiceTaken(DomainError):
    pass


@dataclass(frozen=True, kw_only=True)
class ServiceFacts:
    """Money in the workspace's currency."""

    name: str
    carrier: str
    zone: str
    max_weight_g: Decimal
    price: Decimal
    valid_from: date
    max_length_mm: int | None = None
    max_width_mm: int | None = None
    max_height_mm: int | None = None
    source: str = ""


def starters(country: str, currency: str) -> list[ShippingService]:
    """Unsaved services of the country's post; where none is known, those of the fallback."""
    data = _shipped()
    post = data["country"].get(country, data["fallback"])
    return [_starter(row, post, currency, data["note"]) for row in post["services"]]


def start_with(country: str, currency: str) -> list[ShippingService]:
    """Give a new workspace services to reckon with, all marked as assumed; one that has any keeps its own."""
    if ShippingService.objects.exists():
        return []
    return ShippingService.objects.bulk_create(starters(country, currency))


def save_service(service: ShippingService | None, facts: ServiceFacts) -> ShippingService:
    """Add a service or correct one; what a person typed is no longer assumed. Raises ServiceTaken."""
    with transaction.atomic():
        row = service or ShippingService()
        for name, value in vars(facts).items():
            setattr(row, name, value)
        row.assumed = False
        same = ShippingService.objects.filter(name=row.name, zone=row.zone, valid_from=row.valid_from)
        if same.exclude(pk=row.pk).exists():
            raise ServiceTaken(_("{name} has a price from that day on already.").format(name=row.name))
        row.save()
        return row


def save_services(corrections: Sequence[tuple[ShippingService, ServiceFacts]]) -> None:
    """Correct several, all or none. Raises ServiceTaken."""
    with transaction.atomic():
        for service, facts in corrections:
            save_service(service, facts)


def archive_service(service: ShippingService, *, at: datetime) -> None:
    """No longer offered; parcels that went by it keep it."""
    service.archived_at = at
    service.save(update_fields=["archived_at", "updated_at"])


def _starter(row: dict, post: dict, currency: str, note: str) -> ShippingService:
    price = row["price"]
    if post["currency"] != currency:
        price = convert(price, currency=post["currency"], to=currency)
    length, width, height = row.get("size_mm", (None, None, None))
    return ShippingService(
        name=row["name"],
        carrier=row.get("carrier", post["carrier"]),
        zone=row["zone"],
        max_weight_g=row["max_weight_g"],
        max_length_mm=length,
        max_width_mm=width,
        max_height_mm=height,
        price=round_money(price, currency),
        valid_from=BEGINNING,
        assumed=True,
        source=f"{post['site']}: {note}",
    )


@cache
def _shipped() -> dict:
    return tomllib.loads(FILE.read_text(encoding="utf-8"), parse_float=Decimal)
