"""Low stock is told outside of the app: each crossing once for each address, and nothing into private networks."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.urls import reverse

from inventory import tasks
from inventory.choices import AlertRoute
from inventory.domain import alerts, policies
from inventory.models import AlertAddress, Lot, StockAlert
from inventory.tasks import check_ledger, warn_of_shortages
from nozzly.testing.factories.inventory import AlertAddressFactory, LotFactory, StockAlertFactory, StockPolicyFactory
from nozzly.web import outgoing
from nozzly.web.models import Notification

PAGE = reverse("inventory:alert_addresses", urlconf="nozzly.urls")
MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch):
    """``clock.now`` is what tasks take for now."""

    class Clock:
        now = MORNING

    monkeypatch.setattr(tasks.timezone, "now", lambda: Clock.now)
    return Clock


@pytest.fixture
def outside(monkeypatch):
    """What was posted to addresses outside; ``outside.problem`` is raised instead."""

    class Outside(list):
        problem = None

        def post(self, url, body, *, headers):
            if self.problem:
                raise self.problem
            self.append((url, body, headers))

    world = Outside()
    monkeypatch.setattr(outgoing, "post", world.post)
    return world


def low(minimum=50):
    lot = LotFactory(held=30, item__name="Magnet")
    return StockPolicyFactory(item=lot.item, minimum=minimum, on_order=Decimal(5))


def test_a_crossing_is_told_once_by_ntfy_and_webhook(owner, clock, outside):
    ntfy = AlertAddressFactory(route=AlertRoute.NTFY, target="https://ntfy.example/shop")
    AlertAddressFactory(route=AlertRoute.WEBHOOK, target="https://hook.example/")
    AlertAddressFactory(route=AlertRoute.WEBHOOK, target="https://off.example/", is_active=False)
    low()

    for _hour in range(3):
        warn_of_shortages()

    (_ntfy, text, headers), (_hook, body, _headers) = outside
    assert "Magnet: 30 pcs free, wanted are 50 (5 on order)" in text.decode()
    assert headers["Click"].endswith(reverse("inventory:shopping_list"))
    assert json.loads(body)["items"] == [
        {"name": "Magnet", "available": "30", "minimum": "50", "on_order": "5", "missing": "15", "unit": "pcs"}
    ]
    ntfy.refresh_from_db()
    assert (ntfy.told_at, ntfy.told_through) == (MORNING, StockAlert.objects.get().pk)
    assert Notification.objects.count() == 1


def test_mail_is_a_digest_once_a_day_from_seven(owner, clock):
    AlertAddressFactory(target="buyer@shop.example")
    low()

    clock.now = MORNING.replace(hour=5)
    warn_of_shortages()
    before_seven = len(mail.outbox)
    for hours in (0, 1):
        clock.now = MORNING + timedelta(hours=hours)
        warn_of_shortages()
        low()
    same_day = len(mail.outbox)
    clock.now = MORNING + timedelta(days=1)
    warn_of_shortages()

    assert (before_seven, same_day, len(mail.outbox)) == (0, 1, 2)
    assert mail.outbox[0].to == ["buyer@shop.example"]
    assert [message.body.count("Magnet") for message in mail.outbox] == [1, 2]


def test_a_problem_is_noted_and_the_same_news_go_out_later(owner, clock, outside):
    address = AlertAddressFactory(route=AlertRoute.NTFY, target="https://ntfy.example/shop")
    low()
    outside.problem = outgoing.NotDelivered("ntfy.example answered with 503.")

    warn_of_shortages()
    address.refresh_from_db()
    assert (address.last_problem, address.told_through) == ("ntfy.example answered with 503.", 0)
    outside.problem = None
    warn_of_shortages()

    address.refresh_from_db()
    assert (address.last_problem, len(outside)) == ("", 1)


def test_old_crossings_and_snoozed_ones_are_not_told(owner, clock, outside):
    StockAlertFactory(policy=low())
    policies.snooze(low(), until=MORNING.date())
    alerts.add_address(route=AlertRoute.NTFY, target="https://ntfy.example/shop")

    warn_of_shortages()

    assert outside == []


def test_a_crossing_silenced_before_it_was_told_is_told_when_the_silence_is_over(owner, clock, outside):
    AlertAddressFactory(route=AlertRoute.NTFY, target="https://ntfy.example/shop")
    policy = low()
    policies.raise_alerts(on=MORNING.date(), at=MORNING)
    policies.snooze(policy, until=MORNING.date())
    low(minimum=70)

    warn_of_shortages()
    told_first = [body.decode().count("wanted are 50") for _url, body, _headers in outside]
    clock.now = MORNING + timedelta(days=1)
    for _hour in range(2):
        warn_of_shortages()

    assert told_first == [0]
    assert [body.decode().count("wanted are 50") for _url, body, _headers in outside] == [0, 1]


def test_addresses_are_added_tested_and_removed(client, owner):
    client.post(PAGE, {"route": "email", "target": "buyer@shop.example"})
    address = AlertAddress.objects.get()
    client.post(reverse("inventory:test_alert_address", args=[address.pk]))

    assert [message.to for message in mail.outbox] == [["buyer@shop.example"]]
    assert "buyer@shop.example" in client.get(PAGE).content.decode()
    client.post(reverse("inventory:remove_alert_address", args=[address.pk]))
    assert not AlertAddress.objects.exists()


@pytest.mark.parametrize(
    ("route", "target"),
    [("email", "nobody"), ("ntfy", "http://127.0.0.1/x"), ("webhook", "http://169.254.169.254/"), ("webhook", "x")],
)
def test_addresses_that_lead_nowhere_public_are_refused(client, owner, route, target):
    response = client.post(PAGE, {"route": route, "target": target})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["target"]
    assert not AlertAddress.objects.exists()


def test_a_ledger_that_does_not_add_up_alerts_the_owner(owner, operator):
    lot = LotFactory(held=10)
    assert check_ledger() == 0
    assert not Notification.objects.exists()
    Lot.objects.filter(pk=lot.pk).update(on_hand=11)

    assert check_ledger() == 1

    news = Notification.objects.get()
    assert news.user == owner
    assert lot.code in news.text
