from datetime import date
from decimal import Decimal

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from nozzly.accounts.permissions import Role
from nozzly.testing.factories.sales import ExpenseFactory, ReportMailFactory
from nozzly.testing.fixtures import make_user
from sales import tasks
from sales.domain import report_mails
from sales.models import ReportMail


def test_the_report_of_the_last_month_goes_out_once(owner):
    ReportMailFactory(user=owner, kind="channel")
    last_month = report_mails.month_before(timezone.localdate())
    ExpenseFactory(spent_on=last_month, net=Decimal("1234.56"))

    assert [tasks.mail_reports(), tasks.mail_reports()] == [1, 0]

    (message,) = mail.outbox
    assert (message.to, "-£1,234.56 profit" in message.body) == ([owner.email], True)
    assert [(name.rpartition(".")[2], kind) for name, _content, kind in message.attachments] == [
        ("pdf", "application/pdf"), ("csv", "text/csv"),
    ]  # fmt: skip


def test_a_mail_that_could_not_be_sent_is_tried_again(owner, settings):
    ReportMailFactory(user=owner)
    settings.EMAIL_BACKEND = "nozzly.nowhere.Backend"

    assert tasks.mail_reports() == 0
    assert ReportMail.objects.get().sent_through is None


@pytest.mark.parametrize("person", [{"role": Role.OPERATOR}, {"role": Role.OWNER, "is_active": False}])
def test_nobody_gets_a_report_who_may_not_see_it(person):
    ReportMailFactory(user=make_user(**person))

    assert report_mails.due(date(2026, 11, 1)) == []


def test_people_choose_their_own_reports(client, viewer):
    ReportMailFactory(user=viewer, kind="product", sent_through=date(2026, 10, 1))
    somebody = ReportMailFactory(kind="product")

    client.post(reverse("sales:report_mails"), {"kinds": ["product", "country"]})
    refused = client.post(reverse("sales:report_mails"), {"kinds": ["salary"]})

    rows = ReportMail.objects.filter(user=viewer).order_by("kind").values_list("kind", "sent_through")
    assert (refused.status_code, list(rows)) == (422, [("country", None), ("product", date(2026, 10, 1))])

    client.post(reverse("sales:report_mails"), {})
    assert list(ReportMail.objects.all()) == [somebody]
