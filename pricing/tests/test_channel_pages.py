from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from nozzly.accounts.permissions import Role
from nozzly.testing.factories.pricing import ChannelFactory, FeeOverrideFactory, ListingFactory
from pricing.models import Channel, FeeOverride
from pricing.tests import shop

HX = {"HX-Request": "true"}


@pytest.fixture
def channel():
    return ChannelFactory(name="Etsy")


def own_rate(channel, **typed):
    facts = {"name": "transaction_pct", "value": "5", "valid_from": "2026-01-01"} | typed
    return reverse("pricing:set_rate", args=[channel.pk]), facts


def test_channels_show_their_schedule_and_how_sure_it_is(client, owner, channel):
    shop.fair()

    response = client.get(reverse("pricing:channel_list"))

    assert [row.name for row in response.context["page"]] == ["Etsy", "Craft fair"]
    assert "Etsy, United Kingdom" in response.text
    assert "unverified" in response.text


def test_channels_leave_the_archive_out(client, owner, channel):
    old = ChannelFactory(archived_at=timezone.now())

    assert list(client.get(reverse("pricing:channel_list")).context["page"]) == [channel]
    assert list(client.get(reverse("pricing:channel_list"), {"state": "archived"}).context["page"]) == [old]


def test_channels_answer_htmx_with_the_table(client, owner, channel):
    response = client.get(reverse("pricing:channel_list"), headers=HX | {"HX-Target": "channel-table"})

    assert response.text.strip().startswith('<section id="channel-table"')


def test_channels_export(client, owner, channel):
    lines = client.get(reverse("pricing:channel_list"), {"format": "csv"}).content.decode("utf-8-sig").splitlines()

    assert lines == [
        "Name,Kind,Fee schedule,Country,Currency,Target margin (%)",
        "Etsy,marketplace,etsy-uk,GB,GBP,40",
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_channels_query_count_does_not_grow(client, owner, django_assert_num_queries, count):
    for channel in ChannelFactory.create_batch(count):
        ListingFactory(channel=channel)
    client.get(reverse("pricing:channel_list"))

    with django_assert_num_queries(3):  # user, rows, channels with newer rates
        client.get(reverse("pricing:channel_list"))


def test_channels_without_any_offer_to_add_one(client, owner):
    assert "No channel here" in client.get(reverse("pricing:channel_list")).text


def test_create_channel_takes_currency_and_kind_from_the_schedule(client, owner):
    typed = {"name": "Stall", "schedule_id": "craft-fair-uk", "country": "GB"}

    response = client.post(reverse("pricing:create_channel"), typed)

    made = Channel.objects.get()
    assert (made.kind, made.currency, made.schedule_id) == ("fair", "GBP", "craft-fair-uk")
    assert response.url == made.get_absolute_url()


def test_create_channel_starts_at_home(client, owner):
    assert '<option value="GB" selected>' in client.get(reverse("pricing:create_channel")).text


@pytest.mark.parametrize("wrong", [{"name": "etsy"}, {"schedule_id": "nowhere"}, {"country": ""}])
def test_create_channel_says_what_is_wrong(client, owner, channel, wrong):
    typed = {"name": "New", "schedule_id": "etsy-uk", "country": "GB"} | wrong

    assert client.post(reverse("pricing:create_channel"), typed).status_code == 422
    assert Channel.objects.count() == 1


def edit_facts(**changes):
    return {
        "name": "Etsy",
        "kind": "marketplace",
        "schedule_id": "etsy-de",
        "country": "DE",
        "target_margin_pct": "35",
        "offsite_ads": "blended",
        "offsite_ads_share_pct": "12",
        "promoted_pct": "0",
        "position": "0",
    } | changes


def test_edit_channel_follows_the_schedules_currency(client, owner, channel):
    client.post(reverse("pricing:edit_channel", args=[channel.pk]), edit_facts())

    channel.refresh_from_db()
    assert (channel.schedule_id, channel.currency, channel.target_margin_pct) == ("etsy-de", "EUR", 35)


@pytest.mark.parametrize(
    "wrong", [{"target_margin_pct": "100"}, {"schedule_id": "x"}, {"offsite_ads_share_pct": "101"}]
)
def test_edit_channel_says_what_is_wrong(client, owner, channel, wrong):
    assert client.post(reverse("pricing:edit_channel", args=[channel.pk]), edit_facts(**wrong)).status_code == 422


def test_archive_channel_and_bring_it_back(client, owner, channel):
    url = reverse("pricing:archive_channel", args=[channel.pk])
    assert "Stop selling on Etsy?" in client.get(url).text

    assert client.post(url).url == reverse("pricing:channel_list")
    assert list(Channel.objects.archived()) == [channel]
    assert "In the archive" in client.get(channel.get_absolute_url()).text

    client.post(reverse("pricing:restore_channel", args=[channel.pk]))
    assert list(Channel.objects.active()) == [channel]


def test_channel_shows_rates_with_source_and_worked_sales(client, owner, channel):
    response = client.get(channel.get_absolute_url())

    assert [row.name for row in response.context["rates"]][:2] == ["listing", "transaction_pct"]
    assert "etsy.com/legal/fees" in response.text
    assert len(response.context["worked"]) == 10


def test_channel_marks_own_rates_and_those_to_come(client, owner, channel):
    holding = FeeOverrideFactory(channel=channel, value=6)
    coming = FeeOverrideFactory(channel=channel, value=7, valid_from=timezone.localdate() + timedelta(days=9))

    response = client.get(channel.get_absolute_url())

    row = next(row for row in response.context["rates"] if row.name == "transaction_pct")
    assert (row.value, row.shipped, row.override, row.later) == (6, Decimal("6.5"), holding, (coming,))
    assert any(worked.fees_change < 0 for worked in response.context["worked"])


def test_channel_tries_a_rate_out_on_worked_sales(client, owner, channel):
    _url, facts = own_rate(channel, value="10")

    response = client.get(channel.get_absolute_url(), facts, headers=HX | {"HX-Target": "worked-sales"})

    assert response.text.strip().startswith('<section class="panel"')
    assert all(worked.fees_change > 0 for worked in response.context["worked"])
    assert FeeOverride.objects.count() == 0


@pytest.mark.parametrize("wrong", [{"value": "x"}, {"value": "101"}, {"name": "no_such_rate"}])
def test_channel_cannot_try_what_is_no_rate(client, owner, channel, wrong):
    _url, facts = own_rate(channel, **wrong)

    response = client.get(channel.get_absolute_url(), facts)

    assert (response.status_code, len(response.context["worked"])) == (422, 10)


def test_set_rate_keeps_it_from_a_day_on(client, owner, channel):
    url, facts = own_rate(channel)

    response = client.post(url, facts)

    override = FeeOverride.objects.get()
    assert (override.name, override.value, override.valid_from) == ("transaction_pct", 5, date(2026, 1, 1))
    assert response.url == channel.get_absolute_url()


@pytest.mark.parametrize("wrong", [{"value": "x"}, {"value": "101"}, {"name": "no_such_rate"}, {"valid_from": "soon"}])
def test_set_rate_says_what_is_wrong(client, owner, channel, wrong):
    url, facts = own_rate(channel, **wrong)

    assert client.post(url, facts).status_code == 422
    assert FeeOverride.objects.count() == 0


def test_drop_rate_goes_back_to_the_schedule(client, owner, channel):
    override = FeeOverrideFactory(channel=channel)
    url = reverse("pricing:drop_rate", args=[override.pk])
    assert "Go back to the schedule" in client.get(url).text

    assert client.post(url).url == channel.get_absolute_url()
    assert FeeOverride.objects.count() == 0


def test_channel_pages_are_for_those_who_see_prices(client_for, channel):
    for name in ("channel_list", "channel_detail"):
        url = reverse(f"pricing:{name}", args=[channel.pk] if name == "channel_detail" else [])
        assert client_for(None).get(url).status_code == 302
        assert client_for(Role.OPERATOR).get(url).status_code == 403
        assert client_for(Role.VIEWER).get(url).status_code == 200


def test_channels_are_changed_by_those_who_edit_prices(client_for, channel):
    override = FeeOverrideFactory(channel=channel)
    viewer = client_for(Role.VIEWER)

    statuses = [
        viewer.post(reverse("pricing:create_channel")).status_code,
        viewer.post(reverse("pricing:edit_channel", args=[channel.pk])).status_code,
        viewer.post(reverse("pricing:archive_channel", args=[channel.pk])).status_code,
        viewer.post(reverse("pricing:restore_channel", args=[channel.pk])).status_code,
        viewer.post(reverse("pricing:set_rate", args=[channel.pk])).status_code,
        viewer.post(reverse("pricing:drop_rate", args=[override.pk])).status_code,
    ]

    assert statuses == [403] * 6
    assert client_for(Role.OWNER).get(reverse("pricing:set_rate", args=[channel.pk])).status_code == 405
