from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory.domain import deliveries, policies, undoing
from inventory.models import StockAlert, StockPolicy
from inventory.tasks import warn_of_shortages
from nozzly.testing.factories.inventory import (
    FilamentFactory,
    ItemFactory,
    LotFactory,
    MaterialGroupFactory,
    ReservationFactory,
    SpoolFactory,
    StockPolicyFactory,
    SupplierFactory,
)
from nozzly.web.models import Notification

LIST = "inventory:shopping_list"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = date(2026, 3, 1)


def raise_alerts():
    return policies.raise_alerts(on=TODAY, at=NOON)


def test_a_group_policy_sums_all_its_filaments_less_what_is_promised():
    group = MaterialGroupFactory()
    filament = FilamentFactory(group=group)
    SpoolFactory(filament=filament)
    SpoolFactory(filament=FilamentFactory(group=group), on_hand=400)
    SpoolFactory()
    ReservationFactory(item=None, group=group, quantity=300)
    ReservationFactory(item=filament.item, quantity=200)
    policies.set_policy(group=group, minimum=Decimal(2000), on_order=Decimal(1000))

    (short,) = policies.shortages()

    assert (short.available, short.missing, str(short.policy)) == (900, 100, group.name)


def test_an_item_policy_counts_its_own_lots():
    item = LotFactory(held=30).item
    policies.set_policy(item=item, minimum=Decimal(50))

    (short,) = policies.shortages()

    assert (short.available, short.missing) == (30, 20)
    policies.set_policy(item=item, minimum=Decimal(30))
    assert policies.shortages() == []
    policies.set_policy(item=item, minimum=None)
    assert not StockPolicy.objects.exists()


def test_one_alert_for_each_crossing():
    policy = StockPolicyFactory(minimum=50)
    lot = LotFactory(item=policy.item, held=10)

    assert [alert.available for alert in raise_alerts()] == [10]
    assert raise_alerts() == []
    StockPolicy.objects.update(minimum=5)
    assert raise_alerts() == []
    assert StockAlert.objects.get().cleared_at == NOON
    StockPolicy.objects.update(minimum=50)
    assert len(raise_alerts()) == 1
    assert lot.pk


def test_a_silent_policy_raises_no_alert():
    policy = StockPolicyFactory()
    policies.snooze(policy, until=TODAY)

    assert raise_alerts() == []
    assert len(policies.raise_alerts(on=TODAY + timedelta(days=1), at=NOON)) == 1


def test_the_task_tells_those_who_may_buy_once(owner, client_for):
    client_for("operator")
    StockPolicyFactory(item=ItemFactory(name="Magnet"))

    assert (warn_of_shortages(), warn_of_shortages()) == (1, 0)
    assert [(row.user, row.text) for row in Notification.objects.all()] == [(owner, "Magnet is getting low: 0 left.")]


@pytest.mark.parametrize("policy_count", [1, 3])
def test_shopping_list_query_count_does_not_grow(client, owner, django_assert_num_queries, policy_count):
    StockPolicyFactory(item=FilamentFactory().item)
    for _each in range(policy_count):
        StockPolicyFactory(item=FilamentFactory().item)
        StockPolicyFactory(item=None, group=MaterialGroupFactory())
    client.get(reverse(LIST))

    with django_assert_num_queries(3):  # user, policies, offers
        client.get(reverse(LIST))


def test_shopping_list_says_what_to_do_and_when_all_is_well(client, operator):
    first = client.get(reverse(LIST)).content.decode()
    LotFactory(item=StockPolicyFactory(minimum=5).item, held=10)

    assert "No minimum is set yet" in first
    assert "Enough of everything" in client.get(reverse(LIST)).content.decode()


def test_snoozing_moves_a_row_out_of_the_way_and_back(client, owner):
    policy = StockPolicyFactory()
    url = reverse("inventory:snooze_policy", args=[policy.pk])

    client.post(url)
    silent = client.get(reverse(LIST))
    client.post(url)
    loud = client.get(reverse(LIST))

    assert (len(silent.context["rows"]), len(silent.context["silent"])) == (0, 1)
    assert (len(loud.context["rows"]), len(loud.context["silent"])) == (1, 0)
    assert policy.minimum == 100


def test_policy_pages_set_change_and_remove(client, owner):
    item, group = ItemFactory(), MaterialGroupFactory()
    of_item, of_group = (
        reverse("inventory:item_policy", args=[item.pk]),
        reverse("inventory:group_policy", args=[group.pk]),
    )

    client.get(of_item)
    client.post(of_item, {"minimum": "50", "on_order": "20"})
    client.post(of_group, {"minimum": "1500"})
    shown = client.get(of_item).content.decode()
    wrong = client.post(of_item, {"minimum": "few"})
    client.post(of_group, {"minimum": ""})

    policy = StockPolicy.objects.get()
    assert 'value="50"' in shown
    assert wrong.status_code == 422
    assert (policy.item, policy.minimum, policy.on_order) == (item, 50, 20)


@pytest.mark.parametrize("name", ["item_policy", "group_policy", "snooze_policy"])
def test_policies_are_not_set_by_operators(client, operator, name):
    assert client.post(reverse(f"inventory:{name}", args=[1])).status_code == 403


def test_shopping_list_is_not_for_strangers(client):
    assert client.get(reverse(LIST)).status_code == 302
    assert timezone.localdate()


def test_what_is_received_is_on_order_no_more_until_it_is_undone(owner):
    group = MaterialGroupFactory()
    black, screw = FilamentFactory(group=group), ItemFactory()
    policies.set_policy(group=group, minimum=Decimal(5000), on_order=Decimal(3000))
    policies.set_policy(item=screw, minimum=Decimal(500), on_order=Decimal(50))
    lines = [
        deliveries.Line(black.item, 2, Decimal(1000), Decimal(30)),
        deliveries.Line(screw, 1, Decimal(80), Decimal(4)),
    ]

    came = deliveries.receive(
        SupplierFactory(), lines=lines, invoice=deliveries.Invoice(TODAY), key=uuid4(), by=owner, at=NOON
    )
    on_order = StockPolicy.objects.order_by("pk").values_list("on_order", flat=True)
    after_it_came = list(on_order)
    undoing.undo(undoing.first_of_delivery(came), by=owner, at=NOON)

    assert (after_it_came, list(on_order.all())) == ([1000, 0], [3000, 50])
