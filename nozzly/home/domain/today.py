"""What the first page of the day says: the month's profit, what waits, the printers, and how far a newcomer is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

from django.db.models import Exists, Model
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from catalog.models import CostSnapshot, Product
from inventory.models import Lot, Spool
from nozzly.accounts.models import User
from nozzly.accounts.permissions import Permission
from production.models import Printer, Run
from sales.domain.earned import earned
from sales.models import Order


@dataclass(frozen=True)
class Task:
    """Something that waits for somebody; shown while ``count`` is not zero."""

    label: str
    count: int
    url: str
    icon: str


@dataclass(frozen=True)
class Month:
    """The month so far as the report of profit has it, with lost runs, expenses and charges; and how many orders were sent.

    ``before`` is the profit of the same days of the month before.
    """

    profit: Decimal
    net: Decimal
    orders: int
    before: Decimal

    @property
    def margin_pct(self) -> Decimal | None:
        return self.profit * 100 / self.net if self.net else None


@dataclass(frozen=True)
class Step:
    """A card of the first evening's checklist."""

    title: str
    text: str
    url: str
    icon: str
    done: bool


@dataclass(frozen=True)
class PrinterNow:
    """A printer and what it does at the moment; ``due`` says that its run should be finished."""

    printer: Printer
    run: Run | None
    due: bool


def month_so_far(today: date) -> Month:
    """A shorter month before ends the comparison with its last day."""
    first = today.replace(day=1)
    last_before = first - timedelta(days=1)
    days_before = (last_before.replace(day=1), last_before.replace(day=min(today.day, last_before.day)))
    now, before = earned([(first, today), days_before])
    return Month(now.profit, now.net, Order.objects.shipped_between(first, today).count(), before.profit)


def tasks(user: User, *, at: datetime) -> list[Task]:
    """What waits, as far as the person may do something about it."""
    sees_orders = user.has_permission(Permission.ORDER_PACK) or user.has_permission(Permission.ORDER_EDIT)
    today = localdate(at)
    orders = Order.objects.waiting_counts() if sees_orders or user.has_permission(Permission.RUN_PLAN) else {}
    offers = [
        (Permission.RUN_OPERATE, _("Runs to finish"), Run.objects.due(at).count, "production:morning_round", "", "printer"),
        (Permission.ORDER_PACK, _("Parcels to pack"), partial(orders.get, "to_pack"), "sales:order_list", "?tab=pack", "package"),
        (Permission.ORDER_EDIT, _("Orders to confirm"), partial(orders.get, "inbox"), "sales:order_list", "?tab=inbox", "inbox"),
        (Permission.RUN_PLAN, _("Orders that wait for prints"), partial(orders.get, "to_print"), "sales:order_list", "?tab=print", "cube"),
        (Permission.COST_VIEW, _("Costs that moved today"), _moved(today).count, "catalog:cost_changes", f"?since={today}", "trending-up"),
        (Permission.STOCK_COUNT, _("Lots to count"), _to_count().count, "inventory:spool_list", "?state=count", "scale"),
    ]  # fmt: skip
    found = [
        Task(label, count(), reverse(name) + query, icon)
        for permission, label, count, name, query, icon in offers
        if user.has_permission(permission)
    ]
    return [task for task in found if task.count]


def late_orders(today: date, *, most: int = 8) -> list[Order]:
    late = (
        Order.objects.late(today)
        .select_related("customer")
        .only("number", "due_on", "customer__name", "customer__company")
    )
    return list(late.order_by("due_on", "pk")[:most])


def printers_now(at: datetime) -> list[PrinterNow]:
    """Every active printer by name with its run."""
    running = {}
    runs = Run.objects.printing().with_expected_end().only("printer", "title", "state")
    for run in runs.order_by("started_at", "pk"):
        running[run.printer_id] = run
    answers = []
    for printer in Printer.objects.active().by_name().only("name"):
        run = running.get(printer.pk)
        due = bool(run and run.expected_end_at and run.expected_end_at <= at)
        answers.append(PrinterNow(printer, run, due))
    return answers


def checklist(user: User) -> list[Step]:
    """Four cards until each has been done once; nothing for those who may not do them."""
    if not user.has_permission(Permission.CATALOG_EDIT):
        return []
    steps = [
        (_("Drop your sliced files"), _("Ten files become ten products with their cost."), "catalog:drop_files", "file-upload", Product),
        (_("See the truth"), _("What Etsy, eBay, your shop and the fair leave you."), "pricing:compare", "scale", Order),
        (_("Count your spools"), _("Half-used rolls are fine: type what the scale says."), "inventory:opening_stock", "disc", Spool),
        (_("Plan tonight"), _("Fill the beds and see what has to be loaded."), "production:tonight", "moon-stars", Run),
    ]  # fmt: skip
    done = _there_are([model for *_texts, model in steps])
    if all(done):
        return []
    return [
        Step(title, text, reverse(name), icon, is_done)
        for (title, text, name, icon, _model), is_done in zip(steps, done, strict=True)
    ]


def _there_are(models: Sequence[type[Model]]) -> list[bool]:
    """Whether any row of each is there, asked in one trip."""
    found = {f"has_{number}": Exists(model.objects.all()) for number, model in enumerate(models)}
    return list(User.objects.annotate(**found).values_list(*found).first() or [False] * len(found))


def _moved(on: date):
    """Costs that the night, or somebody since, found to be others than before."""
    return CostSnapshot.objects.moves().of_days(on, None)


def _to_count():
    return Lot.objects.available().filter(needs_count=True)
