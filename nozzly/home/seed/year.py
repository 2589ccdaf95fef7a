"""Plays the year: a workspace of its own, filled in one transaction or not at all."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.utils import timezone

from catalog.domain import rates, recosting
from catalog.models import Product
from inventory.choices import MovementKind
from inventory.domain import searching
from inventory.models import Item
from nozzly.accounts.domain import people
from nozzly.accounts.models import User
from nozzly.accounts.permissions import Role
from nozzly.core.errors import DomainError
from nozzly.home.domain.sign_up import Newcomer, move_in
from nozzly.home.seed import sizes
from nozzly.home.seed.books import Posting
from nozzly.home.seed.catalogue import Catalogue
from nozzly.home.seed.keeping import Keeping
from nozzly.home.seed.market import Market
from nozzly.home.seed.pricelist import PriceList
from nozzly.home.seed.shop import Agenda, Shop
from nozzly.home.seed.sizes import Size
from nozzly.home.seed.stockroom import Stockroom, delivery_days
from nozzly.home.seed.tonight import ORDERS_EACH, RUNS_EACH, Tonight
from nozzly.home.seed.workshop import Workshop
from nozzly.tenancy.current import in_public, in_workspace
from nozzly.tenancy.domain import workspaces
from nozzly.tenancy.models import Workspace
from production.models import Run, RunCounter
from sales.models import Order, OrderCounter

_ROWS_IN_A_PORTION = 6000
_TODAY = 0.3  # of a whole day's runs and orders


class NotEmpty(DomainError):
    """Somebody works in the workspace already."""


def workspace_at(slug: str, *, at: datetime) -> Workspace:
    """The workspace of that address; made, with its owner, when there is none."""
    with in_public():
        known = Workspace.objects.filter(slug=slug).first()
    newcomer = Newcomer(
        business_name=sizes.BUSINESS, address=slug, country=sizes.COUNTRY, tax_registered=True,
        email=sizes.OWNER_EMAIL, password=sizes.PASSWORD,
    )  # fmt: skip
    return known or move_in(newcomer, at=at)


def is_empty(workspace: Workspace) -> bool:
    with in_workspace(workspace):
        return not any(model.objects.exists() for model in (Item, Product, Run, Order))


def fill(workspace: Workspace, size: Size, *, at: datetime) -> None:
    """Fill an empty workspace, all or nothing. Raises NotEmpty."""
    if not is_empty(workspace):
        raise NotEmpty(f"“{workspace.name}” ({workspace.slug}) holds something already; it stays as it is.")
    with in_workspace(workspace), transaction.atomic():
        with connection.cursor() as cursor:
            # Else the server queues a check for every row to the end,
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            # and looks foreign keys up row by row, by the plans it made while the tables were empty.
            cursor.execute("SET LOCAL enable_seqscan = off")
        _play(workspace, size, at=at)
    _gather_statistics(workspace)


def _play(workspace: Workspace, size: Size, *, at: datetime) -> None:
    shop = Shop(
        size=size, now=at, zone=workspace.zone, code=workspace.code, country=workspace.country, currency=workspace.currency,
        owner=_owner(), operator=_operator(),
    )  # fmt: skip
    rates.ensure_default_rates()
    agenda = Agenda()
    stockroom = Stockroom(shop)
    catalogue = Catalogue(shop, stockroom)
    prices = PriceList(shop, catalogue)
    workshop = Workshop(shop, stockroom, catalogue, agenda)
    market = Market(shop, stockroom, catalogue, prices, agenda)
    stockroom.open_books(shop.moment(shop.first_day, 8))
    _first_pieces(shop, catalogue, workshop)
    _write_the_agenda(shop, agenda, stockroom, workshop, market)
    agenda.play(until=at, after_each=lambda: _flush_when_full(shop))
    shop.flush()
    tonight = Tonight(workshop, market)
    tonight.play()
    stockroom.settle()
    tonight.place_rolls()
    stockroom.store_states()
    _settle(shop, workshop, market)
    Keeping(shop, stockroom).play()
    workspaces.fix_code(at=at)


def _owner() -> User:
    owner = User.objects.filter(role=Role.OWNER).order_by("pk").first()
    User.objects.filter(pk=owner.pk, name="").update(name="Robin Copper")
    owner.refresh_from_db()
    return owner


def _operator() -> User:
    known = User.objects.filter(email=sizes.OPERATOR_EMAIL).first()
    return known or people.add_person(
        email=sizes.OPERATOR_EMAIL, password=sizes.PASSWORD, role=Role.OPERATOR, name="Sam Fox"
    )


def _first_pieces(shop: Shop, catalogue: Catalogue, workshop: Workshop) -> None:
    """A few of everything were on the shelf when the books began, valued at what they would cost to make."""
    at = shop.moment(shop.first_day, 8)
    posting = shop.books.start(Posting("hand", None, "", shop.dice.key(), shop.owner, at))
    for ready in workshop.ready:
        for index, (made, count) in enumerate(ready.bed.outputs):
            if made.lots:
                continue
            pieces = shop.dice.randint(1, 3)
            cost = sum((part.amount for part in ready.estimate if part.output == index), Decimal(0)) / count
            bought = (
                sum(
                    (part.amount for part in ready.estimate if part.output == index and part.line.in_bought), Decimal(0)
                )
                / count
            )
            holding = shop.books.lot(
                made.variant.item, received_on=shop.first_day, location=workshop.stockroom.shelves[5]
            )
            values = ((bought * pieces).quantize(Decimal("0.01")), (cost * pieces).quantize(Decimal("0.01")))
            shop.books.put(posting, holding, MovementKind.OPENING, Decimal(pieces), values=values)
            made.lots.append(holding)
            made.free += pieces


def _write_the_agenda(shop: Shop, agenda: Agenda, stockroom: Stockroom, workshop: Workshop, market: Market) -> None:
    size, dice = shop.size, shop.dice
    days = [shop.first_day + timedelta(days=number) for number in range(size.days + 1)]
    # The shop grows through its year and sells most before Christmas.
    busy = [(60 + number * 80 / size.days) * (1.7 if day.month in {11, 12} else 1) for number, day in enumerate(days)]
    busy[-1] *= _TODAY  # whatever the hour, so that the year before it is the same at any hour
    for day in dice.choices(days, busy, k=size.runs - (RUNS_EACH - 1) * size.tonight):
        agenda.add(_so_far(shop, day, shop.moment(day, 7) + dice.minutes(30, 760)), workshop.plan)
    for day in dice.choices(days, busy, k=size.orders - ORDERS_EACH * size.tonight):
        agenda.add(_so_far(shop, day, shop.moment(day, 0) + dice.minutes(380, 1420)), market.place)
    deliveries = list(delivery_days(shop, stockroom.deliveries_every))
    stockroom.deliveries_left = len(deliveries)
    for at in deliveries:
        agenda.add(at, stockroom.restock)
    for day in days[1:-1]:
        agenda.add(shop.moment(day, 9), stockroom.restock_parts)


def _so_far(shop: Shop, day: date, at: datetime) -> datetime:
    """The moment; one of today as far into the day that has passed as it would be into the whole one."""
    midnight = shop.moment(shop.today, 0)
    return at if day != shop.today else midnight + (shop.now - midnight) * ((at - midnight) / timedelta(days=1))


def _flush_when_full(shop: Shop) -> None:
    if shop.outbox.size > _ROWS_IN_A_PORTION:
        shop.flush()


def _settle(shop: Shop, workshop: Workshop, market: Market) -> None:
    RunCounter.objects.bulk_create(
        RunCounter(series=f"{day:%Y%m%d}", last=last) for day, last in workshop.counters.items()
    )
    OrderCounter.objects.create(series="order", last=market.count)
    recosting.recost_everything(on=timezone.localdate(shop.now), at=shop.now)
    searching.refresh_items(Item.objects.values_list("pk", flat=True))


def _gather_statistics(workspace: Workspace) -> None:
    """Autovacuum would come in a minute; until then every plan would be made for empty tables."""
    with in_workspace(workspace), connection.as_owner(), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")
