import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

from django.urls import reverse

from nozzly.accounts.permissions import Role
from nozzly.testing.factories.catalog import VariantFactory
from nozzly.testing.factories.pricing import ChannelFactory, ListingFactory, PriceChangeFactory
from pricing.domain.price_files import price_file

D = Decimal


def listed(channel, title, sku, **facts):
    return ListingFactory(variant=VariantFactory(product__title=title, item__sku=sku), channel=channel, **facts)


def test_shopify_gets_handle_options_and_price():
    shop = ChannelFactory(schedule_id="shopify-uk-basic")
    red = listed(shop, "Dragon", "DRG-R", external_id="dragon", option_text="Colour: Red, Size: S", price=D("21.00"))
    ListingFactory(
        variant=VariantFactory(product=red.variant.product, item__sku="DRG-B", position=1),
        channel=shop, external_id="dragon", option_text="Colour: Blue, Size: S", price=D("22.50"),
    )  # fmt: skip
    listed(shop, "Vase", "VASE", external_id="vase", price=D("9.00"))
    listed(shop, "Never exported", "NEW")

    made = price_file(shop)

    assert (made.rows, made.left_out) == (
        [
            ["dragon", "Dragon", "Colour", "Red", "Size", "S", "", "", "DRG-R", "21.00"],
            ["dragon", "", "", "Blue", "", "S", "", "", "DRG-B", "22.50"],
            ["vase", "Vase", "Title", "Default Title", "", "", "", "", "VASE", "9.00"],
        ],
        1,
    )


def test_ebay_revises_items_and_their_variations():
    ebay = ChannelFactory(schedule_id="ebay-uk")
    listed(ebay, "Dragon", "DRG-R", external_id="1101", option_text="Colour: Red", price=D("24.00"))
    listed(ebay, "Vase", "VASE", external_id="1102", price=D("12.00"))

    made = price_file(ebay)

    assert made.headers[0] == "*Action(SiteID=UK|Country=GB|Currency=GBP|Version=1193|CC=UTF-8)"
    assert made.rows == [
        ["Revise", "1101", "", "", "", ""],
        ["", "", "Variation", "Colour=Red", "DRG-R", "24.00"],
        ["Revise", "1102", "", "", "VASE", "12.00"],
    ]


def test_a_list_to_type_from_shows_old_and_new_and_what_changed_lately():
    etsy = ChannelFactory()
    old = listed(etsy, "Owl", "OWL", price=D("8.00"))
    new = listed(etsy, "Fox", "FOX", price=D("9.00"))
    PriceChangeFactory(listing=old, before=D("7.00"), after=D("8.00"), at=datetime(2026, 3, 1, 9, tzinfo=UTC))
    PriceChangeFactory(listing=new, before=D("8.50"), after=D("9.00"), at=datetime(2026, 11, 20, 9, tzinfo=UTC))

    assert [row[5:7] for row in price_file(etsy).rows] == [["8.50", "9.00"], ["7.00", "8.00"]]
    assert [row[0] for row in price_file(etsy, since=date(2026, 11, 1)).rows] == ["Fox"]


def test_yen_have_no_decimals_in_the_file():
    japan = ChannelFactory(schedule_id="etsy-jp", country="JP", currency="JPY")
    listed(japan, "Owl", "OWL", price=D(1200))

    assert price_file(japan).rows[0][6] == "1200"


def test_the_file_is_handed_out_without_formulas(client_for):
    etsy = ChannelFactory()
    listed(etsy, "=cmd()", "OWL")
    url = reverse("pricing:channel_prices", args=[etsy.pk])

    answer = client_for(Role.VIEWER).get(url, {"since": "nonsense"})

    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[1][0] == "'=cmd()"
    assert client_for(Role.OPERATOR).get(url).status_code == 403


def test_a_channel_whose_listings_have_no_number_says_what_to_do(client_for):
    ebay = ChannelFactory(schedule_id="ebay-uk")
    listed(ebay, "Owl", "OWL")

    answer = client_for(Role.VIEWER).get(reverse("pricing:channel_prices", args=[ebay.pk]), follow=True)

    assert "read the channel&#x27;s file first" in answer.text
