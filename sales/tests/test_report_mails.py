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


def test_every_report_can_be_posted_with_its_files(owner):
    ReportMailFactory(user=owner, kind="dead-listings")

    tasks.mail_reports()

    (message,) = mail.outbox
    first, _last = report_mails.last_month(timezone.localdate())
    assert message.subject == f"Dead listings: {first:%B %Y}"
    assert [name for name, _content, _kind in message.attachments] == [
        f"dead-listings-{first:%Y%m}.pdf", f"dead-listings-{first:%Y%m}.csv",
    ]  # fmt: skip


def test_the_app_tells_too_that_the_reports_are_there(client, owner):
    ReportMailFactory(user=owner, kind="channel")
    ReportMailFactory(user=owner, kind="ads")

    tasks.mail_reports()

    (news,) = owner.notifications.all()
    assert ("are ready" in news.text, client.get(news.url).status_code) == (True, 200)


def test_a_month_is_over_when_it_is_over_where_the_shop_is(owner):
    ReportMailFactory(user=owner, sent_through=report_mails.month_before(date(2026, 11, 1)))
    still_october, already_november = date(2026, 10, 31), date(2026, 11, 1)
    ReportMail.objects.update(sent_through=date(2026, 9, 1))

    assert [len(report_mails.due(on)) for on in (still_october, already_november)] == [0, 1]


def test_the_reports_may_be_sent_for_a_look_and_still_come_in_their_time(
    client, owner, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("sales:report_mails"), {"kinds": ["stock-value"], "now": "1"})

    (message,) = mail.outbox
    assert (message.to, message.subject.startswith("Stock value")) == ([owner.email], True)
    assert ReportMail.objects.get().sent_through is None


def test_a_mail_that_could_not_be_sent_is_tried_again(owner, settings):
    ReportMailFactory(user=owner)
    settings.EMAIL_BACKEND = "nozzly.nowhere.Backend"

    assert tasks.mail_reports() == 0
    assert ReportMail.objects.get().sent_through is None


def test_a_mail_that_a_killed_worker_took_is_sent_by_the_next(owner):
    row, now = ReportMailFactory(user=owner), timezone.now()

    taken = report_mails.take(row, timezone.localdate(now), at=now - report_mails.CLAIM / 2)
    meanwhile = tasks.mail_reports()
    ReportMail.objects.update(sending_since=now - 2 * report_mails.CLAIM)
    next_morning = tasks.mail_reports()

    row.refresh_from_db()
    assert (taken, meanwhile, next_morning, len(mail.outbox)) == (True, 0, 1, 1)
    assert (row.sent_through, row.sending_since) == (report_mails.month_before(timezone.localdate(now)), None)


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
