from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from nozzly.accounts.permissions import Role
from nozzly.testing.factories.catalog import VariantFactory
from nozzly.testing.factories.pricing import ChannelFactory, ListingFactory, ListingMatchFactory
from pricing.domain.channel_files import kind_of, match_key, rows_of
from pricing.models import Listing, ListingMatch, PriceChange

D = Decimal
IMPORT = "/pricing/channels/listings/from-channel/"
MATCHES = "/pricing/channels/listings/matches/"
SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data" / "order_csv"
ETSY = (
    "TITLE,DESCRIPTION,PRICE,CURRENCY_CODE,QUANTITY,VARIATION 1 TYPE,VARIATION 1 NAME,VARIATION 1 VALUES,"
    "VARIATION 2 TYPE,VARIATION 2 NAME,VARIATION 2 VALUES,SKU\r\n"
    '"Dragon, for him &amp; her","One\n""two""",24.00,GBP,3,,Colour,"Red,Blue",,,,"DRG-RED,DRG-BLU"\r\n'
    "Mystery box,,12.50,GBP,1,,,,,,,\r\n"
)
SHOPIFY = (
    "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Image Src,Status\n"
    "dragon,Dragon,Colour,Red,'DRG-RED,21.00,https://example.com/1.jpg,active\n"
    "dragon,,,Blue,,21.50,,\n"
    "dragon,,,,,,https://example.com/2.jpg,\n"
    "vase,Vase,Title,Default Title,VASE,9.00,,draft\n"
)


@pytest.fixture
def manager(client_for):
    return client_for(Role.MANAGER)


@pytest.fixture
def etsy():
    return ChannelFactory(name="Etsy", schedule_id="etsy-uk")


def read(text):
    lines = [line.split(",") for line in text.splitlines()]
    headers = lines[0]
    return rows_of(kind_of(headers), headers, lines[1:])


def take_in(browser, text, name="EtsyListingsDownload.csv", apply="all"):
    """Upload, look at the dry run, carry it out; answers both pages."""
    shown = browser.post(IMPORT, {"file": SimpleUploadedFile(name, text.encode())})
    found = ((name, index) for name, _label, _column, index in shown.context["matches"])
    fields = {f"column-{name}": index for name, index in found if index is not None}
    token = shown.context["token"]
    return shown, browser.post(IMPORT, {"token": token, "apply": apply} | fields, follow=True)


def red():
    return VariantFactory(item__sku="DRG-RED", product__title="Dragon", name="Red")


def test_shopify_rows_carry_their_title_on_and_pictures_and_drafts_are_left_out():
    rows = read(SHOPIFY)

    assert [(row.title, row.option_text, row.sku, row.external_id, row.price) for row in rows] == [
        ("Dragon", "Colour: Red", "DRG-RED", "dragon", "21.00"),
        ("Dragon", "Colour: Blue", "", "dragon", "21.50"),
    ]


def test_every_listing_file_at_hand_is_read():
    files = [*SAMPLES.glob("etsy_listings_download__*.csv"), *SAMPLES.glob("shopify_products_export__sample.csv")]
    if not files:
        pytest.skip("the shared samples are not on this machine")
    import csv  # noqa: PLC0415 - only where there are samples

    found = {}
    for file in files:
        with file.open(encoding="utf-8-sig", newline="") as text:
            headers, *rows = csv.reader(text)
        found[file.stem] = len(rows_of(kind_of(headers), headers, [row for row in rows if row]))

    assert found == {
        "etsy_listings_download__fixture_skus": 5,
        "etsy_listings_download__real_excerpt_MIT": 2,
        "shopify_products_export__sample": 2,
    }


def test_known_skus_become_listings_and_the_rest_is_asked(manager, etsy):
    variant = red()

    _shown, done = take_in(manager, ETSY)

    listing = Listing.objects.get()
    assert (listing.variant, listing.channel, listing.price) == (variant, etsy, D("24.00"))
    assert listing.option_text == "Colour: Red"
    assert [(match.title, match.option_text) for match in ListingMatch.objects.waiting().order_by("title", "pk")] == [
        ("Dragon, for him & her", "Colour: Blue"), ("Mystery box", ""),
    ]  # fmt: skip
    assert "2 lines wait for you" in done.text


def test_an_answer_sets_the_price_and_is_never_asked_again(manager, etsy):
    red()
    box = VariantFactory(item__sku="BOX", product__title="Box of ten")
    take_in(manager, ETSY)
    asked = ListingMatch.objects.get(title="Mystery box")

    manager.post(f"{MATCHES}{asked.pk}/", {"product": "box", "pieces": "10"})
    take_in(manager, ETSY.replace("12.50", "13.00"))

    listing = Listing.objects.get(variant=box)
    assert (listing.pieces, listing.price) == (10, D("13.00"))
    assert [(change.before, change.after) for change in PriceChange.objects.filter(listing=listing).order_by("pk")] == [
        (None, D("12.50")), (D("12.50"), D("13.00")),
    ]  # fmt: skip
    assert list(ListingMatch.objects.waiting().values_list("option_text", flat=True)) == ["Colour: Blue"]


def test_what_is_not_ours_stays_out_until_asked_again(manager, etsy):
    take_in(manager, ETSY)
    asked = ListingMatch.objects.get(title="Mystery box")

    manager.post(f"{MATCHES}{asked.pk}/", {"ignore": "1"})
    take_in(manager, ETSY)
    ignored = ListingMatch.objects.waiting().filter(title="Mystery box").exists()
    manager.post(f"{MATCHES}{asked.pk}/", {"again": "1"})

    assert (ignored, ListingMatch.objects.waiting().count(), Listing.objects.count()) == (False, 3, 0)


def test_a_wrong_answer_changes_nothing(manager, etsy):
    take_in(manager, ETSY)
    asked = ListingMatch.objects.get(title="Mystery box")

    for data in (
        {"product": "Dragoon", "pieces": "1"},
        {"product": "", "pieces": "1"},
        {"product": "x", "pieces": "0"},
    ):
        assert manager.post(f"{MATCHES}{asked.pk}/", data).status_code == 302

    asked.refresh_from_db()
    assert (asked.variant, Listing.objects.count()) == (None, 0)


def test_other_money_and_no_channel_are_refused_with_a_reason(manager, etsy):
    shown = manager.post(IMPORT, {"file": SimpleUploadedFile("l.csv", ETSY.replace("GBP", "EUR").encode())})
    shop = manager.post(IMPORT, {"file": SimpleUploadedFile("p.csv", SHOPIFY.encode())})

    assert "The file is in EUR, Etsy in GBP." in shown.text
    assert "There is no channel called “Shopify”" in shop.text
    assert (Listing.objects.count(), ListingMatch.objects.count()) == (0, 0)


def test_the_same_file_again_changes_nothing(manager, etsy):
    listing = ListingFactory(variant=red(), channel=etsy, price=D("24.00"), option_text="Colour: Red")
    take_in(manager, ETSY)
    before = list(ListingMatch.objects.values_list("pk", "updated_at"))

    take_in(manager, ETSY, apply="good")

    listing.refresh_from_db()
    assert (PriceChange.objects.count(), len(before), ListingMatch.objects.count()) == (0, 2, 2)


def test_a_line_is_known_again_whatever_its_spaces_and_case():
    assert match_key(" Dragon  Red", "", "A-1") == match_key("dragon red", "", "a-1")


@pytest.mark.parametrize("count", [1, 3])
def test_matches_are_listed_with_a_constant_number_of_queries(manager, etsy, django_assert_max_num_queries, count):
    ListingMatchFactory.create_batch(count, channel=etsy)
    manager.get(MATCHES)

    with django_assert_max_num_queries(9):
        answer = manager.get(MATCHES)

    assert len(list(answer.context["page"])) == count
