import logging
from datetime import date

from celery import shared_task
from django.utils import timezone
from django.utils.translation import gettext as _

from nozzly.accounts.models import User
from nozzly.web.working import Progress, job_kind
from sales import documents, report_posting
from sales.domain import customers, fair_costs, order_imports, picklists, profit_facts, recurring, report_mails
from sales.models import Order, OrderImport
from sales.report_kinds.registry import REPORTS

logger = logging.getLogger(__name__)


@job_kind("sales.apply_import")
def apply_import(progress: Progress, *, order_import_id: int):
    """Write an import into the books; what goes wrong is said on its page, and what was written stays whole."""
    order_import = OrderImport.objects.get(pk=order_import_id)
    by = User.objects.get(pk=progress.job.created_by_id)
    progress.point_to(order_import.get_absolute_url())
    try:
        applied = order_imports.apply(
            order_import, step=lambda done, total: progress.step(done, total=total), by=by, at=timezone.now()
        )
    except Exception as error:
        order_imports.fail(order_import, error=error)
        raise
    made = applied.summary["made"]
    return _("{made} orders came in, {changed} were brought up to date.").format(
        made=made["made"], changed=made["changed_orders"]
    )


@job_kind("sales.pick_list")
def print_pick_list(progress: Progress, *, order_ids: list[int]):
    """For these orders, or for all that can be packed."""
    rows = Order.objects.filter(pk__in=order_ids or Order.objects.to_pack_keys())
    found = list(rows.with_lines().by_urgency())
    progress.step(0, total=len(found), message=_("Looking where things are"))
    walk = picklists.pick_list(found)
    progress.step(len(found), total=len(found), message=_("Drawing the list"))
    progress.save_file("pick-list.pdf", documents.pick_list(walk, count=len(found)))
    return _("The pick list is ready.")


@shared_task
def mail_reports(**_kwargs) -> int:
    """Every morning: the reports of the month that is over, to those who wait for them; answers how many went out."""
    now = timezone.now()
    today = timezone.localdate(now)
    first, last = report_mails.last_month(today)
    sent, told = 0, set()
    for row in report_mails.due(today):
        if not report_mails.take(row, today, at=timezone.now()):
            continue
        try:
            report_posting.send(REPORTS[row.kind], to=row.user, first=first, last=last)
        except Exception:
            logger.exception("The monthly report %s could not be sent.", row.pk)
            report_mails.give_back(row)
        else:
            report_mails.sent(row, today)
            sent += 1
            told.add(row.user)
    for user in sorted(told, key=lambda user: user.pk):
        report_posting.tell(user, first=first, at=now)
    return sent


@job_kind("sales.mail_reports_now")
def mail_reports_now(progress: Progress, *, month: str):
    """The reports somebody asks for each month, now and for a look: those of the month still come in their time."""
    user = User.objects.get(pk=progress.job.created_by_id)
    first, last = report_mails.days_of_month(date.fromisoformat(month))
    rows = report_mails.asked_by(user)
    for done, row in enumerate(rows, start=1):
        report_posting.send(REPORTS[row.kind], to=user, first=first, last=last)
        progress.step(done, total=len(rows))
    return _("{count} reports are on their way to {email}.").format(count=len(rows), email=user.email)


@shared_task
def enter_expenses(**_kwargs) -> int:
    """Every night: enter what comes again today; answers how many."""
    return recurring.enter_due(at=timezone.now())


@shared_task
def refresh_profit(**_kwargs) -> int:
    """Read what changed into the facts of profit, so that the next report finds them ready."""
    return profit_facts.refresh()


@shared_task
def book_fairs(**_kwargs) -> int:
    """Nightly: what fairs cost is an expense once they have begun, also where no stall was opened for them."""
    now = timezone.now()
    return fair_costs.book_all(on=timezone.localdate(now), at=now)


@shared_task
def erase_old_customers(**_kwargs) -> int:
    """Every night: forget those whose last order is older than the shop wants to know."""
    now = timezone.now()
    return customers.erase_old(on=timezone.localdate(now), at=now)


@shared_task
def forget_order_files(**_kwargs) -> int:
    """Nightly: uploaded order files that nobody applied do not stay."""
    return order_imports.forget_old(at=timezone.now())
