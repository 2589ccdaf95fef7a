"""All prices at once, new prices for many, and what fell under its target."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from nozzly.accounts.permissions import Role
from nozzly.testing.factories.catalog import CategoryFactory, RateFactory
from nozzly.testing.factories.pricing import ChannelFactory, ListingFactory, MarginAlarmFactory
from nozzly.web.models import Job, Notification
from pricing import tasks
from pricing.choices import PriceReason
from pricing.domain import alarms
from pricing.domain.grid import RepricingRule, grid, margins, propose
from pricing.engine import Ending
from pricing.models import Listing, MarginAlarm, PriceChange
from pricing.tests import shop
from pricing.tests.shop import TODAY

D = Decimal
GRID = "/pricing/compare/grid/"
REPRICE = f"{GRID}reprice/"
APPLY = f"{GRID}apply/"
ALARMS = "/pricing/compare/alarms/"
NOW = timezone.now()


@pytest.fixture(autouse=True)
def _shop():
    shop.registered()


@pytest.fixture
def cheap():
    """A dragon at a price that leaves less than its target, postage paid."""
    shop.post()
    return shop.dragon(title="Cheap dragon", price=D("6.00"))


def check():
    return list(alarms.check_margins(on=TODAY, at=NOW))


def test_grid_quotes_what_is_listed_and_leaves_the_rest_empty(cheap):
    other = ChannelFactory(name="Other")

    row = grid([cheap.variant], [cheap.channel, other], on=TODAY)[0]

    assert (row.cells[0].offer.price, row.cells[0].tone) == (D("6.00"), "bad")
    assert (row.cells[1].quote, row.cells[1].margin_pct) == (None, None)
    assert row.unit_cost > 1


def test_grid_says_what_cannot_be_quoted(cheap):
    japan = ChannelFactory(schedule_id="etsy-jp", country="JP", currency="JPY")
    ListingFactory(variant=cheap.variant, channel=japan, price=D("4000.50"))

    assert "more decimals" in grid([cheap.variant], [japan], on=TODAY)[0].cells[0].problem


def test_margins_know_listings_of_several_pieces_apart(cheap):
    five = ListingFactory(variant=cheap.variant, channel=cheap.channel, pieces=5, price=D(60))

    found = margins(Listing.objects.for_check(), on=TODAY)

    assert [(listing, row.quote.pieces) for listing, row in found] == [(cheap, 1), (five, 5)]


def test_propose_finds_the_smallest_price_with_the_ending(cheap):
    plain = propose(Listing.objects.for_check(), rule=RepricingRule(), on=TODAY)[0]
    charm = propose(Listing.objects.for_check(), rule=RepricingRule(ending=Ending.CENTS_99), on=TODAY)[0]

    assert plain.margin_pct >= 40 > plain.row.margin_pct
    assert str(charm.price).endswith(".99")
    assert charm.price >= plain.price


def test_propose_leaves_what_reaches_its_target_unless_asked(cheap):
    dear = shop.dragon(title="Dear", price=D(90))

    raised = propose(Listing.objects.for_check(), rule=RepricingRule(), on=TODAY)
    every = propose(Listing.objects.for_check(), rule=RepricingRule(only_raise=False), on=TODAY)

    assert [proposal.listing for proposal in raised] == [cheap]
    assert [(proposal.listing, proposal.price < 90) for proposal in every] == [(cheap, True), (dear, True)]


def test_propose_says_why_there_is_no_price(cheap):
    proposal = propose(Listing.objects.for_check(), rule=RepricingRule(target_margin_pct=D(95)), on=TODAY)[0]

    assert (proposal.price, proposal.changes) == (None, False)
    assert "no price reaches it" in proposal.reason


def test_propose_keeps_a_price_that_is_right_already(cheap):
    right = propose(Listing.objects.for_check(), rule=RepricingRule(only_raise=False), on=TODAY)[0].price
    Listing.objects.update(price=right)

    assert propose(Listing.objects.for_check(), rule=RepricingRule(only_raise=False), on=TODAY) == []


def test_grid_page_shows_margins_by_their_tone(client, owner, cheap):
    response = client.get(GRID)

    assert "Cheap dragon" in response.text
    assert "tag-bad" in response.text


def test_grid_page_filters(client, owner, cheap):
    category = CategoryFactory()
    dear = shop.dragon(title="Dear", price=D(90))
    dear.variant.product.category = category
    dear.variant.product.save()
    check()

    def shown(**query):
        return list(client.get(GRID, query).context["page"])

    assert shown() == [cheap.variant, dear.variant]
    assert shown(search="dear") == shown(category=category.pk) == [dear.variant]
    assert shown(below="on") == [cheap.variant]
    assert shown(sort="cost") != []


def test_grid_page_answers_htmx_with_the_table(client, owner):
    response = client.get(GRID, headers={"HX-Request": "true", "HX-Target": "grid-table"})

    assert response.text.strip().startswith('<section id="grid-table"')
    assert "Nothing to show" in response.text


@pytest.mark.parametrize("count", [1, 3])
def test_grid_page_query_count_does_not_grow(client, owner, django_assert_max_num_queries, count):
    for number in range(count):
        shop.dragon(title=f"Dragon {number}")
        ChannelFactory()
    client.get(GRID)

    with django_assert_max_num_queries(25) as found:
        client.get(GRID)

    assert len(found) == PAGE_QUERIES


PAGE_QUERIES = 15


def test_reprice_shows_new_prices_and_writes_nothing(client, owner, cheap):
    assert client.get(REPRICE).context["proposals"] == []

    response = client.get(REPRICE, {"show": "1", "ending": ".99", "channels": cheap.channel.pk})

    assert [proposal.listing for proposal in response.context["proposals"]] == [cheap]
    assert ".99" in response.text
    assert PriceChange.objects.count() == 0


def test_reprice_narrows_by_category_and_alarm(client, owner, cheap):
    assert client.get(REPRICE, {"alarms": "on"}).context["proposals"] == []
    assert client.get(REPRICE, {"category": CategoryFactory().pk}).context["proposals"] == []
    assert "Every price reaches its target" in client.get(REPRICE, {"alarms": "on"}).text

    MarginAlarmFactory(listing=cheap)

    assert len(client.get(REPRICE, {"alarms": "on"}).context["proposals"]) == 1


def test_reprice_says_what_it_cannot_read(client, owner):
    assert client.get(REPRICE, {"target_margin_pct": "100"}).status_code == 422


def test_apply_sets_what_was_ticked_and_clears_its_alarm(client, owner, cheap):
    MarginAlarmFactory(listing=cheap)
    other = shop.dragon(title="Other", price=D(5))

    response = client.post(APPLY, {"picks": f"{cheap.pk}:9.99", "note": "Autumn"})

    assert response.url == GRID
    assert list(Listing.objects.order_by("pk").values_list("pk", "price")) == [(cheap.pk, D("9.99")), (other.pk, 5)]
    assert PriceChange.objects.values_list("reason", "note").get() == (PriceReason.TARGET, "Autumn")
    assert MarginAlarm.objects.open().count() == 0


@pytest.mark.parametrize("picks", [[], ["x:1"], ["1"], ["1:dear"], ["{pk}:-1"], ["{pk}:1.001"]])
def test_apply_refuses_what_is_no_price(client, owner, cheap, picks):
    response = client.post(APPLY, {"picks": [pick.format(pk=cheap.pk) for pick in picks], "next": REPRICE})

    assert response.url == REPRICE
    assert PriceChange.objects.count() == 0


def test_first_look_only_remembers(cheap):
    assert check() == [(1, 0)]

    cheap.refresh_from_db()
    assert cheap.margin_pct < 40
    assert cheap.margin_at == NOW


def test_alarm_rings_when_a_wage_takes_the_margin(client, owner):
    listing = shop.dragon(title="Dragon", price=D("24.00"))
    check()
    Listing.objects.update(price=D("2.00"))

    assert check() == [(1, 1)]
    assert check() == [(1, 0)]

    alarm = MarginAlarm.objects.open().get()
    assert (alarm.listing, alarm.before_pct > 40 > alarm.after_pct, alarm.target_pct) == (listing, True, 40)
    assert "Dragon" in client.get(ALARMS).text


def test_alarm_stops_when_the_margin_is_back():
    listing = shop.dragon(price=D("24.00"))
    MarginAlarmFactory(listing=listing)

    check()

    assert MarginAlarm.objects.open().count() == 0


def test_check_leaves_out_what_has_no_margin():
    japan = ChannelFactory(schedule_id="etsy-jp", country="JP", currency="JPY")
    listing = ListingFactory(channel=japan, price=D("10.50"))

    check()

    listing.refresh_from_db()
    assert listing.margin_pct is None


def test_check_keeps_a_hopeless_margin_within_its_digits(cheap):
    Listing.objects.update(price=D("0.01"))
    RateFactory(value=D(9999))

    check()

    cheap.refresh_from_db()
    assert cheap.margin_pct < -10000


def test_somebody_leaves_an_alarm_be(client, owner):
    alarm = MarginAlarmFactory()

    assert client.post(reverse("pricing:clear_alarm", args=[alarm.pk])).url == ALARMS
    assert "Nothing fell under its target" in client.get(ALARMS).text


def test_look_now_is_a_job(client, owner, cheap, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{ALARMS}check/")

    job = Job.objects.get()
    assert (job.state, job.message) == ("done", "No listing fell under its target.")


def test_every_night_those_who_set_prices_hear_of_it(owner, manager, viewer):
    shop.dragon(price=D("24.00"))
    assert tasks.look_every_night() == 0
    Listing.objects.update(price=D("2.00"))

    assert tasks.look_every_night() == 1

    assert set(Notification.objects.values_list("user", "text")) == {
        (user.pk, "One listing fell under its target.") for user in (owner, manager)
    }


@pytest.mark.parametrize("count", [1, 3])
def test_alarms_query_count_does_not_grow(client, owner, django_assert_num_queries, count):
    MarginAlarmFactory.create_batch(count)
    client.get(ALARMS)

    with django_assert_num_queries(3):  # user, rows, when it was looked at
        client.get(ALARMS)


def test_alarms_answer_htmx_with_the_table(client, owner):
    response = client.get(ALARMS, headers={"HX-Request": "true", "HX-Target": "alarm-table"})

    assert response.text.strip().startswith('<section id="alarm-table"')


def test_grid_pages_state_their_permission(client_for):
    alarm = MarginAlarmFactory()
    posts = (APPLY, f"{ALARMS}check/", reverse("pricing:clear_alarm", args=[alarm.pk]))

    assert {client_for(None).get(url).status_code for url in (GRID, REPRICE, ALARMS)} == {302}
    assert {client_for(Role.OPERATOR).get(url).status_code for url in (GRID, REPRICE, ALARMS)} == {403}
    assert [client_for(Role.VIEWER).get(url).status_code for url in (GRID, REPRICE, ALARMS)] == [200, 403, 200]
    assert {client_for(Role.VIEWER).post(url).status_code for url in posts} == {403}


def test_opening_the_alarms_looks_again_when_the_last_look_is_old(client, owner):
    listing = shop.dragon()
    opened = client.get(ALARMS)
    listing.margin_at = timezone.now()
    listing.save()

    assert (opened.context["is_stale"], client.get(ALARMS).context["is_stale"]) == (True, False)
    assert 'hx-trigger="load"' in opened.text
    quiet = client.post(reverse("pricing:check_margins"), {"quietly": "1"}, headers={"HX-Request": "true"})
    assert quiet.status_code == 204


def test_the_nightly_look_keeps_the_price_that_reaches_the_target(client, owner):
    shop.registered()
    listing = shop.dragon(price=D("1.00"))
    (proposal,) = propose(Listing.objects.for_check(), rule=RepricingRule(), on=timezone.localdate())

    tasks.look_every_night()

    listing.refresh_from_db()
    assert listing.target_price == proposal.price > D("1.00")
    assert f"£{listing.target_price}" in client.get(GRID).text
