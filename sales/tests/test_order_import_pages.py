from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from catalog.models import Product
from nozzly.accounts.permissions import Role
from nozzly.testing.factories.catalog import ProductFactory, VariantFactory
from nozzly.testing.factories.inventory import ItemFactory, LotFactory
from nozzly.testing.factories.pricing import ChannelFactory
from nozzly.testing.factories.sales import (
    ChannelChargeFactory,
    ImportedLineFactory,
    MatchRuleFactory,
    OrderChargeFactory,
    OrderFactory,
    OrderImportFactory,
    OrderLineFactory,
    PayoutFactory,
)
from sales.choices import ImportState, OrderState
from sales.domain import fee_audit, order_imports
from sales.models import MatchRule, Order, OrderImport, OrderLine
from sales.tests.order_files import fee, items, statement, table

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
BOOKS = date(2020, 1, 1)


@pytest.fixture
def etsy():
    order_imports.set_books_start(BOOKS)
    return ChannelFactory(name="Etsy")


@pytest.fixture
def dragon():
    variant = VariantFactory(
        product=ProductFactory(title="Dragon of the north"), name="Red", item=ItemFactory(sku="DRG-RED", kind="part")
    )
    LotFactory(item=variant.item, on_hand=3, bought_value=6, full_value=15)
    return variant


def upload(client, *contents, key=None):
    files = [SimpleUploadedFile(f"orders{number}.csv", content) for number, content in enumerate(contents)]
    return client.post(reverse("sales:upload_orders"), {"files": files, "key": str(key or uuid4())})


def past(**row):
    """An item of last year, so that the clock of the test machine does not matter."""
    return {"Sale Date": "11/20/25", "Date Paid": "11/20/25", "SKU": "DRG-RED", **row}


def test_upload_shows_what_would_happen_and_apply_does_it(
    client, manager, etsy, dragon, django_capture_on_commit_callbacks
):
    answer = upload(client, items(past(), past(**{"Order ID": "9002", "Transaction ID": "7", "Price": "?"})))
    found = OrderImport.objects.get()
    page = client.get(answer.url)

    assert page.context["counts"]["new"] == 1
    assert "Price: “?” is no amount of money." in page.content.decode()
    assert Order.objects.count() == 0

    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("sales:apply_import", args=[found.pk]))

    assert Order.objects.get().external_id == "9001"
    page = client.get(found.get_absolute_url())
    assert (page.context["results"]["made"], page.context["order_import"].state) == (1, ImportState.APPLIED)
    assert not found.files.get().content


def test_the_same_upload_twice_is_one_import_and_applies_once(
    client, manager, etsy, dragon, django_capture_on_commit_callbacks
):
    key = uuid4()
    for _click in range(2):
        upload(client, items(past()), key=key)
    found = OrderImport.objects.get()

    with django_capture_on_commit_callbacks(execute=True):
        for _click in range(2):
            client.post(reverse("sales:apply_import", args=[found.pk]))

    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\x02", b"PK\x03\x04 no workbook", b"Handle,Title,Variant Price\na,b,1\n"]
)
def test_a_file_that_holds_no_orders_is_refused_beside_its_field(client, manager, etsy, content):
    answer = upload(client, content)

    assert (answer.status_code, OrderImport.objects.count()) == (422, 0)
    assert answer.context["form"].errors["files"]


def test_unclear_dates_and_columns_are_asked(client, manager, etsy):
    own = table({"Nr": "1", "Day": "03/04/2025", "What": "Dragon", "Price": "24.00"}, {"Nr": "2"})
    found = OrderImport.objects.get(pk=_pk(upload(client, own)))
    page = client.get(found.get_absolute_url())
    assert set(page.context["check"].questions) == {"columns"}

    columns = {"column_order": "0", "column_date": "1", "column_title": "2", "column_price": "3", "channel": etsy.pk}
    client.post(found.get_absolute_url(), columns)
    page = client.get(found.get_absolute_url())
    assert page.context["check"].questions == ["dates"]

    client.post(found.get_absolute_url(), columns | {"dates": "day-first"})
    check = client.get(found.get_absolute_url()).context["check"]
    assert [plan.order.placed_on for plan in check.orders] == [date(2025, 4, 3)]


def test_undo_takes_an_import_back(client, manager, etsy, dragon, django_capture_on_commit_callbacks):
    found = OrderImport.objects.get(pk=_pk(upload(client, items(past(**{"Date Shipped": "11/21/25"})))))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("sales:apply_import", args=[found.pk]))
    assert "1 order is cancelled" in client.get(reverse("sales:undo_import", args=[found.pk])).content.decode()

    client.post(reverse("sales:undo_import", args=[found.pk]))

    dragon.item.lots.get().refresh_from_db()
    assert (Order.objects.get().state, dragon.item.lots.get().on_hand) == (OrderState.CANCELLED, 3)


def test_files_that_were_not_applied_can_be_forgotten(client, manager, etsy):
    found = OrderImport.objects.get(pk=_pk(upload(client, items(past()))))

    client.post(reverse("sales:drop_import", args=[found.pk]))

    assert OrderImport.objects.count() == 0


def test_the_inbox_suggests_products_and_one_answer_settles_alike_lines(client, manager, dragon):
    channel = ChannelFactory()
    lines = [
        OrderLineFactory(order=OrderFactory(channel=channel), variant=None, title="Dragon of the north", options="Red")
        for _ in range(2)
    ]
    for line in lines:
        ImportedLineFactory(line=line)
    page = client.get(reverse("sales:unmatched_lines"))
    [(row, suggestions)] = page.context["page"]
    assert (row["count"], suggestions[0].variant) == (2, dragon)

    client.post(reverse("sales:answer_line", args=[row["first"]]), {"variant": dragon.pk, "pieces": 1})

    for line in lines:
        line.refresh_from_db()
    assert [line.variant for line in lines] == [dragon, dragon]
    assert list(client.get(reverse("sales:unmatched_lines")).context["page"]) == []
    assert MatchRule.objects.get().learned_by == manager


def test_products_are_made_of_lines_that_wait(client, manager, dragon):
    channel, other = ChannelFactory(), ChannelFactory()
    for options, sku, sold_on in (
        ("Colour: Blue, Size: Large", "FOX-BL", channel), ("Colour: Red, Size: Large", dragon.item.sku, channel),
        ("Colour: Blue, Size: Large", "FOX-BL", other), ("", "", channel),
    ):  # fmt: skip
        line = OrderLineFactory(order=OrderFactory(channel=sold_on), variant=None, title="Fox", options=options)
        ImportedLineFactory(line=line, sku=sku)
    ImportedLineFactory(line=OrderLineFactory(variant=None, title="fox!", options="Blue / Large"))
    url = reverse("sales:make_products")

    assert client.get(url).status_code == 302
    [plan] = client.get(url, {"all": 1}).context["plans"]
    assert [each.name for each in plan.variants.values()] == ["Blue, Large", "Red, Large", "Standard"]
    client.post(url, {"all": 1})
    client.post(url, {"all": 1})

    fox = Product.objects.get(title="Fox")
    blue, red, _plain = fox.variants.order_by("pk")
    assert (blue.options, blue.item.sku) == ({"Colour": "Blue", "Size": "Large"}, "FOX-BL")
    assert red.item.sku not in {"", dragon.item.sku}
    assert OrderLine.objects.filter(variant=blue).count() == 3
    assert not OrderLine.objects.filter(variant=None).exists()


@pytest.mark.parametrize("groups", [1, 3])
def test_inbox_query_count_does_not_grow(client, manager, dragon, django_assert_max_num_queries, groups):
    for number in range(groups):
        ImportedLineFactory(line=OrderLineFactory(variant=None, title=f"Dragon {number}"))

    with django_assert_max_num_queries(12):
        page = client.get(reverse("sales:unmatched_lines"))

    assert len(page.context["page"]) == groups


def test_fee_audit_names_why_a_fee_differs(
    client, bookkeeper, etsy, dragon, manager, django_capture_on_commit_callbacks
):
    client.sign_in(manager)
    month = statement(
        fee("Transaction fee: Dragon", "1.79", Date="20 November, 2025"),
        fee("Processing fee", "1.40", Date="20 November, 2025"),
        fee("Fee for sale made through Offsite Ads", "4.13", Type="Marketing", Date="20 November, 2025"),
    )  # fmt: skip
    found = OrderImport.objects.get(pk=_pk(upload(client, items(past(**{"Date Shipped": "11/21/25"})), month)))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("sales:apply_import", args=[found.pk]))
    client.sign_in(bookkeeper)

    page = client.get(reverse("sales:fee_audit"), {"first": "2025-11-01", "last": "2025-11-30"})

    order = client.get(Order.objects.get().get_absolute_url()).content.decode()
    assert "charged, not expected" in order
    assert "was expected" in order or "charged as expected" in order
    found = {each.code: each for each in page.context["page"]}
    assert found["offsite_ads"].charged == Decimal("4.13")
    assert found["offsite_ads"].reason.startswith("It came by an offsite ad.")
    assert "transaction" not in found
    assert page.context["totals"]["charged"] == Decimal("7.32")


def test_fee_audit_finds_the_wrong_country(etsy, user, dragon):
    order = OrderFactory(channel=etsy, ship_to_country="GB", placed_on=date(2026, 11, 20))
    line = OrderLineFactory(order=order, variant=dragon, unit_price=Decimal("100.00"))
    abroad = fee_audit._but(order, ship_to_country="DE")
    book = fee_audit.TermsBook(etsy)
    quote = fee_audit._quoted(order, [line], book)
    other = fee_audit._quoted(abroad, [line], book)
    differing = [fee.code for fee in quote.lines if abs(quote.fee(fee.code) - other.fee(fee.code)) > Decimal("0.05")]
    codes = differing or ["transaction"]
    OrderChargeFactory(order=order, code=codes[0], amount=quote.fee(codes[0]))
    OrderChargeFactory(order=order, code=codes[0], charged=True, amount=other.fee(codes[0]) + (0 if differing else 3))

    rows = fee_audit.differences(first=date(2026, 11, 1), last=date(2026, 11, 30))
    [found] = fee_audit.explained(list(rows))

    assert found.reason == "Charged as a sale abroad." if differing else found.reason.startswith("Another rate")


def test_lists_of_channel_money_and_answers_open(client, manager):
    ChannelChargeFactory()
    PayoutFactory()
    MatchRuleFactory()
    OrderImportFactory()

    for name in ("channel_charge_list", "payout_list", "match_rule_list", "import_list"):
        assert len(client.get(reverse(f"sales:{name}")).context["page"]) == 1


def test_the_inbox_says_how_many_kinds_of_lines_wait(client, manager, etsy):
    for number in range(23):
        ImportedLineFactory(line=OrderLineFactory(variant=None, title=f"Dragon {number}"))

    page = client.get(reverse("sales:unmatched_lines")).context["page"]

    assert (len(page.rows), page.has_next, page.total_text) == (20, True, "23")


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.VIEWER])
def test_those_who_may_not_import_are_turned_away(client_for, role):
    browser = client_for(role)

    assert browser.get(reverse("sales:upload_orders")).status_code == 403
    assert browser.get(reverse("sales:books_start")).status_code == 403


def _pk(answer):
    return int(answer.url.rstrip("/").rpartition("/")[2])
