from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse

from nozzly.accounts.permissions import Role
from nozzly.testing.factories.pricing import ChannelFactory
from pricing.domain.compare import compare
from pricing.domain.deals import OFF_PCT, DealQuestion, deals_of, sale_everywhere
from pricing.domain.subjects import subject_of
from pricing.engine import InvalidDeal, QuantityBreak, quote
from pricing.models import Channel, Listing
from pricing.tests import shop
from pricing.tests.shop import TODAY

D = Decimal


@pytest.fixture
def listing():
    shop.registered()
    return shop.dragon(price=D("24.00"), postage_charged=D("3.00"))


def asked(listing, **facts):
    subject = subject_of(listing.variant, on=TODAY)
    return deals_of(subject, [listing.channel], DealQuestion(channel=listing.channel, **facts), on=TODAY)


def test_a_sale_leaves_what_the_lower_price_would(listing):
    (sale,) = asked(listing).sales

    twenty_off = sale.cells[OFF_PCT.index(D(20))]
    row = sale.row
    lower = quote(
        row.terms.schedule,
        replace(row.sale, item_price=D("24.00"), seller_discount_pct=D(20)),
        row.costs,
        row.terms.tax,
    )
    assert twenty_off.profit == lower.profit
    assert lower.gross == D("19.20") + D("3.00")
    assert [cell.profit for cell in sale.cells] == sorted((cell.profit for cell in sale.cells), reverse=True)


def test_a_coupon_costs_less_than_its_worth_because_tax_and_fees_fall_too(listing):
    coupon = asked(listing, coupon=D("5.00")).coupon

    lost = coupon.before.profit - coupon.after.profit
    assert D("3.00") < lost < D("5.00")
    assert coupon.before.gross - coupon.after.gross == 5


def test_free_postage_inside_the_price_brings_the_buyer_the_same_bill(listing):
    postage = asked(listing).postage

    assert postage.charged.buyer_pays == postage.free.buyer_pays == D("27.00")
    assert postage.free.price == D("27.00")


def test_bundles_pay_the_post_once(listing):
    shop.post()
    two, three, five = asked(listing, bundle_off_pct=D(25)).bundles

    assert [each.bundle.price for each in (two, three, five)] == [D("36.00"), D("54.00"), D("90.00")]
    assert {each.quote.cost_shipping for each in (two, three, five)} == {D("3.50")}


def test_a_wholesale_ladder_is_quoted_at_its_steps(listing):
    ladder = asked(listing, breaks=(QuantityBreak(10, D(40)), QuantityBreak(50, D(50)))).ladder

    assert [(step.from_quantity, step.price) for step in ladder] == [(10, D("14.40")), (50, D("12.00"))]
    with pytest.raises(InvalidDeal):
        asked(listing, breaks=(QuantityBreak(10, D(40)), QuantityBreak(10, D(50))))


def test_a_sale_of_everything_names_what_would_lose_money(listing):
    dear = shop.dragon(title="Cheap dragon", price=D("0.60"))

    found = sale_everywhere(Listing.objects.for_check(), off_pct=D(20), on=TODAY)

    assert found.looked_at == 2
    assert dear in [each.listing for each in (*found.losing, *found.below)]
    assert all(each.after.profit < 0 for each in found.losing)
    assert all(each.after.margin_pct < each.row.target_margin_pct for each in found.below)


def test_pages_show_deals_and_sales(client, viewer, listing):
    ChannelFactory(name="eBay", schedule_id="ebay-uk")
    url = reverse("pricing:deals")
    typed = {"variant": listing.variant_id, "channel": listing.channel_id, "coupon": "5", "breaks": "10: 30, 50: 45%"}

    one = client.get(url, typed)
    everything = client.get(url, {"off_pct": "100"})

    assert (one.status_code, len(one.context["deals"].sales), len(one.context["deals"].ladder)) == (200, 2, 2)
    assert [each.listing for each in everything.context["found"].below + everything.context["found"].losing] == [
        listing
    ]
    assert client.get(url).context["found"] is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"off_pct": "101"},
        {"off_pct": "x"},
        {"variant": "1", "breaks": "ten"},
        {"variant": "999999"},
        {"variant": "1", "coupon": "-1"},
    ],
)
def test_nonsense_is_refused_beside_its_field(client, viewer, wrong):
    assert client.get(reverse("pricing:deals"), wrong).status_code == 422


def test_a_coupon_larger_than_the_price_is_refused(client, viewer, listing):
    answer = client.get(reverse("pricing:deals"), {"variant": listing.variant_id, "coupon": "500"})

    assert (answer.status_code, answer.context["deals"]) == (422, None)


def test_deals_are_for_those_who_see_costs(client_for):
    assert client_for(Role.OPERATOR).get(reverse("pricing:deals")).status_code == 403


def test_compare_is_where_deals_start(listing):
    comparison = compare(subject_of(listing.variant, on=TODAY), list(Channel.objects.all()), on=TODAY)

    assert comparison.rows[0].quote.profit == asked(listing).sales[0].cells[0].profit
