"""Files of marketplaces, read without a database: our own small ones, the shared samples where they are, and noise."""

import json
from contextlib import suppress
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from sales.orderfiles.amounts import AmountStyle, NoAmount, read_amount
from sales.orderfiles.dates import DateOrder, NoDate, UnclearDate, read_date
from sales.orderfiles.errors import UnreadableOrderFile
from sales.orderfiles.joining import join
from sales.orderfiles.options import split_options
from sales.orderfiles.reader import read_order_file
from sales.tests.order_files import fee, items, sold_orders, statement, table

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data" / "order_csv"
# File -> (kind, currency, [(order, lines, total)]); None for a file that holds no orders.
EXPECTED = {
    "ebay_orders_report__au_multi_item": ("ebay_orders", "AUD", [("16-14679-61003", 1, "3013.00"), ("01-14701-30101", 2, "404.35")]),
    "ebay_orders_report__eur_english": ("ebay_orders", "EUR", [("12-34567-89012", 1, "93.50"), ("12-34567-89013", 1, "120.00")]),
    "ebay_orders_report__french": ("ebay_orders", "EUR", [("05-11111-22222", 1, "1238.50")]),
    "ebay_orders_report__german": ("ebay_orders", "EUR", [("23-12345-12345", 0, "116.99")]),
    "ebay_orders_report__uk_footer": ("ebay_orders", None, [("record 1001", 0, "0")]),
    "ebay_orders_report__us_header_2026_BSD3": ("ebay_orders", None, []),
    "ebay_orders_report__us_shape": ("ebay_orders", "USD", [("11-10000-00001", 1, "97.99"), ("record 145", 1, "50.00"), ("11-10000-00002", 1, "65.00"), ("11-10000-00003", 2, "29.55")]),
    "ebay_transaction_report__de_mojibake": ("ebay_transactions", None, [("11-11111-11111", 0, "100.00")]),
    "ebay_transaction_report__us": ("ebay_transactions", "USD", [("11-00000-00001", 1, "10.00")]),
    "etsy_listings_download__fixture_skus": None,
    "etsy_listings_download__real_excerpt_MIT": None,
    "etsy_payments_sales__full_header": ("etsy_payments", "USD", [("ORD-1", 0, "100.00")]),
    "etsy_payments_sales__refunded_redacted": ("etsy_payments", "EUR", [("3700000001", 0, "32.23")]),
    "etsy_sold_order_items__cad_plain": ("etsy_items", "CAD", [("9001", 1, "76.00"), ("9002", 1, "33.00"), ("9003", 1, "15.00")]),
    "etsy_sold_order_items__usd_symbols": ("etsy_items", "USD", [("3001", 2, "18.12"), ("3002", 1, "9.00")]),
    "etsy_sold_orders__cad_plain": ("etsy_orders", "CAD", [("9001", 0, "76.00"), ("9002", 0, "30.30")]),
    "etsy_sold_orders__eur_discount_redacted": ("etsy_orders", "EUR", [("3900000001", 0, "80.85")]),
    "etsy_sold_orders__full_36_columns": ("etsy_orders", None, []),
    "etsy_sold_orders__usd_symbols": ("etsy_orders", "USD", [("3001", 0, "18.12"), ("3002", 0, "9.00")]),
    "etsy_statement__cad": ("etsy_statement", "CAD", []),
    "etsy_statement__gbp_bom_offsite": ("etsy_statement", "GBP", []),
    "etsy_statement__german_headers": ("etsy_statement", "EUR", []),
    "shopify_customers_export__apostrophes": None,
    "shopify_orders_export__eur_nl": ("shopify_orders", "EUR", [("1050", 2, "100.90")]),
    "shopify_orders_export__gbp_comma_names": ("shopify_orders", "GBP", [("AA10412", 1, "540.00"), ("AA10413", 1, "380.00"), ("AA10415", 1, "380.00")]),
    "shopify_orders_export__two_lines": ("shopify_orders", "USD", [("1001", 2, "34.98")]),
    "shopify_products_export__header_2023_markets": None,
    "shopify_products_export__header_2026_partial": None,
    "shopify_products_export__sample": None,
}  # fmt: skip


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared samples of order files are not here")
def test_every_shared_sample_is_read_or_refused_with_its_reason():
    paths = sorted(SAMPLES.glob("*.csv"))

    assert [path.stem for path in paths] == sorted(EXPECTED)
    assert {path.stem: told(path) for path in paths} == EXPECTED


def told(path):
    out = StringIO()
    call_command("read_orders", str(path), as_json=True, stdout=out)
    found = json.loads(out.getvalue())
    if found["error"]:
        assert "holds no orders" in found["error"]
        return None
    orders = [(order["id"], len(order["lines"]), order["total"]) for order in found["orders"]]
    return found["kind"], found["currency"], orders


def test_read_orders_says_why_a_file_cannot_be_read_and_goes_on(tmp_path):
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "good.csv").write_bytes(items())
    out = StringIO()

    call_command(
        "read_orders",
        *map(str, (tmp_path / "gone.csv", tmp_path / "empty.csv", tmp_path / "good.csv")),
        as_json=True,
        stdout=out,
    )

    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [bool(answer["error"]) for answer in answers] == [True, True, False]
    assert answers[2]["totals"]["GBP"]["total"] == "27.50"


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("$5.00", "5.00", ""), ("-CA$4.42", "-4.42", "CAD"), ("-£4.80", "-4.80", "GBP"), ("AU $3,000.00", "3000", "AUD"),
        ("EUR 90,00", "90", "EUR"), ("1 234,50 €", "1234.50", "EUR"), ("1\u202f234,50\u00a0€", "1234.50", "EUR"),
        ("(3.00)", "-3", ""), ("($25.99)", "-25.99", ""), ("1.234,50", "1234.50", ""), ("1,234", "1234", ""),
        ("1'234.50", "1234.50", ""), ("¥1,234", "1234", "JPY"), ("12,5", "12.50", ""), ("5 kr", "5", ""),
    ],
)  # fmt: skip
def test_amounts_in_every_form(text, amount, currency):
    assert read_amount(text) == (Decimal(amount), currency)


def test_a_point_before_three_digits_follows_the_rest_of_the_file():
    assert read_amount("1.234", AmountStyle(comma=True))[0] == 1234
    assert read_amount("1.23", AmountStyle(comma=True))[0] == Decimal("1.23")
    for text in ("abc", "1,2,3", "12..3", "9" * 12):
        with pytest.raises(NoAmount):
            read_amount(text)


@pytest.mark.parametrize(
    "text",
    ["September 3, 2026", "3 September, 2026", "3. September 2026", "Sep-03-26", "03-sept.-26", "2026-09-03 10:00:00 +0200",
     "03.09.2026", "09/03/26", "3 septembre 2026", "3 de septiembre de 2026"],
)  # fmt: skip
def test_days_in_every_form(text):
    assert read_date(text, DateOrder.MONTH_FIRST) == date(2026, 9, 3)


def test_unclear_days_are_not_guessed():
    with pytest.raises(UnclearDate):
        read_date("03/04/2026")
    with pytest.raises(NoDate):
        read_date("13/04/2026", DateOrder.MONTH_FIRST)
    assert read_date("13/04/2026") == date(2026, 4, 13)


def test_option_text_is_split_from_what_is_written_on_the_piece():
    assert split_options("Colour: Blue,Size: Large, with lid,Personalization: Ada, with love") == (
        "Colour: Blue, Size: Large, with lid", "Ada, with love",
    )  # fmt: skip
    assert split_options("Blue / Large / name: Ada") == ("Blue / Large", "Ada")
    assert split_options("Personalisation: Not requested on this item.") == ("", "")


def test_british_headers_semicolons_and_windows_letters_are_understood():
    words = {
        "Order Shipping": "Order Delivery",
        "Ship City": "Delivery City",
        "Date Shipped": "Date Posted",
        "Ship Zipcode": "Delivery Postcode",
    }
    text = items({"Ship Name": "Zoë Müller"}).decode()
    for ours, theirs in words.items():
        text = text.replace(ours, theirs)
    semicolons = "\r\n".join(text.splitlines()).replace(",", ";")

    [order] = read_order_file(semicolons.encode("cp1252")).orders

    assert (order.buyer.name, order.postage, order.buyer.city, order.buyer.postcode) == (
        "Zoë Müller", Decimal("3.50"), "York", "YO1 7HH",
    )  # fmt: skip


def test_order_level_amounts_count_once_and_a_discount_of_the_order_is_not_taken_twice():
    lines = items(
        {"Discount Amount": "2.40"}, {"Transaction ID": "2", "Price": "6", "Item Total": "6", "Discount Amount": "2.40"}
    )
    money = sold_orders({"Order Value": "30.00", "Discount Amount": "2.40", "Order Total": "31.10"})

    [order] = join([read_order_file(lines), read_order_file(money)]).orders

    assert (order.postage, order.discount, sum(line.total for line in order.lines)) == (
        Decimal("3.50"),
        Decimal("2.40"),
        30,
    )
    assert order.reckoned_total == Decimal("31.10")


def test_tax_that_hides_in_the_total_is_found_and_all_zero_adjustments_are_none():
    money = sold_orders({"Order Total": "30.00", "Sales Tax": "0"})

    [order] = read_order_file(money).orders

    assert (order.tax, order.refunded) == (Decimal("2.50"), 0)


def test_a_statement_knows_equal_rows_apart_and_its_titles():
    rows = read_order_file(
        statement(
            fee("Listing fee", "0.16", Info="Listing #7"), fee("Listing fee", "0.16", Info="Listing #7"),
            fee("Transaction fee: Dragon & Co", "1.77", Info="Listing #7"),
            fee("VAT: Etsy Ads", "1.00", Type="VAT", Info=""),
            {"Type": "Deposit", "Title": "£1,060.00 sent to your bank account", "Info": "", "Net": "--", "Fees & Taxes": "--"},
            {"Type": "Tax", "Title": "Sales tax paid by buyer", "Fees & Taxes": "-£2.00", "Net": "-£2.00"},
        )
    ).rows  # fmt: skip

    assert len({row.key for row in rows}) == 6
    assert [(row.kind, row.code, row.amount) for row in rows] == [
        ("charge", "listing", Decimal("0.16")), ("charge", "listing", Decimal("0.16")),
        ("charge", "transaction", Decimal("1.77")), ("charge", "vat_on_fees", 1), ("payout", "payout", 1060),
        ("passing", "passing", 2),
    ]  # fmt: skip


SHOPIFY = {
    "Name": "#1001", "Email": "ann@example.com", "Financial Status": "paid", "Paid at": "2026-05-01 10:00:00 +0200",
    "Fulfillment Status": "unfulfilled", "Currency": "EUR", "Subtotal": "20.00", "Shipping": "5.00", "Taxes": "4.75",
    "Total": "25.00", "Discount Amount": "0.00", "Created at": "2026-05-01 09:58:12 +0200", "Lineitem quantity": "2",
    "Lineitem name": "Dragon - Red", "Lineitem price": "10.00", "Lineitem sku": "DRG", "Shipping Country": "DE",
    "Shipping Zip": "'01067", "Cancelled at": "", "Refunded Amount": "0.00", "Id": "'6100000001",
}  # fmt: skip


def test_shopify_continuation_rows_repeated_rows_and_taxes_inside():
    more = dict.fromkeys(SHOPIFY, "") | {"Lineitem quantity": "1", "Lineitem name": "Mug", "Lineitem price": "10.00"}
    first = {"Subtotal": "30.00", "Total": "35.00"}

    [order] = read_order_file(table(SHOPIFY, first, more, first, more)).orders

    assert [(line.title, line.options, line.quantity) for line in order.lines] == [("Dragon", "Red", 2), ("Mug", "", 1)]
    assert (order.external_id, order.other_id, order.buyer.postcode) == ("1001", "6100000001", "01067")
    assert (order.tax, order.tax_inside, order.reckoned_total) == (0, Decimal("4.75"), 35)


def test_shopify_taxes_on_top_cancelled_and_refunded():
    orders = read_order_file(
        table(SHOPIFY, {"Total": "29.75", "Refunded Amount": "29.75"}, {"Name": "#1002", "Cancelled at": "2026-05-02 09:00:00 +0200"})
    ).orders  # fmt: skip

    assert (orders[0].tax, orders[0].refunded) == (Decimal("4.75"), Decimal("29.75"))
    assert orders[1].cancelled_on == date(2026, 5, 2)


EBAY = {
    "Order Number": "1-2", "Item Number": "9", "Item Title": "Dragon", "Quantity": "3", "Sold For": "$10.00",
    "Shipping And Handling": "$2.00", "Total Price": "$32.00", "Sale Date": "Sep-18-26",
}  # fmt: skip
LEDGER = {
    "Transaction creation date": "Jan 5, 2026", "Type": "Order", "Order number": "1-2", "Net amount": "8.50",
    "Item title": "Dragon", "Quantity": "1", "Item subtotal": "10", "Final Value Fee - fixed": "-0.4",
    "Gross transaction amount": "10", "Transaction currency": "USD",
}  # fmt: skip


def test_ebay_sold_for_is_read_per_unit_or_per_line_by_the_total():
    for sold, total, price in (
        ("$10.00", "$32.00", "10.00"),
        ("$30.00", "$32.00", "10.00"),
        ("$10.00", "$13.00", "3.34"),
    ):
        [order] = read_order_file(table(EBAY, {"Sold For": sold, "Total Price": total})).orders
        assert (order.lines[0].unit_price, order.reckoned_total) == (Decimal(price), Decimal(total[1:]))


def test_bad_rows_are_named_with_their_line_and_refuse_their_order_alone():
    file = read_order_file(
        items({"Order ID": "1"}, {"Order ID": "1", "Transaction ID": "2", "Quantity": "-2"}, {"Order ID": "2"})
    )

    assert [(order.external_id, order.refused) for order in file.orders] == [("1", True), ("2", False)]
    assert [(problem.line, problem.refuses) for problem in file.problems] == [(3, True)]


def shopify(*rows):
    return table(SHOPIFY, *rows)


def ebay(*rows):
    return table(EBAY, *rows)


def ledger(*rows):
    return table(LEDGER, *rows)


def own_table(*rows):
    return table(
        {"Order": "1", "Date": "2026-09-03", "Product": "Dragon", "Price": "24.00", "Qty": "2", "Total": "48"}, *rows
    )


cells = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_noise_in_any_cell_never_stops_the_reader(data):
    model = data.draw(st.sampled_from([items, sold_orders, statement, shopify, ebay, ledger, own_table]))
    columns = list(csv_columns(model()))
    row = data.draw(
        st.dictionaries(
            st.sampled_from(columns),
            cells | st.sampled_from(["-1", "1e9", "NaN", "--", "99/99/99", "=1+1"]),
            max_size=4,
        )
    )

    file = read_order_file(model(row, {}))

    assert file.orders or file.rows or file.problems
    for order in file.orders:
        assert order.refused or order.reckoned_total >= 0


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300) | st.text(alphabet='",;\t\n\r ABCabc019$€.-/', max_size=300).map(str.encode))
def test_any_bytes_are_read_or_refused_in_words(content):
    with suppress(UnreadableOrderFile):
        assert read_order_file(content).kind


def csv_columns(content):
    return content.decode("utf-8-sig").splitlines()[0].split(",")


def test_tables_of_tiktok_and_amazon_are_understood():
    tiktok = table(
        {"Order ID": "Platform unique order ID.", "Order Status": "The state.", "Seller SKU": "Your SKU", "Product Name": "Name",
         "Quantity": "Quantity sold", "SKU Unit Original Price": "Price", "SKU Seller Discount": "", "Taxes": "",
         "Shipping Fee After Discount": "", "Order Amount": "", "Created Time": "When it was made", "Cancelled Time": ""},
        {}, {"Order ID": "5761", "Order Status": "Shipped", "Quantity": "2", "SKU Unit Original Price": "10.00",
             "SKU Seller Discount": "1.00", "Taxes": "1.20", "Shipping Fee After Discount": "3.00",
             "Order Amount": "23.20", "Created Time": "09/22/2026 10:00:00 AM"},
        {"Order ID": "5762", "Order Status": "Canceled", "Quantity": "1", "SKU Unit Original Price": "10.00",
         "Order Amount": "10.00", "Created Time": "09/23/2026 10:00:00 AM"},
    )  # fmt: skip
    amazon = (
        b"amazon-order-id\tpurchase-date\tproduct-name\tquantity\titem-price\tshipping-price\tpromise-date\tcurrency\n"
        b"1\t2026-09-22T10:00:00+00:00\tDragon\t2\t20.00\t4.00\t2026-09-25\tUSD\n"
        b"1\t2026-09-22T10:00:00+00:00\tFox\t1\t5.00\t1.00\t2026-09-25\tUSD\n"
    )

    sold = read_order_file(tiktok)
    [order] = read_order_file(amazon).orders

    assert [(each.external_id, each.reckoned_total) for each in sold.orders] == [
        ("5761", Decimal("23.20")), ("5762", Decimal("10.00")),
    ]  # fmt: skip
    assert sold.orders[1].cancelled_on == date(2026, 9, 23)
    assert [problem.refuses for problem in sold.problems] == [False, False]
    assert (order.reckoned_total, order.lines[0].unit_price, order.due_on) == (30, 10, date(2026, 9, 25))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.4\n1,2\n", "PDF"), (b"<!DOCTYPE html>\n<p>a,b</p>", "web page"), (b"word\nword\n", "single column"),
        (b'{"a": 1}', "JSON"), (b"\x89PNG\r\n", "picture"), (b"\xd0\xcf\x11\xe0", "old Excel"),
    ],
)  # fmt: skip
def test_files_that_are_no_tables_are_named(content, sentence):
    with pytest.raises(UnreadableOrderFile, match=sentence):
        read_order_file(content)
