"""A report as an email with its PDF and CSV, and as news in the app for those whose server sends no mail."""

from datetime import date, datetime

from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from nozzly.accounts.models import User
from nozzly.tenancy.current import current_workspace
from nozzly.web import formatting
from nozzly.web.notifying import notify
from sales.domain import reports
from sales.report_kinds.base import Asked, MonthlyReport


def send(report: MonthlyReport, *, to: User, first: date, last: date) -> None:
    """Raises PdfUnavailable, and what the mail server says."""
    asked = Asked(first, last)
    month = date_format(first, "F Y")
    total = reports.totals(first, last)
    text = _("{workspace} made {profit} profit in {month}, from {net} net revenue.").format(
        workspace=current_workspace().name, profit=formatting.money(total.profit), month=month,
        net=formatting.money(total.net),
    )  # fmt: skip
    mail = EmailMessage(
        subject=f"{report.title}: {month}",
        body=text + "\n\n" + _("You asked for this each month; Reports, All reports, ends it."),
        to=[to.email],
    )
    name = f"{report.file_name(asked).rpartition('-')[0].rpartition('-')[0]}-{first:%Y%m}"
    mail.attach(f"{name}.pdf", report.pdf(asked), "application/pdf")
    mail.attach(f"{name}.csv", report.csv(asked), "text/csv")
    mail.send()


def tell(user: User, *, first: date, at: datetime) -> None:
    """In the app too: the page has the month's files, also where no mail server is set up."""
    text = _("Your reports of {month} are ready.").format(month=date_format(first, "F Y"))
    notify(user, text, url=reverse("sales:report_mails"), at=at)
