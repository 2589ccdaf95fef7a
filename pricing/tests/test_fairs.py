from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from nozzly.accounts.permissions import Role
from nozzly.testing.factories.pricing import EventFactory, ListingFactory
from pricing.domain.fairs import plan
from pricing.models import Event
from pricing.tests import shop
from pricing.tests.shop import TODAY

D = Decimal
LIST = "/pricing/compare/fairs/"


@pytest.fixture
def event():
    shop.registered()
    return EventFactory(name="Winter market", channel=shop.fair())


def sold_at(event, price):
    listing = shop.dragon(title=f"Dragon at {price}")
    return ListingFactory(variant=listing.variant, channel=event.channel, price=D(price))


def test_plan_shares_the_stall_over_what_is_sold(event):
    sold_at(event, "12.00")

    made = plan(event, on=TODAY)

    each = made.rows[0].profit
    assert each == D("12.00") - D("2.00") - D("0.21") - made.rows[0].row.quote.cost_unit
    assert made.fixed_cost == 100
    assert (made.break_even_units - 1) * each < 100 <= made.break_even_units * each
    assert made.expected_profit == each * 50 - 100


def test_plan_knows_the_least_price_with_its_share_of_the_stall(event):
    sold_at(event, "12.00")

    row = plan(event, on=TODAY).rows[0]

    assert row.least.quote.profit >= 0
    assert row.least.quote.cost_order == D("2.00")


def test_plan_that_never_pays_says_so(event):
    sold_at(event, "0.50")

    made = plan(event, on=TODAY)

    assert (made.break_even_units, made.expected_profit < 0) == (None, True)


def test_plan_without_prices_knows_nothing(event):
    made = plan(event, on=TODAY)

    assert (made.rows, made.profit_per_unit, made.break_even_units, made.expected_profit) == ((), None, None, None)


def test_plan_leaves_the_channels_own_volume_alone(event):
    event.channel.orders_per_month = 10
    event.channel.save()
    sold_at(event, "12.00")

    assert plan(event, on=TODAY).rows[0].row.quote.fee("stall") == 0
    assert event.channel.orders_per_month == 10


def facts(event, **changes):
    return {
        "name": "Spring fair",
        "channel": event.channel.pk,
        "starts_on": "2027-03-06",
        "days": "2",
        "stall": "£120",
        "travel": "",
        "other": "",
        "expected_units": "80",
        "note": "",
    } | changes


def test_fair_is_planned(client, owner, event):
    response = client.post(f"{LIST}new/", facts(event))

    made = Event.objects.get(name="Spring fair")
    assert (made.stall, made.travel, made.fixed_cost, made.starts_on) == (120, 0, 120, date(2027, 3, 6))
    assert response.url == made.get_absolute_url()


@pytest.mark.parametrize(
    "wrong",
    [
        {"expected_units": "0"},
        {"days": "0"},
        {"stall": "-1"},
        {"channel": ""},
        {"name": "Winter market", "starts_on": "2026-12-05"},
    ],
)
def test_fair_says_what_is_wrong(client, owner, event, wrong):
    assert client.post(f"{LIST}new/", facts(event, **wrong)).status_code == 422
    assert Event.objects.count() == 1


def test_fair_shows_its_plan(client, owner, event):
    assert "Nothing has a price there yet" in client.get(event.get_absolute_url()).text

    sold_at(event, "12.00")

    response = client.get(event.get_absolute_url())
    assert f"{response.context['plan'].break_even_units} pieces" in response.text


def test_fair_is_edited_and_deleted(client, owner, event):
    assert 'value="2026-12-05"' in client.get(reverse("pricing:edit_event", args=[event.pk])).text
    delete = reverse("pricing:delete_event", args=[event.pk])
    assert "Delete the plan of" in client.get(delete).text

    assert client.post(delete).url == LIST
    assert Event.objects.count() == 0


def test_fairs_show_and_filter(client, owner, event):
    EventFactory(name="Spring")

    assert list(client.get(LIST, {"search": "winter"}).context["page"]) == [event]
    assert len(client.get(LIST).context["page"]) == 2


def test_fairs_answer_htmx_with_the_table(client, owner):
    response = client.get(LIST, headers={"HX-Request": "true", "HX-Target": "event-table"})

    assert response.text.strip().startswith('<section id="event-table"')
    assert "No fair planned" in response.text


@pytest.mark.parametrize("count", [1, 3])
def test_fairs_query_count_does_not_grow(client, owner, django_assert_num_queries, count):
    EventFactory.create_batch(count)
    client.get(LIST)

    with django_assert_num_queries(2):  # user, rows
        client.get(LIST)


def test_fair_pages_state_their_permission(client_for, event):
    detail = event.get_absolute_url()
    writing = [f"{LIST}new/", *(reverse(f"pricing:{name}_event", args=[event.pk]) for name in ("edit", "delete"))]

    assert {client_for(None).get(url).status_code for url in [LIST, detail, *writing]} == {302}
    assert {client_for(Role.OPERATOR).get(url).status_code for url in [LIST, detail, *writing]} == {403}
    assert {client_for(Role.VIEWER).get(url).status_code for url in [LIST, detail]} == {200}
    assert {client_for(Role.VIEWER).get(url).status_code for url in writing} == {403}
