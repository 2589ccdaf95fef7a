import logging
from calendar import monthrange
from datetime import date

from celery import shared_task
from django.core.mail import EmailMessage
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from nozzly.accounts.models import User
from nozzly.tenancy.current import current_workspace
from nozzly.web import formatting
from nozzly.web.working import Progress, job_kind
from sales import report_documents
from sales.domain import customers, order_imports, profit_facts, report_mails, reports
from sales.models import OrderImport, ReportMail

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


@shared_task
def mail_reports(**_kwargs) -> int:
    """Every morning: the report of the month that is over, to those who wait for it; answers how many went out."""
    today = timezone.localdate()
    first = report_mails.month_before(today)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    sent = 0
    for row in report_mails.due(today):
        if not report_mails.take(row, today):
            continue
        try:
            _mail_report(row, first, last)
        except Exception:
            logger.exception("The monthly report %s could not be sent.", row.pk)
            report_mails.give_back(row)
        else:
            sent += 1
    return sent


def _mail_report(row: ReportMail, first: date, last: date) -> None:
    report = reports.profit_report(row.kind, first, last)
    month = date_format(first, "F Y")
    text = _("{workspace} made {profit} profit in {month}, from {net} net revenue.").format(
        workspace=current_workspace().name, profit=formatting.money(report.total.profit), month=month,
        net=formatting.money(report.total.net),
    )  # fmt: skip
    mail = EmailMessage(
        subject=f"{row.get_kind_display()}: {month}",
        body=text + "\n\n" + _("You asked for this each month; Reports, By email, ends it."),
        to=[row.user.email],
    )
    name = f"profit-by-{row.kind}-{first:%Y%m}"
    mail.attach(f"{name}.pdf", report_documents.profit_pdf(report, first=first, last=last), "application/pdf")
    mail.attach(f"{name}.csv", report_documents.profit_csv(report), "text/csv")
    mail.send()


@shared_task
def refresh_profit(**_kwargs) -> int:
    """Read what changed into the facts of profit, so that the next report finds them ready."""
    return profit_facts.refresh()


@shared_task
def erase_old_customers(**_kwargs) -> int:
    """Every night: forget those whose last order is older than the shop wants to know."""
    now = timezone.now()
    return customers.erase_old(on=timezone.localdate(now), at=now)


@shared_task
def forget_order_files(**_kwargs) -> int:
    """Nightly: uploaded order files that nobody applied do not stay."""
    return order_imports.forget_old(at=timezone.now())
