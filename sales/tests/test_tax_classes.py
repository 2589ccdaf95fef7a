"""Goods of several tax classes in one order, worked out by hand: 20 % and 5 % inside of British prices."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from uuid import uuid4

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from nozzly.tax.choices import TaxClass
from nozzly.tax.domain.status import BEGINNING, set_status
from nozzly.tax.models import TaxRate, TaxStatus
from nozzly.testing.factories.catalog import ProductFactory, VariantFactory
from nozzly.testing.factories.inventory import ItemFactory
from nozzly.testing.factories.pricing import ChannelFactory
from nozzly.testing.factories.sales import SellerDetailsFactory
from pricing.choices import ChannelKind
from pricing.domain.terms import terms_of
from sales import documents
from sales.domain import (
    figures,
    invoices,
    order_imports,
    orders,
    payments,
    profit_facts,
    refunds,
    tax_sums,
    unmatched,
    unshipping,
)
from sales.domain.invoices import Wanted
from sales.domain.orders import Facts, Line, Sending
from sales.domain.states import lines_of
from sales.domain.tax_report import tax_report
from sales.models import Invoice, Order, OrderLine, ProfitFact
from sales.report_choices import TaxBasis
from sales.tests.order_files import items
from sales.tests.test_fairs import a_stall, on_offer, sell
from sales.tests.test_order_imports_domain import applied

D = Decimal
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = date(2026, 11, 22)
MONTH = (date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture(autouse=True)
def _shop():
    set_status(valid_from=BEGINNING, registered=True, ships_from="GB")


def thing(tax_class=TaxClass.STANDARD):
    return VariantFactory(product=ProductFactory(tax_class=tax_class))


def own_shop():
    return ChannelFactory(kind=ChannelKind.OWN_SHOP, schedule_id="direct-uk")


def taken_in(user, *lines, **facts):
    facts = Facts(**{"placed_on": DAY, "channel": own_shop(), "ship_to_country": "GB"} | facts)
    return orders.create_order(facts, lines, by=user, at=NOON)


def mixed(user, **facts):
    """24.00 at 20 % and 10.50 at 5 %, 3.45 postage and a discount of 1.00."""
    lines = [Line(unit_price=D(12), variant=thing(), quantity=2), Line(unit_price=D("10.50"), variant=thing("reduced"))]
    return taken_in(user, *lines, **{"postage_charged": D("3.45"), "discount": D(1)} | facts)


def shipped(user, order):
    orders.confirm_order(order, by=user, at=NOON)
    return orders.ship_order(order, sending=Sending(), key=uuid4(), by=user, at=NOON)


def kept(order):
    rows = order.taxes.order_by("-tax_rate_pct")
    return [(row.tax_rate_pct, row.gross, row.net_home, row.tax_home) for row in rows]


def sold(basis=TaxBasis.INVOICE):
    boxes = tax_report(*MONTH, basis=basis).output
    return [(box.rate_pct, box.net, box.tax) for box in boxes if box.net or box.tax]


# 24.00 + 2.40 postage - 0.70 off = 25.70; 10.50 + 1.05 - 0.30 = 11.25.
BY_RATE = [(D(20), D("25.70"), D("21.42"), D("4.28")), (D(5), D("11.25"), D("10.71"), D("0.54"))]


def test_each_rate_is_worked_out_for_itself_and_postage_follows_the_goods(user):
    order = shipped(user, mixed(user))

    assert kept(order) == BY_RATE
    assert (order.net_home, order.tax_home, order.tax_rate_pct) == (D("32.13"), D("4.82"), 20)
    assert [(line.net_home, line.tax_home) for line in lines_of(order)] == [row[2:] for row in BY_RATE]
    assert sold() == [(rate, net, tax) for rate, _gross, net, tax in BY_RATE]
    assert tax_sums.check() == []
    assert profit_facts.check() == []
    assert sorted(ProfitFact.objects.filter(kind="sale").values_list("tax", flat=True)) == [D("0.54"), D("4.28")]


def test_a_line_keeps_its_class_from_the_day_the_order_is_confirmed(user):
    order = taken_in(user, Line(unit_price=D(12), variant=thing()), Line(unit_price=D(12), variant=thing()))
    product = lines_of(order)[1].variant.product
    product.tax_class = TaxClass.ZERO
    product.save()
    order = orders.confirm_order(order, by=user, at=NOON)
    assert [(row[0], row[1]) for row in kept(order)] == [(20, 12), (0, 12)]

    product.tax_class = TaxClass.REDUCED
    product.save()
    order = orders.ship_order(order, sending=Sending(), key=uuid4(), by=user, at=NOON)

    assert [row[2:] for row in kept(order)] == [(10, 2), (12, 0)]
    order = unshipping.undo_shipping(order, key=uuid4(), by=user, at=NOON)
    assert [row[2:] for row in kept(order)] == [(None, None), (None, None)]


def test_goods_of_one_class_have_its_rate_and_no_parts(user):
    order = shipped(user, taken_in(user, Line(unit_price=D(21), variant=thing("reduced"), quantity=2)))

    assert (order.tax_rate_pct, order.net_home, order.tax_home, kept(order)) == (5, 40, 2, [])
    assert lines_of(order)[0].tax_home is None


def test_abroad_and_where_a_channel_collects_there_is_one_rate(user):
    assert kept(mixed(user, ship_to_country="US")) == []
    assert kept(mixed(user, channel=ChannelFactory(collects_tax=True))) == []


def test_an_invoice_and_its_credit_notes_tax_each_rate_once(user):
    SellerDetailsFactory()
    order = shipped(user, mixed(user))
    wanted = Wanted(buyer="Ada\n1 Road")
    invoice = invoices.issue_invoice(order, wanted=wanted, key=uuid4(), by=user, at=NOON)

    assert taxes_of(invoice) == [(rate, net, tax) for rate, _gross, net, tax in BY_RATE]
    for rate, gross, _net, _tax in BY_RATE:
        assert sum(line.total for line in invoice.lines.filter(tax_rate_pct=rate)) == gross

    line = lines_of(order)[1]
    refund = refunds.refund_order(order, amount=D("5.25"), line=line, on=DAY, key=uuid4(), by=user, at=NOON)
    first = invoices.issue_credit_note(invoice, amount=refund.gross, refund=refund, key=uuid4(), by=user, at=NOON)
    assert taxes_of(first) == [(5, -5, D("-0.25"))]
    last = invoices.issue_credit_note(invoice, key=uuid4(), by=user, at=NOON)
    assert (last.gross, taxes_of(last)) == (D("-31.70"), [(20, D("-21.42"), D("-4.28")), (5, D("-5.71"), D("-0.29"))])


def taxes_of(paper):
    return [(row.tax_rate_pct, row.net, row.tax) for row in paper.taxes.order_by("-tax_rate_pct")]


def test_refunds_have_a_row_for_each_rate_and_take_the_remainder(user):
    order = shipped(user, mixed(user))
    of_line = refunds.refund_order(
        order, amount=D("5.25"), line=lines_of(order)[1], on=DAY, key=uuid4(), by=user, at=NOON
    )
    refunds.refund_order(order, amount=D(10), on=DAY, key=uuid4(), by=user, at=NOON)
    wrong = refunds.refund_order(order, amount=D(3), on=DAY, key=uuid4(), by=user, at=NOON)
    refunds.take_back_refund(wrong, key=uuid4(), by=user, at=NOON)
    refunds.refund_order(order, on=DAY, key=uuid4(), by=user, at=NOON)

    assert (of_line.net_home, of_line.tax_home, of_line.taxes.count()) == (5, D("0.25"), 1)
    assert sum(refund.gross for refund in order.refunds.all()) == D("36.95")
    assert sold() == []
    assert profit_facts.check() == []


def test_payments_are_shared_to_the_rates_to_the_cent(user):
    order = mixed(user, terms_days=14)
    payment = payments.Payment(amount=D("10.01"), on=DAY, method="bank", is_deposit=True, note="")
    payments.take_payment(order, payment, key=uuid4(), by=user, at=NOON)

    rows = sold(TaxBasis.CASH)

    assert sum(net + tax for _rate, net, tax in rows) == D("10.01")
    assert [rate for rate, _net, _tax in rows] == [20, 5]


def test_net_prices_take_the_tax_of_each_product(user):
    lines = [
        Line(unit_price=D("4.17"), variant=thing(), quantity=100),
        Line(unit_price=D(100), variant=thing("reduced")),
    ]
    order = taken_in(user, *lines, prices_without_tax=True, postage_charged=D(10))

    found = figures.figures_of(order, lines_of(order))

    assert found.net_home == 527
    assert order.buyer_total == D("617.11")  # 500.40 + 105.00 + 10.00 as the goods: 11.71


def test_a_file_brings_an_order_of_two_classes(user):
    order_imports.set_books_start(date(2026, 11, 1))
    ChannelFactory(name="Etsy")
    for sku, tax_class in (("A", "standard"), ("B", "reduced")):
        VariantFactory(product=ProductFactory(tax_class=tax_class), item=ItemFactory(sku=sku, kind="part"))
    rows = [
        {"SKU": sku, "Item Total": "24.00", "Transaction ID": key, "Date Shipped": day, "Order ID": number}
        for number, day in (("9001", ""), ("9002", "11/21/26"))
        for sku, key in (("A", f"{number}1"), ("B", f"{number}2"))
    ]

    applied(user, items(*rows))

    waiting, gone = Order.objects.order_by("external_id")
    assert (waiting.state, gone.state) == ("new", "shipped")
    for order in (waiting, gone):
        assert [row.tax_rate_pct for row in order.taxes.order_by("-tax_rate_pct")] == [20, 5]
        assert sum(row.gross for row in order.taxes.all()) == order.buyer_total
    assert sum(row.tax_home for row in gone.taxes.all()) == gone.tax_home > 4


def test_a_line_named_after_it_was_sent_takes_the_class_of_its_product_while_nothing_rests_on_it(user):
    order_imports.set_books_start(date(2026, 11, 1))
    ChannelFactory(name="Etsy")
    clip = thing("reduced")
    facts = {"SKU": "", "Item Total": "24.00", "Date Shipped": "11/21/26"}
    rows = [
        facts | {"Item Name": title, "Transaction ID": f"{number}{place}", "Order ID": number}
        for number in ("9001", "9002", "9003")
        for place, title in enumerate(("Clip", "Owl"))
    ]
    applied(user, items(*rows))
    SellerDetailsFactory()
    free, billed, refunded = Order.objects.order_by("external_id")
    invoices.issue_invoice(billed, wanted=Wanted(buyer="Ada\n1 Road"), key=uuid4(), by=user, at=NOON)
    refunds.refund_order(refunded, amount=D(1), on=DAY, key=uuid4(), by=user, at=NOON)
    before = {order.pk: (order.tax_home, order.fees_home) for order in (free, billed, refunded)}

    unmatched.answer(lines_of(free)[0], variant=clip, by=user, at=NOON)

    for order in (free, billed, refunded):
        order.refresh_from_db()
    # 51.50 at 20 % held 8.58; half of it, a clip for 24.00 with 1.75 postage, holds 1.23 at 5 %.
    assert [row[:2] + row[3:] for row in kept(free)] == [(20, D("25.75"), D("4.29")), (5, D("25.75"), D("1.23"))]
    assert (before[free.pk], free.tax_home) == ((D("8.58"), free.fees_home), D("5.52"))
    assert (billed.tax_home, refunded.tax_home, kept(billed), kept(refunded)) == (D("8.58"), D("8.58"), [], [])
    assert free.profit_home == free.net_home - free.fees_home - free.cost_home - free.post_home
    assert {line.tax_class for line in lines_of(billed)} == {TaxClass.STANDARD}
    unmatched.answer(lines_of(free)[1], variant=clip, by=user, at=NOON)
    free.refresh_from_db()
    assert (free.tax_rate_pct, free.tax_home, kept(free)) == (5, D("2.45"), [])
    assert profit_facts.check() == tax_sums.check() == []


def test_a_sale_at_a_fair_takes_the_tax_of_each_thing_out_of_the_till(user):
    stall = a_stall()
    both = [on_offer(stall, variant=thing()), on_offer(stall, price="2.10", variant=thing("reduced"))]

    sale = sell(stall, user, (both[0], 3, "4.00"), (both[1], 1, "2.10"))

    assert kept(sale.order) == [(20, 12, 10, 2), (5, D("2.10"), 2, D("0.10"))]


def test_the_form_takes_two_rates_in_without_postage(client, owner):
    sent = {"placed_on": "2026-11-22", "lines-TOTAL_FORMS": "2", "lines-INITIAL_FORMS": "0"}
    for place, (variant, price) in enumerate(((thing(), "24.00"), (thing("reduced"), "10.50"))):
        sent |= {f"lines-{place}-variant": variant.pk, f"lines-{place}-unit_price": price}

    answer = client.post(reverse("sales:create_order"), sent)

    assert answer.status_code == 302
    assert [row[:2] for row in kept(Order.objects.get())] == [(20, 24), (5, D("10.50"))]


def test_the_pages_and_the_paper_name_each_rate(client, owner, user):
    SellerDetailsFactory()
    order = shipped(user, mixed(user))
    invoice = invoices.issue_invoice(order, wanted=Wanted(buyer="Ada\n1 Road"), key=uuid4(), by=user, at=NOON)

    page = client.get(order.get_absolute_url()).content.decode()
    refund = client.get(reverse("sales:refund_order", args=[order.pk])).content.decode()
    paper = " ".join(pypdf_text(documents.invoice(Invoice.objects.for_paper().get(pk=invoice.pk))).split())

    assert all(amount in page for amount in ("4.28", "0.54", "Reduced rate"))
    assert all(amount in refund for amount in ("4.28", "0.54", "the rate of that line"))
    assert all(words in paper for words in ("Tax rate", "21.42", "4.28", "10.71", "0.54", "36.95"))


def pypdf_text(content):
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


@st.composite
def baskets(draw):
    cents = st.integers(min_value=0, max_value=99_99)
    lines = draw(
        st.lists(
            st.tuples(st.sampled_from(TaxClass.values), cents, st.integers(1, 5), st.integers(0, 100)),
            min_size=1, max_size=6,
        )
    )  # fmt: skip
    return lines, draw(cents), draw(cents), draw(st.integers(0, 100))


def basket_order(basket, terms, *, one_class=""):
    rows, postage, wrap, off_pct = basket
    lines = [
        OrderLine(pk=pk, quantity=quantity, unit_price=D(cents) / 100, tax_class=one_class or tax_class,
                  discount=(D(cents) * quantity * less / 10000).quantize(D("0.01")))
        for pk, (tax_class, cents, quantity, less) in enumerate(rows, start=1)
    ]  # fmt: skip
    goods = sum(line.total for line in lines)
    order = Order(
        pk=1, channel=terms.channel, currency="GBP", placed_on=DAY, ship_to_country=terms.channel.country, postage_charged=D(postage) / 100,
        gift_wrap_charged=D(wrap) / 100, discount=(goods * off_pct / 100).quantize(D("0.01")), rate=D("1.17"),
    )  # fmt: skip
    return order, lines


@pytest.mark.parametrize("country", ["GB", "CA"])  # tax inside of prices, and added to them
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(basket=baskets())
def test_the_rates_of_any_order_tie_to_the_cent(basket, country):
    terms, inside = _terms(country), country == "GB"
    order, lines = basket_order(basket, terms)

    found = figures.figures_of(order, lines, terms=terms)

    if not found.rates:
        assert len({line.tax_class for line in lines}) == 1
        return
    sums = [sum(getattr(each, name) for each in found.rates) for name in ("paid", "net", "tax", "net_home", "tax_home")]
    quote = found.quote
    assert sums == [quote.buyer_pays, quote.net_revenue, quote.tax_amount, found.net_home, found.tax_home]
    for each in found.rates:
        whole = 100 + each.rate_pct if inside else 100
        assert each.tax == (each.part.gross * each.rate_pct / whole).quantize(D("0.01"), rounding="ROUND_HALF_UP")
        assert each.part.gross >= 0
    assert sum(figures.net_shares(found, lines)) == found.net_home
    assert sum(figures.tax_shares(found, lines)) == found.tax_home


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(basket=baskets())
def test_classes_that_have_the_same_rate_change_nothing(basket):
    """Two classes at one rate, and a single class, are what an order with one rate was before."""
    for tax_class in ("reduced", "zero"):
        TaxRate.objects.update_or_create(
            country="GB", tax_class=tax_class, valid_from=date(2020, 1, 1), defaults={"pct": 20}
        )
    terms = _terms()

    both = [
        figures.figures_of(*basket_order(basket, terms, one_class=name), terms=terms)
        for name in ("", TaxClass.STANDARD)
    ]

    assert [(each.quote, each.net_home, each.tax_home, each.rates) for each in both[:1]] == [
        (each.quote, each.net_home, each.tax_home, ()) for each in both[1:]
    ]


def _terms(country="GB"):
    TaxStatus.objects.update(ships_from=country)
    for tax_class, pct in {"standard": 13, "reduced": 5, "zero": 0}.items():
        TaxRate.objects.update_or_create(
            country="CA", tax_class=tax_class, valid_from=date(2020, 1, 1), defaults={"pct": pct}
        )
    facts = {"kind": ChannelKind.OWN_SHOP, "schedule_id": "direct-uk", "currency": "GBP", "country": country}
    return terms_of(ChannelFactory.build(pk=0, **facts), on=DAY)
