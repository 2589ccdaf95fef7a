"""Price sheets: what stands on them, and that no customer's sheet tells a cost."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from nozzly.accounts import permissions
from nozzly.accounts.permissions import Role
from nozzly.tax.domain.status import BEGINNING, set_status
from nozzly.testing.factories.catalog import CategoryFactory, ProductPhotoFactory, VariantFactory
from nozzly.testing.factories.pricing import ListingFactory, PriceSheetFactory
from nozzly.web.models import Job
from pricing.choices import SheetKind
from pricing.documents import sheet_pdf, thumbnail
from pricing.domain.exchange import type_rate
from pricing.domain.sheets import NoChannel, contents_of, keep_file
from pricing.models import PriceSheet
from pricing.tests import shop
from pricing.tests.shop import TODAY
from pricing.views import sheets as sheet_views

D = Decimal
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LIST = "/pricing/sheets/"


@pytest.fixture
def listing():
    shop.registered()
    return shop.dragon(title="Dragon")


def sheet_of(listing, **facts):
    return PriceSheetFactory(name="Autumn list", channel=listing.channel, **facts)


def text_of(content):
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def page(sheet, name="price_sheet_detail"):
    return reverse(f"pricing:{name}", args=[sheet.pk])


def test_retail_sheet_shows_prices_with_tax(listing):
    contents = contents_of(sheet_of(listing), on=TODAY)

    assert [(row.title, row.variant, row.price) for row in contents.rows] == [("Dragon", "Black", D("24.00"))]
    assert contents.tax_label == "Prices with 20 % tax."


def test_wholesale_sheet_shows_reduced_prices_without_tax(listing):
    sheet = sheet_of(listing, kind=SheetKind.WHOLESALE, discount_pct=D(50))

    contents = contents_of(sheet, on=TODAY)

    assert (contents.rows[0].price, contents.tax_label) == (D("10.00"), "Prices without tax.")


def test_price_without_tax_stands_beside_where_tax_is_inside(client, viewer, listing):
    retail = sheet_of(listing, shows_net=True)
    wholesale = PriceSheetFactory(channel=listing.channel, kind="wholesale", shows_net=True)

    assert [contents_of(sheet, on=TODAY).rows[0].net_price for sheet in (retail, wholesale)] == [D("20.00"), None]
    text = text_of(client.get(page(retail, "price_sheet_pdf")).content)
    assert "Without tax Dragon Black £24.00 £20.00" in text
    assert "Price without tax" in client.get(page(retail, "price_sheet_csv")).text.splitlines()[0]
    assert "Price without tax" not in client.get(page(wholesale, "price_sheet_csv")).text.splitlines()[0]


def test_sheet_of_a_small_business_says_that_no_tax_is_charged():
    listing = shop.dragon()

    assert "no VAT" in contents_of(sheet_of(listing), on=TODAY).tax_label


def test_sheet_in_america_speaks_of_sales_tax():
    set_status(valid_from=BEGINNING, registered=False, ships_from="US")
    listing = ListingFactory(channel__schedule_id="etsy-us", channel__country="US", channel__currency="USD")

    assert contents_of(sheet_of(listing), on=TODAY).tax_label == "Prices before sales tax."


def test_internal_sheet_shows_cost_and_margin(listing):
    row = contents_of(sheet_of(listing, kind=SheetKind.INTERNAL), on=TODAY).rows[0]

    assert row.cost > 0
    assert row.profit > 0
    assert row.margin_pct > 50


def test_internal_sheet_knows_the_cost_of_several_pieces(listing):
    ListingFactory(variant=listing.variant, channel=listing.channel, pieces=5, price=D(90))

    one, five = contents_of(sheet_of(listing, kind=SheetKind.INTERNAL), on=TODAY).rows

    assert (one.pieces, five.pieces) == (1, 5)
    assert abs(five.cost - 5 * one.cost) < D("0.03")


@pytest.mark.parametrize("kind", [SheetKind.RETAIL, SheetKind.WHOLESALE, SheetKind.FAIR])
def test_customers_sheet_never_asks_for_a_cost(listing, kind):
    row = contents_of(sheet_of(listing, kind=kind), on=TODAY).rows[0]

    assert (row.cost, row.profit, row.margin_pct) == (None, None, None)


def test_sheet_holds_one_category_and_what_is_for_sale(listing):
    category = CategoryFactory()
    chosen = ListingFactory(channel=listing.channel, variant__product__category=category)
    ListingFactory(channel=listing.channel, variant__product__category=category, ended_at="2026-01-01T09:00Z")
    gone = VariantFactory(product__category=category, archived_at="2026-01-01T09:00Z")
    ListingFactory(channel=listing.channel, variant=gone)

    contents = contents_of(sheet_of(listing, category=category), on=TODAY)

    assert [row.title for row in contents.rows] == [chosen.variant.product.title]


def test_sheet_without_a_channel_takes_the_first(listing):
    assert contents_of(PriceSheetFactory(channel=None), on=TODAY).channel == listing.channel


def test_sheet_without_any_channel_is_refused():
    with pytest.raises(NoChannel):
        contents_of(PriceSheetFactory(channel=None), on=TODAY)


@pytest.mark.parametrize("kind", [SheetKind.RETAIL, SheetKind.INTERNAL])
@pytest.mark.parametrize("count", [1, 3])
def test_sheet_query_count_does_not_grow(django_assert_num_queries, kind, count):
    shop.registered()
    for number in range(count):
        listing = shop.dragon(title=f"Dragon {number}")
        shop.pictured(listing.variant)
    sheet = sheet_of(listing, kind=kind)

    with django_assert_num_queries(QUERIES[kind]):
        contents_of(sheet, on=TODAY)


QUERIES = {SheetKind.RETAIL: 3, SheetKind.INTERNAL: 13}


def test_pdf_of_a_customers_sheet_holds_no_cost_and_no_margin(listing):
    kinds = (SheetKind.RETAIL, SheetKind.WHOLESALE, SheetKind.FAIR)
    internal = contents_of(PriceSheetFactory(channel=listing.channel, kind=SheetKind.INTERNAL), on=TODAY).rows[0]
    secrets = (
        f"{internal.cost:.2f}",
        f"{internal.profit:.2f}",
        f"{internal.margin_pct:.1f}",
        "Cost",
        "Margin",
        "Profit",
    )

    for kind in kinds:
        sheet = PriceSheetFactory(channel=listing.channel, kind=kind, shop_url="https://thistle.example/shop")
        text = text_of(sheet_pdf(contents_of(sheet, on=TODAY), on=TODAY))
        assert [secret for secret in secrets if secret in text] == []
        assert "Dragon" in text


def test_pdf_of_an_internal_sheet_says_so(listing):
    text = text_of(sheet_pdf(contents_of(sheet_of(listing, kind=SheetKind.INTERNAL), on=TODAY), on=TODAY))

    assert ("Margin" in text, "do not hand out" in text) == (True, True)


def test_pdf_shows_name_validity_footer_and_sku(listing, workspace):
    sheet = sheet_of(
        listing, valid_until=date(2026, 12, 31), footer="Free post from £50", shows_sku=True, paper="letter"
    )

    content = sheet_pdf(contents_of(sheet, on=TODAY), on=TODAY)

    text = text_of(content)
    for words in (
        workspace.name,
        "Autumn list",
        "31 Dec 2026",
        "Free post from £50",
        listing.variant.item.sku,
        "£24.00",
    ):
        assert words in text
    assert [round(side) for side in PdfReader(BytesIO(content)).pages[0].mediabox[2:]] == [612, 792]


def test_pdf_shows_pictures(listing):
    shop.pictured(listing.variant)

    content = sheet_pdf(contents_of(sheet_of(listing), on=TODAY), on=TODAY)

    assert len(PdfReader(BytesIO(content)).pages[0].images) == 1


def test_thumbnail_of_what_is_no_picture_is_nothing():
    photo = ProductPhotoFactory()

    assert thumbnail(photo.image.name).startswith("data:image/jpeg;base64,")
    assert (thumbnail(""), thumbnail("catalog/photos/gone.jpg")) == ("", "")


def facts(**changes):
    return {
        "name": "Spring",
        "kind": "retail",
        "channel": "",
        "category": "",
        "discount_pct": "",
        "valid_until": "2027-01-31",
        "paper": "a4",
        "shows_pictures": "on",
        "shop_url": "",
        "footer": "",
    } | changes


def test_create_price_sheet(client, owner):
    response = client.post(f"{LIST}new/", facts())

    sheet = PriceSheet.objects.get()
    assert (sheet.made_by, sheet.discount_pct, sheet.valid_until) == (owner, 0, date(2027, 1, 31))
    assert response.url == sheet.get_absolute_url()


def test_edit_price_sheet_shows_what_is_there(client, owner):
    sheet = PriceSheetFactory(valid_until=date(2027, 1, 31))

    assert 'value="2027-01-31"' in client.get(page(sheet, "edit_price_sheet")).text


@pytest.mark.parametrize(
    "wrong", [{"name": "autumn LIST"}, {"discount_pct": "101"}, {"paper": "a5"}, {"kind": "secret"}]
)
def test_price_sheet_says_what_is_wrong(client, owner, listing, wrong):
    sheet_of(listing)

    assert client.post(f"{LIST}new/", facts(**wrong)).status_code == 422
    assert PriceSheet.objects.count() == 1


def test_price_sheets_show_sort_and_filter(client, owner):
    fair = PriceSheetFactory(name="Fair", kind=SheetKind.FAIR)
    shops = PriceSheetFactory(name="Shops", kind=SheetKind.WHOLESALE)

    assert list(client.get(LIST, {"sort": "name"}).context["page"]) == [fair, shops]
    assert list(client.get(LIST, {"search": "sho"}).context["page"]) == [shops]
    assert list(client.get(LIST, {"kind": "fair"}).context["page"]) == [fair]


def test_price_sheets_answer_htmx_with_the_table(client, owner):
    response = client.get(LIST, headers={"HX-Request": "true", "HX-Target": "sheet-table"})

    assert response.text.strip().startswith('<section id="sheet-table"')
    assert "No price sheet yet" in response.text


def test_price_sheet_shows_its_rows(client, owner, listing):
    text = client.get(page(sheet_of(listing, shows_sku=True))).text

    assert [words in text for words in ("Dragon", "£24.00", "Prices with 20")] == [True, True, True]
    assert "Margin" not in text


def test_price_sheet_without_prices_says_what_to_do(client, owner):
    assert "Nothing has a price there yet" in client.get(page(PriceSheetFactory())).text


def test_price_sheet_without_a_channel_says_so_everywhere(client, owner):
    sheet = PriceSheetFactory(channel=None)

    assert "Add a channel first" in client.get(page(sheet)).text
    for name in ("price_sheet_pdf", "price_sheet_csv"):
        assert client.get(page(sheet, name)).url == sheet.get_absolute_url()


def test_price_sheet_comes_as_pdf_csv_and_xlsx(client, owner, listing):
    sheet = sheet_of(listing)

    pdf = client.get(page(sheet, "price_sheet_pdf"))
    table = client.get(page(sheet, "price_sheet_csv")).content.decode("utf-8-sig").splitlines()

    assert (pdf.content[:4], pdf["Content-Disposition"]) == (b"%PDF", 'inline; filename="autumn-list.pdf"')
    assert table == [
        "Product,Variant,SKU,Category,Pieces,Price,Currency,Tax",
        f"Dragon,Black,{listing.variant.item.sku},,1,24.00,GBP,Prices with 20 % tax.",
    ]
    assert client.get(page(sheet, "price_sheet_xlsx")).content[:2] == b"PK"


def test_internal_table_has_the_costs(client, owner, listing):
    sheet = sheet_of(listing, kind=SheetKind.INTERNAL)

    head = client.get(page(sheet, "price_sheet_csv")).content.decode("utf-8-sig").splitlines()[0]

    assert head.endswith("Tax,Cost,Profit,Margin (%)")
    assert "Margin" in client.get(page(sheet)).text


def test_large_sheet_is_made_in_a_job(client, owner, listing, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(sheet_views, "_AT_ONCE", 0)
    sheet = sheet_of(listing)
    assert client.get(page(sheet, "price_sheet_pdf")).url == sheet.get_absolute_url()
    assert "Make the PDF" in client.get(page(sheet)).text

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(page(sheet, "make_price_sheet"))

    job = Job.objects.get()
    assert (response.url, job.state, job.message) == (job.get_absolute_url(), "done", "The price sheet is ready.")
    with job.result.open() as file:
        assert "Dragon" in text_of(file.read())


def test_delete_price_sheet(client, owner):
    sheet = PriceSheetFactory(name="Old")
    url = page(sheet, "delete_price_sheet")
    assert "Delete Old?" in client.get(url).text

    assert client.post(url).url == LIST
    assert PriceSheet.objects.count() == 0


def test_price_sheet_pages_state_their_permission(client_for, listing):
    sheet = sheet_of(listing)
    reading = [LIST, *(page(sheet, name) for name in ("price_sheet_detail", "price_sheet_pdf", "price_sheet_csv"))]
    writing = [f"{LIST}new/", page(sheet, "edit_price_sheet"), page(sheet, "delete_price_sheet")]

    assert {client_for(None).get(url).status_code for url in reading + writing} == {302}
    assert {client_for(Role.OPERATOR).get(url).status_code for url in reading + writing} == {403}
    assert {client_for(Role.VIEWER).get(url).status_code for url in reading} == {200}
    assert {client_for(Role.VIEWER).get(url).status_code for url in writing} == {403}
    assert client_for(Role.OPERATOR).post(page(sheet, "make_price_sheet")).status_code == 403


@pytest.fixture
def without_costs(monkeypatch):
    """A role that sees prices and no costs, as a workspace may once have."""
    reduced = permissions.ROLE_PERMISSIONS[Role.MANAGER] - {permissions.Permission.COST_VIEW}
    monkeypatch.setitem(permissions.ROLE_PERMISSIONS, Role.MANAGER, reduced)


def test_internal_sheet_is_for_those_who_see_costs(client, manager, listing, without_costs):
    sheet = sheet_of(listing, kind=SheetKind.INTERNAL)

    assert client.get(page(sheet)).status_code == 403
    assert client.get(page(sheet, "price_sheet_csv")).status_code == 403
    assert client.get(page(sheet, "edit_price_sheet")).status_code == 404
    assert list(client.get(LIST).context["page"]) == []
    assert client.post(f"{LIST}new/", facts(kind="internal")).status_code == 422


def test_a_sheet_in_another_currency_says_its_rate(client, viewer):
    shop.registered()
    listing = shop.dragon(price=D("24.00"))
    sheet = PriceSheetFactory(channel=listing.channel, currency="USD", shows_category=True, shows_pieces=True)

    contents = contents_of(sheet, on=TODAY)
    page = client.get(sheet.get_absolute_url())

    assert (contents.currency, [row.price for row in contents.rows]) == ("USD", [D("30.00")])
    assert "1 GBP = 1.2500 USD." in page.text


def test_yen_on_a_sheet_have_no_cents():
    listing = shop.dragon(price=D("24.00"))
    type_rate("JPY", rate=D("0.0051"), on=TODAY)

    (row,) = contents_of(PriceSheetFactory(channel=listing.channel, currency="JPY"), on=TODAY).rows

    assert row.price == D(4706)


def test_a_kept_pdf_has_an_address_that_lasts(client_for):
    shop.dragon()
    sheet = PriceSheetFactory(kind=SheetKind.INTERNAL)
    address = f"{sheet.get_absolute_url()}file/"
    before = client_for(Role.OWNER).get(address)

    keep_file(sheet, b"%PDF-1.7 first", at=NOON)
    keep_file(sheet, b"%PDF-1.7 second", at=NOON)

    assert before.status_code == 302
    assert client_for(Role.OWNER).get(address).content == b"%PDF-1.7 second"
    assert client_for(Role.OPERATOR).get(address).status_code == 403
