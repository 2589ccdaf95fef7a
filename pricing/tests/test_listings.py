"""Listings: written with their history, listed, exported and imported back unchanged."""

from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from nozzly.accounts.permissions import Role
from nozzly.core.models import WrittenOnce
from nozzly.tenancy.current import in_workspace
from nozzly.testing.factories.catalog import DesignLicenceFactory, VariantFactory
from nozzly.testing.factories.pricing import ChannelFactory, ListingFactory, PriceChangeFactory
from pricing.choices import PriceReason
from pricing.domain import listings
from pricing.domain.listings import PriceNotPossible, Wish
from pricing.models import Listing, PriceChange
from pricing.tests import shop

D = Decimal
LIST = "/pricing/channels/listings/"
NOW = timezone.now()


def wish(listing, **changes):
    facts = {"variant": listing.variant, "channel": listing.channel, "price": listing.price, "pieces": listing.pieces}
    return Wish(**facts | changes)


def test_set_prices_writes_a_change_only_where_the_price_moves(user):
    listing = ListingFactory()

    listings.set_prices([wish(listing, postage_charged=D(3), external_id="12", option_text="Red")], by=user, at=NOW)

    listing.refresh_from_db()
    assert (listing.postage_charged, listing.external_id, listing.option_text) == (3, "12", "Red")
    assert PriceChange.objects.count() == 0


def test_set_prices_brings_an_ended_listing_back(user):
    listing = ListingFactory(ended_at=NOW)

    listings.set_prices([wish(listing)], by=user, at=NOW)

    listing.refresh_from_db()
    assert listing.is_live is True


@pytest.mark.parametrize(
    "changes",
    [{"price": D(-1)}, {"price": D("NaN")}, {"price": D("1.001")}, {"postage_charged": D("-0.01")}, {"pieces": 0}],
)
def test_set_prices_refuses_the_whole_batch(user, changes):
    listing = ListingFactory()

    with pytest.raises(PriceNotPossible):
        listings.set_prices([wish(listing, price=D(99)), wish(listing, **changes)], by=user, at=NOW)

    listing.refresh_from_db()
    assert (listing.price, PriceChange.objects.count()) == (D("24.00"), 0)


def test_what_the_licence_forbids_is_not_offered_but_what_is_on_sale_keeps_its_price(user):
    forbidden = VariantFactory(product__licence=DesignLicenceFactory(allows_selling=False))
    channel, live = ChannelFactory(), ListingFactory(variant=forbidden)

    with pytest.raises(listings.MayNotBeSold):
        listings.set_prices([Wish(variant=forbidden, channel=channel, price=D(9))], by=user, at=NOW)
    listings.set_prices([wish(live, price=D(26))], by=user, at=NOW)
    seen = [Wish(variant=forbidden, channel=channel, price=D(9))]
    listings.set_prices(seen, reason=PriceReason.IMPORTED, by=user, at=NOW)

    assert sorted(Listing.objects.values_list("price", flat=True)) == [9, 26]


def test_a_listing_whose_licence_forbids_it_says_so(client, viewer):
    listing = ListingFactory(variant__product__licence=DesignLicenceFactory(allows_selling=False))

    assert "does not allow selling prints." in client.get(listing.get_absolute_url()).text


def test_end_listing_twice_is_refused():
    listing = listings.end_listing(ListingFactory(), at=NOW)

    with pytest.raises(listings.ListingStateWrong):
        listings.end_listing(listing, at=NOW)


def test_price_changes_are_written_once():
    change = PriceChangeFactory()

    with pytest.raises(WrittenOnce):
        change.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        PriceChange.objects.filter(pk=change.pk)._raw_delete("default")


def test_listings_show_and_filter(client, owner):
    dragon = shop.dragon(title="Dragon", external_id="145")
    vase = shop.dragon(title="Vase")
    gone = ListingFactory(ended_at=NOW)

    def shown(**query):
        return set(client.get(LIST, query).context["page"])

    assert shown() == {dragon, vase}
    assert shown(search="drag") == shown(search="145") == {dragon}
    assert shown(channel=gone.channel.pk) == set()
    assert shown(state="ended") == {gone}
    assert shown(state="all") == {dragon, vase, gone}


def test_listings_answer_htmx_with_the_table(client, owner):
    response = client.get(LIST, headers={"HX-Request": "true", "HX-Target": "listing-table"})

    assert response.text.strip().startswith('<section id="listing-table"')
    assert "No listings here" in response.text


@pytest.mark.parametrize("count", [1, 3])
def test_listings_query_count_does_not_grow(client, owner, django_assert_num_queries, count):
    ListingFactory.create_batch(count)
    client.get(LIST)

    with django_assert_num_queries(3):  # user, channels of the filter, rows
        client.get(LIST)


def exported(client):
    return client.get(LIST, {"format": "csv"}).content


def upload(client, content):
    file = SimpleUploadedFile("listings.csv", content)
    return client.post(f"{LIST}import/", {"file": file}, follow=True)


def test_listings_export_what_they_import(client, owner):
    listing = shop.dragon(title="Dragon", external_id="145", postage_charged=D("3.95"))
    before = exported(client)

    lines = before.decode("utf-8-sig").splitlines()
    assert lines[0] == ("Product,Variant,SKU,Channel,Pieces,Price,Currency,Postage charged,Number there,Options there")
    assert lines[1] == f"Dragon,Black,{listing.variant.item.sku},Etsy,1,24.00,GBP,3.95,145,"

    response = upload(client, before)

    assert [row.verdict for row in response.context["run"].rows] == ["unchanged"]
    assert exported(client) == before


def test_listings_import_changes_prices_with_history(client, owner):
    listing = shop.dragon(title="Dragon")
    other = VariantFactory(product=listing.variant.product, name="Red", item__sku="DRG-RED")
    table = (
        f"SKU,Product,Variant,Channel,Price\n{listing.variant.item.sku},,,etsy,£26.50\n,Dragon,red,Etsy,27\n".encode()
    )

    check = upload(client, table)
    assert [row.verdict for row in check.context["run"].rows] == ["changed", "new"]
    token = check.context["token"]
    columns = {f"column-{name}": n for n, name in enumerate(("sku", "product", "variant", "channel", "price"))}
    response = client.post(f"{LIST}import/", {"token": token, "apply": "1", **columns}, follow=True)

    assert response.status_code == 200
    assert dict(Listing.objects.values_list("variant", "price")) == {listing.variant.pk: D("26.50"), other.pk: 27}
    assert set(PriceChange.objects.values_list("after", "reason")) == {(D("26.50"), "imported"), (27, "imported")}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("NO-SKU,,,Etsy,1", "Nothing has the SKU"),
        (",Dragon,,Nowhere,1", "There is no channel called"),
        (",Griffin,,Etsy,1", "There is no product"),
        (",Dragon,,Etsy,1", "has several variants"),
        (",Dragon,Black,Etsy,x", "is not a number"),
        (",Dragon,Black,Etsy,1.005", "At most 2 decimals"),
        (",Dragon,Black,Etsy Japan,1.50", "more decimals"),
    ],
)
def test_listings_import_says_why_a_row_cannot_be_taken(client, owner, row, reason):
    variant = shop.dragon(title="Dragon").variant
    VariantFactory(product=variant.product, name="Red")
    ChannelFactory(name="Etsy Japan", schedule_id="etsy-jp", country="JP", currency="JPY")

    response = upload(client, f"SKU,Product,Variant,Channel,Price\n{row}\n".encode())

    assert reason in response.text


def test_listings_import_refuses_the_same_listing_twice(client, owner):
    sku = shop.dragon().variant.item.sku

    response = upload(client, f"SKU,Channel,Price\n{sku},Etsy,1\n{sku},Etsy,2\n".encode())

    assert "stand in the file twice" in response.text


def test_listing_shows_its_history_and_ends(client, owner):
    listing = shop.dragon(title="Dragon")
    PriceChangeFactory(listing=listing, note="Spring")

    response = client.get(listing.get_absolute_url())
    assert "Spring" in response.text
    assert "£22.00" in response.text

    end = reverse("pricing:end_listing", args=[listing.pk])
    assert "Take Dragon" in client.get(end).text
    client.post(end)
    assert Listing.objects.live().count() == 0
    assert client.post(end).status_code == 422


def test_listing_pages_state_their_permission(client_for):
    listing = shop.dragon()
    detail, end = listing.get_absolute_url(), reverse("pricing:end_listing", args=[listing.pk])

    assert [client_for(None).get(url).status_code for url in (LIST, detail, end)] == [302] * 3
    assert [client_for(Role.OPERATOR).get(url).status_code for url in (LIST, detail, end, f"{LIST}import/")] == [
        403
    ] * 4
    assert [client_for(Role.VIEWER).get(url).status_code for url in (LIST, detail, end)] == [200, 200, 403]


@pytest.mark.threads
def test_set_prices_for_the_first_time_from_two_tabs_makes_one_listing(committed, user, workspace):
    first = Wish(variant=VariantFactory(), channel=ChannelFactory(), price=D(24))
    barrier, broken = Barrier(4), []

    def ask():
        try:
            with in_workspace(workspace):
                barrier.wait()
                listings.set_prices([first], by=user, at=NOW)
        except IntegrityError as error:
            broken.append(error)
        finally:
            connection.close()

    threads = [Thread(target=ask) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert (broken, Listing.objects.count(), PriceChange.objects.count()) == ([], 1, 1)
