"""The life of an import: files are taken in and checked, questions answered, applied in portions, undone."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import DatabaseError, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from pricing.domain.exchange import type_rate
from pricing.engine import schedules
from pricing.models import Channel
from sales.choices import ImportState, OrderFileKind
from sales.domain import import_plans, import_rates, waiting_rows
from sales.domain.import_applying import Desk, write_portion
from sales.domain.import_plans import Change, Ground, OrderPlan, Verdict
from sales.domain.import_rates import MissingRate
from sales.domain.statement_rows import RowPlan, Teller, book_rows, plan_rows
from sales.models import ImportFile, ImportSettings, OrderImport
from sales.orderfiles.dates import DateOrder
from sales.orderfiles.errors import UnreadableOrderFile
from sales.orderfiles.facts import FileRow, OrderFile
from sales.orderfiles.joining import Joined, join
from sales.orderfiles.reader import read_order_file
from sales.orderfiles.sheets import MOST_ROWS, open_sheet

PORTION = 400
MOST_FILES = 12
_SHOWN = 200
_SILENT = timedelta(minutes=10)
KEPT_DAYS = 30  # files that nobody applied


class NothingToImport(DomainError):
    pass


class NotNow(DomainError):
    """The import is in a state in which this cannot be done."""


class QuestionOpen(DomainError):
    """Something must be said first: which channel, which date, which columns."""


@dataclass(frozen=True)
class Upload:
    name: str
    content: bytes


@dataclass
class Check:
    """Everything that is known of an import before it is applied."""

    files: list[tuple[ImportFile, OrderFile | None, str]] = field(default_factory=list)
    joined: Joined = field(default_factory=Joined)
    orders: list[OrderPlan] = field(default_factory=list)
    rows: RowPlan = field(default_factory=RowPlan)
    channels: list[Channel] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    rates: list[MissingRate] = field(default_factory=list)  # must be typed first
    ground: Ground | None = None
    rows_to_keep: int = 0  # those of orders that are not here, as far as they do not wait already

    @property
    def may_apply(self) -> bool:
        something = any(plan.verdict in {Verdict.NEW, Verdict.CHANGED} for plan in self.orders)
        rows = (
            self.rows.for_orders or self.rows.for_account or self.rows.payouts or self.rows.refunds or self.rows_to_keep
        )
        return not self.questions and bool(something or rows)


def _headers_key(content: bytes) -> str:
    """Tables with the same headers were made by the same hand: what was said of one holds for the next."""
    headers = open_sheet(content).headers
    return hashlib.sha256("\x1f".join(headers).encode()).hexdigest()


def _said_before(content: bytes) -> dict:
    """Columns that a person matched for an earlier table with the same headers."""
    earlier = ImportFile.objects.filter(kind=OrderFileKind.TABLE, answers__headers=_headers_key(content))
    known = earlier.order_by("-pk").values_list("answers", flat=True).first()
    return {name: known[name] for name in ("columns", "headers")} if known else {}


def take_in(uploads: Sequence[Upload], *, key: UUID, by: User, at: datetime) -> OrderImport:
    """Keep the files and check them. The same ``key`` again answers the same import.

    Raises NothingToImport, UnreadableOrderFile when not one of them can be read.
    """
    if not 0 < len(uploads) <= MOST_FILES:
        raise NothingToImport(_("Choose between 1 and {most} files.").format(most=MOST_FILES))
    known = OrderImport.objects.filter(key=key).first()
    if known:
        return known
    read = [_read(upload.content, {}) for upload in uploads]
    if all(file is None for file, _error in read):
        raise UnreadableOrderFile(
            " ".join(f"{upload.name}: {error}" for upload, (_file, error) in zip(uploads, read, strict=True))
        )
    _refuse_what_is_no_import([file for file, _error in read if file])
    with transaction.atomic():
        made = OrderImport.objects.create(
            name=", ".join(upload.name for upload in uploads)[:200], key=key, created_by=by, created_at=at
        )
        for position, (upload, (file, _error)) in enumerate(zip(uploads, read, strict=True)):
            row = ImportFile(
                order_import=made, position=position, name=upload.name[:200], kind=file.kind if file else "",
                digest=hashlib.sha256(upload.content).hexdigest(),
                answers=_said_before(upload.content) if file and file.kind == OrderFileKind.TABLE else {},
            )  # fmt: skip
            row.content.save(f"{made.pk}-{position}.txt", ContentFile(upload.content), save=False)
            row.save()
        channels = fitting_channels([file for file, _error in read if file])
        if len(channels) == 1:
            made.channel = channels[0]
            made.save(update_fields=["channel", "updated_at"])
    return made


def _refuse_what_is_no_import(files: Sequence[OrderFile]) -> None:
    if sum(file.row_count for file in files) > MOST_ROWS:
        raise NothingToImport(
            _("These files have more than {most:,} rows; import fewer at once.").format(most=MOST_ROWS)
        )
    if len({file.platform for file in files}) > 1:
        raise NothingToImport(_("These files come from different marketplaces; import them one marketplace at a time."))


def fitting_channels(files: Sequence[OrderFile]) -> list[Channel]:
    """Channels of the marketplace the files come from, in their currency where one is; any for a table of one's own."""
    platform = files[0].platform if files else ""
    channels = list(Channel.objects.active().in_order())
    if platform:
        known = {info.id: info.channel for info in schedules.available()}
        channels = [each for each in channels if known.get(each.schedule_id, "").startswith(platform)]
    currencies = {currency for file in files for currency in file.currencies}
    same = [channel for channel in channels if not currencies or {channel.currency} == currencies]
    return same or channels


def _read(content: bytes, answers: dict) -> tuple[OrderFile | None, str]:
    dates = DateOrder(answers["dates"]) if answers.get("dates") in list(DateOrder) else None
    try:
        return read_order_file(content, dates=dates, columns=answers.get("columns")), ""
    except UnreadableOrderFile as error:
        return None, str(error)


def check(order_import: OrderImport, *, today: date) -> Check:
    """Read the files once more and compare them with the books; writes nothing."""
    found = Check()
    for row in order_import.files.order_by("position"):
        file, error = _read(_content(row), row.answers) if row.content else (None, _("The file is gone."))
        found.files.append((row, file, error))
    files = [file for _row, file, _error in found.files if file]
    found.questions = sorted({question for file in files for question in file.questions})
    found.channels = fitting_channels(files)
    if order_import.channel is None:
        found.questions.append("channel")
        return found
    found.joined = join(files)
    ground = found.ground = import_plans.ground_of(order_import.channel, today=today, joined=found.joined)
    found.orders = import_plans.plan_orders(found.joined, ground)
    coming = [plan.order for plan in found.orders if plan.verdict == Verdict.NEW or Change.NUMBER in plan.changes]
    found.rows = plan_rows(found.joined.rows, order_import.channel, coming=coming)
    found.rows_to_keep = waiting_rows.new_ones(order_import.channel, found.rows.waiting)
    asked = [plan.order for plan in found.orders if plan.verdict != Verdict.REFUSED]
    found.rates = import_rates.missing(asked, found.rows.foreign, ground.rates, own=order_import.channel.currency)
    found.questions += ["rates"] if found.rates else []
    return found


def _content(row: ImportFile) -> bytes:
    with row.content.open("rb") as file:
        return file.read()


def answer(
    order_import: OrderImport,
    *,
    channel: Channel | None = None,
    dates: str = "",
    columns: dict | None = None,
    rates: dict[MissingRate, Decimal] | None = None,
    at: datetime,
) -> OrderImport:
    """Say what the files leave open; holds for all of them. Raises NotNow, RateNotPossible."""
    with transaction.atomic():
        for asked, rate in (rates or {}).items():
            type_rate(asked.currency, rate=rate, on=asked.first)
        row = _lock(order_import)
        _expect(row, ImportState.CHECKED, ImportState.FAILED)
        if channel:
            row.channel, row.updated_at = channel, at
            row.save(update_fields=["channel", "updated_at"])
        for file in row.files.all():
            if dates:
                file.answers["dates"] = DateOrder(dates).value
            if columns and file.kind == OrderFileKind.TABLE:
                file.answers |= {"columns": columns, "headers": _headers_key(_content(file))}
            file.save(update_fields=["answers"])
        return row


def start(order_import: OrderImport, *, at: datetime) -> OrderImport:
    """Nobody else may apply it from now on; one whose worker died goes on where it stopped. Raises NotNow."""
    with transaction.atomic():
        row = _lock(order_import)
        if not is_stuck(row, at=at):
            _expect(row, ImportState.CHECKED, ImportState.FAILED)
        row.state = ImportState.APPLYING
        row.save(update_fields=["state", "updated_at"])
        return row


def is_stuck(order_import: OrderImport, *, at: datetime) -> bool:
    """Being applied, but nothing was heard of it for a while."""
    return order_import.state == ImportState.APPLYING and order_import.updated_at < at - _SILENT


def note_job(order_import: OrderImport, job_id: int) -> None:
    """Which background job applies it, so that its page can show how far it is."""
    with transaction.atomic():
        row = _lock(order_import)
        row.summary = row.summary | {"job": job_id}
        row.save(update_fields=["summary", "updated_at"])


def apply(
    order_import: OrderImport, *, step: Callable[[int, int], None] = lambda _done, _total: None, by: User, at: datetime
) -> OrderImport:
    """Write what check() has shown, in portions of whole orders; ``step`` hears how far it is.

    Broken off and started again it goes on where it stopped. Raises QuestionOpen.
    """
    found = check(order_import, today=timezone.localdate(at))
    if found.questions:
        raise QuestionOpen(_("Some questions are open; answer them first."))
    desk = Desk(order_import, found.ground, by, at)
    wanted = [plan for plan in found.orders if plan.verdict in {Verdict.NEW, Verdict.CHANGED}]
    made = changed = 0
    for start_at in range(0, len(wanted), PORTION):
        new, other = _write(desk, wanted[start_at : start_at + PORTION])
        made, changed = made + new, changed + other
        OrderImport.objects.filter(pk=order_import.pk).update(updated_at=Now())
        step(min(made + changed, len(wanted)), len(wanted))
    rows = _book(desk, found.joined.rows) if found.joined.rows else {}
    rows["rows_joined"] = waiting_rows.join(desk.ground.channel, by=by, at=at)
    return _close(order_import, found, {"made": made, "changed_orders": changed, **rows}, by=by, at=at)


def _book(desk: Desk, rows: Sequence[FileRow]) -> dict[str, int]:
    """Rows of statements; those whose orders are not here are kept until they are."""
    charges_tax = any(row.is_tax for row in rows)
    teller = Teller(desk.order_import, desk.ground.channel, desk.by, desk.at, charges_tax)
    with transaction.atomic():
        plan, counts = book_rows(teller, rows)
        waiting_rows.keep(teller, plan.waiting)
    return counts


def _write(desk: Desk, plans: Sequence[OrderPlan]) -> tuple[int, int]:
    """All of a portion; where one order stands in the way, each by itself, and that one is named."""
    try:
        return write_portion(desk, plans)
    except (DomainError, DatabaseError):
        made = changed = 0
    for plan in plans:
        try:
            new, other = write_portion(desk, [plan])
        except (DomainError, DatabaseError) as refusal:
            plan.verdict = Verdict.REFUSED
            plan.reasons.append(
                str(refusal) if isinstance(refusal, DomainError) else _("The books cannot hold its figures.")
            )
        else:
            made, changed = made + new, changed + other
    return made, changed


def _close(order_import: OrderImport, found: Check, made: dict, *, by: User, at: datetime) -> OrderImport:
    """It is in the books; the files, full of addresses, are not needed any more."""
    with transaction.atomic():
        row = _lock(order_import)
        row.state, row.applied_by, row.applied_at = ImportState.APPLIED, by, at
        row.summary = row.summary | summary_of(found) | {"made": made}
        row.problems = problems_of(found)
        row.save()
        for file in row.files.all():
            content = file.content
            ImportFile.objects.filter(pk=file.pk).update(content="")
            transaction.on_commit(
                lambda content=content: content.storage.delete(content.name) if content.name else None
            )
    return row


def fail(order_import: OrderImport, *, error: Exception) -> None:
    """What was written stays, whole orders only; it can be applied again."""
    row = OrderImport.objects.get(pk=order_import.pk)
    reason = str(error) if isinstance(error, DomainError) else _("Something went wrong on our side; apply it again.")
    row.state = ImportState.FAILED
    row.problems = [{"file": "", "line": 0, "text": reason, "refuses": True}]
    row.save(update_fields=["state", "problems", "updated_at"])


def summary_of(found: Check) -> dict:
    return {"counts": import_plans.counts_of(found.orders) | found.rows.counts()}


def problems_of(found: Check) -> list[dict]:
    """What a person should know, the worst first; the first few hundred."""
    rows = [{"file": row.name, "line": 0, "text": error, "refuses": True} for row, _file, error in found.files if error]
    for row, file, _error in found.files:
        rows += [
            {"file": row.name, "line": each.line, "text": each.text, "refuses": each.refuses}
            for each in (file.problems if file else ())
        ]
    rows += [
        {
            "file": "",
            "line": row.number,
            "text": _("“{label}” is in “{currency}”, which is no currency.").format(
                label=row.label, currency=row.currency
            ),
            "refuses": True,
        }
        for row in found.rows.foreign
        if not import_rates.is_known(row.currency)
    ]
    for plan in found.orders:
        rows += [
            {"file": "", "line": plan.order.number, "text": f"{plan.order.external_id}: {reason}", "refuses": True}
            for reason in plan.reasons
            if not plan.order.refused  # its rows are named above
        ]
    rows += [
        {"file": "", "line": plan.order.number, "text": f"{plan.order.external_id}: {plan.stays}", "refuses": False}
        for plan in found.orders
        if plan.stays
    ]
    return sorted(rows, key=lambda row: not row["refuses"])[:_SHOWN]


def drop(order_import: OrderImport) -> None:
    """Forget an import that was never applied. Raises NotNow."""
    with transaction.atomic():
        row = _lock(order_import)
        _expect(row, ImportState.CHECKED)
        for file in row.files.all():
            file.content.delete(save=False)
        row.delete()


def forget_old(*, at: datetime) -> int:
    """Files that nobody applied for a month go: they are full of addresses. Answers how many imports went."""
    old = OrderImport.objects.filter(
        state__in=[ImportState.CHECKED, ImportState.FAILED], updated_at__lt=at - timedelta(days=KEPT_DAYS)
    )
    count = 0
    for row in old.prefetch_related("files").order_by("pk"):
        for file in row.files.all():
            file.content.delete(save=True)
        if row.state == ImportState.CHECKED:
            row.delete()
        count += 1
    return count


def set_books_start(on: date | None) -> ImportSettings:
    row, _made = ImportSettings.objects.update_or_create(pk=1, defaults={"books_start_on": on})
    return row


def _lock(order_import: OrderImport) -> OrderImport:
    return OrderImport.objects.select_for_update(of=("self",)).select_related("channel").get(pk=order_import.pk)


def _expect(row: OrderImport, *states: str) -> None:
    if row.state not in states:
        raise NotNow(
            _("This import is {state}; this cannot be done now.").format(state=row.get_state_display().lower())
        )
