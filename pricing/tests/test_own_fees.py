from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from nozzly.accounts.permissions import Role
from nozzly.testing.factories.pricing import ChannelFactory, FeeOverrideFactory, OwnFeeFactory
from pricing.domain import own_fees, updates
from pricing.domain.terms import terms_of
from pricing.engine import Sale, quote, schedules
from pricing.models import Channel, OwnFee
from pricing.tests.shop import TODAY

D = Decimal
BEFORE_RISE, AFTER_RISE = date(2026, 7, 1), date(2026, 10, 1)


@pytest.fixture
def direct():
    return ChannelFactory(name="Gallery", schedule_id="direct-uk")


@pytest.fixture
def manager(client_for):
    return client_for(Role.MANAGER)


def fee_on(channel, *, on=TODAY, **sale):
    terms = terms_of(channel, on=on)
    return [line.amount for line in quote(terms.schedule, Sale(**{"item_price": D("20.00")} | sale)).lines]


@pytest.mark.parametrize(
    ("facts", "sale", "taken"),
    [
        ({"pct": D(30)}, {}, [D("6.00")]),
        ({"pct": D(30), "base": "goods"}, {"shipping": D("4.00")}, [D("6.00")]),
        ({"pct": D(30), "base": "goods_and_post"}, {"shipping": D("4.00")}, [D("7.20")]),
        ({"pct": D(10), "base": "all_paid"}, {"tax": D("5.00")}, [D("2.50")]),
        ({"pct": D(10), "fixed": D("0.50")}, {}, [D("2.50")]),
        ({"pct": D(0), "fixed": D("0.30"), "per": "unit"}, {"quantity": 3}, [D("0.90")]),
        ({"pct": D(5), "least": D("1.50")}, {}, [D("1.50")]),
        ({"pct": D(50), "most": D("4.00")}, {}, [D("4.00")]),
        ({"pct": D(0), "fixed": D("12.00"), "per": "month"}, {"orders_per_month": D(24)}, [D("0.50")]),
        ({"pct": D(30), "when": "international"}, {}, []),
        ({"pct": D(30), "when": "international"}, {"international": True}, [D("6.00")]),
    ],
)
def test_an_own_fee_is_taken_as_it_says(direct, facts, sale, taken):
    OwnFeeFactory(channel=direct, **facts)

    assert [amount for amount in fee_on(direct, **sale) if amount] == taken


def test_an_own_fee_holds_on_its_days_only(direct):
    fee = OwnFeeFactory(channel=direct, valid_from=date(2026, 3, 1))
    own_fees.end_fee(fee, last_day=date(2026, 6, 30))

    days = (date(2026, 2, 28), date(2026, 3, 1), date(2026, 6, 30), date(2026, 7, 1))

    assert [fee_on(direct, on=day) for day in days] == [[], [D("6.00")], [D("6.00")], []]


def test_a_fee_that_never_started_goes_altogether(direct):
    own_fees.end_fee(OwnFeeFactory(channel=direct, valid_from=date(2027, 1, 1)), last_day=TODAY)

    assert OwnFee.objects.count() == 0


def form(**data):
    return {
        "label": "Gallery commission", "pct": "30", "per": "order", "base": "goods", "when": "always",
        "valid_from": "2026-01-01",
    } | data  # fmt: skip


def test_a_fee_is_tried_out_on_ten_worked_sales_before_it_is_kept(manager, direct):
    url = reverse("pricing:add_own_fee", args=[direct.pk])

    tried = manager.get(url, form())
    untouched = OwnFee.objects.count()
    manager.post(url, form())

    assert (len(tried.context["worked"]), untouched) == (10, 0)
    assert all(row.fees_change > 0 for row in tried.context["worked"])
    assert (OwnFee.objects.get().pct, fee_on(direct)) == (30, [D("6.00")])


@pytest.mark.parametrize(
    "wrong",
    [
        {"pct": "", "fixed": ""},
        {"pct": "101"},
        {"pct": "-1"},
        {"least": "1", "most": "2"},
        {"pct": "", "fixed": "1", "most": "2"},
        {"valid_until": "2025-01-01"},
        {"label": ""},
        {"per": "century"},
    ],
)
def test_a_fee_that_makes_no_sense_is_refused(manager, direct, wrong):
    answer = manager.post(reverse("pricing:add_own_fee", args=[direct.pk]), form(**wrong))

    assert (answer.status_code, OwnFee.objects.count()) == (422, 0)


def test_the_same_fee_twice_is_refused(manager, direct):
    url = reverse("pricing:add_own_fee", args=[direct.pk])
    manager.post(url, form())

    assert (manager.post(url, form(label="GALLERY COMMISSION")).status_code, OwnFee.objects.count()) == (422, 1)


def etsy_of_last_summer():
    channel = ChannelFactory(name="Etsy", schedule_id="etsy-uk")
    Channel.objects.filter(pk=channel.pk).update(created_at=datetime(2026, 7, 1, tzinfo=UTC))
    channel.refresh_from_db()
    return channel


def test_newer_rates_show_what_changed_and_touch_no_rate_of_ones_own():
    channel = etsy_of_last_summer()
    FeeOverrideFactory(channel=channel, name="regulatory_pct", value=D("0.40"), valid_from=date(2026, 1, 1))
    before, after = (schedules.load("etsy-uk", on=day).rates["regulatory_pct"] for day in (BEFORE_RISE, AFTER_RISE))

    update = updates.update_of(terms_of(channel, on=AFTER_RISE), on=AFTER_RISE)

    (change,) = [each for each in update.changes if each.kept]
    assert (change.before, change.after) == (before, after)
    assert [row.fees_change for row in update.worked] == [0] * 10
    assert terms_of(channel, on=AFTER_RISE).schedule.rates["regulatory_pct"] == D("0.40")


def test_newer_rates_are_badged_until_somebody_has_seen_them(manager):
    channel = etsy_of_last_summer()
    listed = manager.get(reverse("pricing:channel_list")).context["unseen"]
    page = manager.get(channel.get_absolute_url())

    manager.post(reverse("pricing:mark_fees_seen", args=[channel.pk]))

    assert (listed, any(row.fees_change for row in page.context["update"].worked)) == ({channel.pk}, True)
    assert manager.get(reverse("pricing:channel_list")).context["unseen"] == set()
    assert manager.get(channel.get_absolute_url()).context["update"] is None
