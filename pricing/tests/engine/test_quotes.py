from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from pricing.engine import (
    NO_COSTS,
    CollectedBy,
    Costs,
    Sale,
    Schedule,
    Share,
    TaxTreatment,
    VatOutcome,
    parse_rule,
    quote,
    schedules,
)

TODAY = date(2026, 11, 22)
UK_VAT = TaxTreatment.inside_price(Decimal(20))
COSTS = Costs(unit=Decimal(6), shipping=Decimal("3.50"))


def load(schedule_id, **rates):
    return schedules.load(schedule_id, on=TODAY, overrides=rates, exchange={"USD": Decimal("0.80")})


def sale(price, **fields):
    return Sale(item_price=Decimal(price), **fields)


def lines(result):
    return {line.code: line.amount for line in result.lines}


def made(*rules, **fields):
    return Schedule("made", "Made", "made", "GB", "GBP", rules=tuple(parse_rule(rule) for rule in rules), **fields)


def test_registered_uk_seller_on_etsy_earns_what_the_worked_example_says():
    result = quote(load("etsy-uk"), sale("24.00"), COSTS, UK_VAT)

    assert lines(result) == {
        "listing": Decimal("0.16"),
        "transaction": Decimal("1.56"),
        "processing": Decimal("1.16"),
        "regulatory": Decimal("0.12"),
    }
    assert (result.tax_amount, result.net_revenue) == (Decimal("4.00"), Decimal("20.00"))
    assert (result.total_fees, result.vat_on_fees, result.payout) == (Decimal("3.00"), 0, Decimal("21.00"))
    assert (result.profit, result.margin_pct) == (Decimal("7.50"), Decimal("37.5"))


def test_unregistered_uk_seller_on_etsy_pays_vat_on_fees_and_keeps_the_tax():
    costs = Costs(unit=Decimal("7.20"), shipping=Decimal("3.50"))

    result = quote(load("etsy-uk"), sale("24.00"), costs, TaxTreatment.unregistered())

    # 0.16, 1.56, 1.16 and 0.12 with 20 % each: 0.03 + 0.31 + 0.23 + 0.02
    assert result.vat_on_fees == Decimal("0.59")
    assert (result.net_revenue, result.fee_cost, result.payout) == (Decimal(24), Decimal("3.59"), Decimal("20.41"))
    assert result.profit == Decimal("9.71")
    assert {line.vat for line in result.lines} == {VatOutcome.COST}


def test_registered_uk_seller_on_ebay_reclaims_the_vat_that_the_payout_lacks():
    result = quote(load("ebay-uk"), sale("20.00"), NO_COSTS, UK_VAT)

    # 10.9 % of 20.00, 0.40, 0.35 %; VAT 0.44 + 0.08 + 0.01
    assert lines(result) == {
        "final_value": Decimal("2.18"),
        "per_order": Decimal("0.40"),
        "regulatory": Decimal("0.07"),
    }
    assert result.vat_on_fees == Decimal("0.53")
    assert result.payout == Decimal("16.82")
    assert result.profit == Decimal("16.67") - Decimal("2.65")
    assert {line.vat for line in result.lines} == {VatOutcome.RECLAIMED}


def test_german_shop_on_etsy_owes_nineteen_percent_of_goods_and_post():
    tax = TaxTreatment.inside_price(Decimal(19))

    result = quote(load("etsy-de"), sale("29.90", shipping=Decimal("4.90")), COSTS, tax)

    # 34.80 * 19 / 119 = 5.556; 6.5 % = 2.262; 4 % + 0.30 = 1.692
    assert result.tax_amount == Decimal("5.56")
    assert (result.fee("transaction"), result.fee("processing")) == (Decimal("2.26"), Decimal("1.69"))
    assert {line.vat for line in result.lines} == {VatOutcome.REVERSE_CHARGE}
    assert result.profit == Decimal("29.24") - Decimal("0.16") - Decimal("3.95") - Decimal("9.50")


def test_sales_tax_of_a_us_buyer_is_in_the_processing_base_but_nobodys_revenue():
    with_tax = sale("50.00", shipping=Decimal(10), gift_wrap=Decimal(4), tax=Decimal("5.12"))

    result = quote(schedules.load("etsy-us", on=TODAY), with_tax)

    assert result.fee("transaction") == Decimal("4.16")  # of 64.00
    assert result.fee("processing") == Decimal("2.32")  # 3 % of 69.12 + 0.25
    assert (result.net_revenue, result.tax_amount, result.buyer_pays) == (Decimal(64), 0, Decimal("69.12"))
    assert result.payout == Decimal(64) - result.total_fees


def test_marketplace_tax_is_worked_out_from_a_rate_when_no_amount_is_known():
    result = quote(load("ebay-us"), sale("100.00"), tax=TaxTreatment.by_marketplace(Decimal("8.25")))

    assert (result.till_tax, result.net_revenue) == (Decimal("8.25"), Decimal(100))
    assert result.fee("final_value") == Decimal("14.72")  # 13.6 % of 108.25


def test_marketplace_tax_inside_the_price_is_taken_out_of_payout_and_revenue():
    tax = TaxTreatment.by_marketplace(Decimal(20), price_includes_tax=True)

    result = quote(made(), sale("12.00"), tax=tax)

    assert (result.included_tax, result.tax_amount) == (Decimal(2), 0)
    assert (result.net_revenue, result.payout) == (Decimal(10), Decimal(10))


def test_own_shop_adds_tax_at_the_till_and_owes_it():
    tax = TaxTreatment.added_at_till(Decimal("8.875"), label="New York")

    result = quote(load("shopify-us-basic"), sale("40.00"), tax=tax)

    assert (result.till_tax, result.tax_amount, result.net_revenue) == (Decimal("3.55"), Decimal("3.55"), Decimal(40))
    assert result.fee("card") == Decimal("1.56")  # 2.9 % of 43.55 + 0.30
    assert result.payout == Decimal("43.55") - Decimal("1.56")
    assert tax.collected_by is CollectedBy.SELLER


def test_flat_rate_shop_owes_its_share_of_all_it_takes_and_reclaims_nothing():
    tax = TaxTreatment.flat_rate(Decimal("7.5"), rate_pct=Decimal(20))

    result = quote(load("ebay-uk"), sale("24.00"), COSTS, tax)

    assert result.tax_amount == Decimal("1.80")
    assert result.net_revenue == Decimal("22.20")
    assert result.fee_cost == result.total_fees + result.vat_on_fees


def test_reverse_charge_on_fees_stays_a_cost_for_who_cannot_reclaim():
    tax = TaxTreatment.flat_rate(Decimal("7.5"), rate_pct=Decimal(20))

    result = quote(load("etsy-uk"), sale("24.00"), COSTS, tax)

    assert {line.vat for line in result.lines} == {VatOutcome.SELF_ASSESSED}
    assert (result.vat_on_fees, result.fee_cost) == (0, Decimal("3.59"))
    assert result.payout == Decimal("21.00")


def test_export_and_reverse_charge_sales_are_all_revenue():
    result = quote(load("etsy-uk"), sale("24.00"), COSTS, TaxTreatment.untaxed())

    assert (result.tax_amount, result.net_revenue) == (0, Decimal(24))


def test_published_rate_with_tax_inside_costs_a_registered_seller_less():
    schedule = load("tiktok-shop-uk")

    registered = quote(schedule, sale("100.00"), tax=UK_VAT)
    unregistered = quote(schedule, sale("100.00"))

    assert registered.total_fees == unregistered.total_fees == Decimal(9)
    assert (registered.fee_cost, unregistered.fee_cost) == (Decimal("7.50"), Decimal(9))
    assert registered.lines[0].vat_inside


def test_irish_card_fee_shows_its_vat_inside_the_line():
    result = quote(load("square-ie-online"), sale("100.00"))

    assert lines(result) == {"card": Decimal("2.03")}
    assert (result.lines[0].vat_amount, result.vat_on_fees, result.payout) == (Decimal("0.38"), 0, Decimal("97.97"))
    assert result.lines[0].formula == "1.4 % of 100.00 + 0.25, with 23 % tax"


def test_payment_services_carry_no_vat():
    result = quote(load("sumup-uk"), sale("10.00"))

    assert (result.lines[0].vat, result.vat_on_fees) == (VatOutcome.EXEMPT, 0)


def test_fee_vat_of_the_treatment_goes_before_that_of_the_schedule():
    result = quote(load("etsy-uk"), sale("24.00"), tax=TaxTreatment.unregistered(fee_vat_pct=Decimal(0)))

    assert result.vat_on_fees == 0
    assert result.lines[0].vat is VatOutcome.NONE


@pytest.mark.parametrize(
    ("schedule_id", "given", "code", "amount"),
    [
        ("ebay-us", sale("10.00"), "per_order", "0.30"),
        ("ebay-us", sale("10.01"), "per_order", "0.40"),
        ("ebay-us", sale("10000"), "final_value", "1078.75"),
        ("ebay-us", sale("5000", quantity=2), "final_value", "1360.00"),
        ("ebay-us", sale("100", category="books"), "final_value", "15.30"),
        ("ebay-us", sale("180", category="sneakers"), "per_order", "0"),
        ("ebay-us", sale("100", options=frozenset({"top_rated"})), "seller_level", "-1.36"),
        ("ebay-us", sale("100", options=frozenset({"below_standard"})), "seller_level", "6.00"),
        ("ebay-au", sale("5000"), "final_value", "440.00"),
        ("amazon-handmade-us", sale("1.50", quantity=3), "referral", "0.90"),
        ("etsy-us", sale("2000", offsite_ads_pct=Decimal(15)), "offsite_ads", "100.00"),
        ("etsy-au", sale("90", international=True), "processing", "3.85"),
        ("etsy-us", sale("10", orders_per_month=Decimal(40), options=frozenset({"etsy_plus"})), "plus_plan", "0.25"),
        ("shopify-uk-grow", sale("100", international=True), "card", "2.95"),
        ("shopify-uk-grow", sale("100", options=frozenset({"amex"})), "card", "2.95"),
        ("shopify-uk-grow", sale("100", in_person=True), "card", "1.60"),
        ("shopify-uk-grow", sale("100", third_party_gateway=True), "third_party_gateway", "1.00"),
        ("tiktok-shop-us", sale("50", options=frozenset({"new_seller"})), "referral", "1.50"),
        ("tiktok-shop-us", sale("50", affiliate_pct=Decimal(12)), "affiliate", "6.00"),
        ("craft-fair-uk", sale("20", orders_per_event=Decimal(25)), "stall", "2.00"),
        ("craft-fair-uk", sale("20", options=frozenset({"cash"})), "card", "0"),
        ("consignment-uk", sale("20"), "commission", "8.00"),
    ],
)
def test_fee_of_a_shipped_schedule_is_what_the_channel_charges(schedule_id, given, code, amount):
    assert quote(schedules.load(schedule_id, on=TODAY), given).fee(code) == Decimal(amount)


def test_currency_without_minor_unit_rounds_each_line_to_whole_yen():
    schedule = schedules.load("etsy-jp", on=TODAY, exchange={"USD": Decimal(150)})

    result = quote(schedule, sale("5000", shipping=Decimal(800)))

    assert lines(result) == {"listing": 30, "transaction": 377, "processing": 393}
    assert result.payout == 5000


def test_share_of_a_stall_lowers_the_profit_but_not_the_payout():
    result = quote(
        load("craft-fair-uk", stall=Decimal(60), travel=Decimal(0)), sale("20", orders_per_event=Decimal(30))
    )

    assert (result.fee("stall"), result.fee("card")) == (Decimal(2), Decimal("0.35"))
    assert (result.payout, result.profit) == (Decimal("19.65"), Decimal("17.65"))
    assert [line.code for line in result.lines if line.is_overhead] == ["stall"]


def test_free_shipping_starts_at_its_limit_after_the_discount():
    given = sale("35.00", shipping=Decimal("3.90"), free_shipping_from=Decimal(30))

    assert quote(made(), given).shipping == 0
    assert quote(made(), replace(given, seller_discount_pct=Decimal(20))).gross == Decimal("31.90")


def test_discount_never_exceeds_the_goods():
    assert quote(made(), sale("3.00", seller_discount=Decimal(5), shipping=Decimal(2))).gross == Decimal(2)


def test_platform_discount_leaves_the_payout_and_lowers_only_bases_that_name_it():
    rule = {"code": "a", "label": "A", "kind": "percent", "pct": 10, "base": ["item", "-platform_discount"]}

    result = quote(made(rule), sale("3.00", platform_discount=Decimal(5)))

    assert (result.payout, result.total_fees) == (Decimal(3), 0)


def test_basket_shares_order_fees_and_counts_units():
    result = quote(load("etsy-us"), sale("10.00", other_items=Decimal(20), other_quantity=2))

    assert (result.items, result.fee("transaction")) == (Decimal(30), Decimal("1.95"))
    assert (result.fee("listing"), result.fee("processing")) == (Decimal("0.60"), Decimal("1.15"))


def test_profit_per_piece_and_print_hour_count_every_piece():
    costs = Costs(unit=Decimal("1.00"), print_time_s=1800)

    result = quote(made(), sale("8.00", quantity=2, pieces=3), costs)

    assert (result.cost_unit, result.profit) == (Decimal(6), Decimal(10))
    assert result.profit_per_piece == Decimal("1.67")
    assert result.profit_per_print_hour == Decimal("3.33")
    assert result.markup_pct.quantize(Decimal("0.01")) == Decimal("166.67")


def test_ratios_without_a_divisor_are_unknown():
    result = quote(made(), sale("0"))

    assert (result.margin_pct, result.markup_pct, result.profit_per_print_hour) == (None, None, None)


def test_shares_say_where_each_unit_of_money_goes():
    result = quote(load("etsy-uk"), sale("24.00"), COSTS, UK_VAT)

    assert result.shares == (
        Share("tax", "Tax", Decimal("4.00")),
        Share("listing", "Listing fee", Decimal("0.16")),
        Share("transaction", "Transaction fee", Decimal("1.56")),
        Share("processing", "Payment processing", Decimal("1.16")),
        Share("regulatory", "Regulatory operating fee", Decimal("0.12")),
        Share("cost_unit", "Making it", Decimal("6.00")),
        Share("cost_shipping", "Postage paid", Decimal("3.50")),
        Share("profit", "Profit", Decimal("7.50")),
    )


def test_shares_name_tax_on_fees_and_a_loss():
    unregistered = quote(load("etsy-uk"), sale("5.00"), COSTS)
    registered = quote(load("tiktok-shop-uk"), sale("100.00"), NO_COSTS, UK_VAT)

    assert (unregistered.shares[-1].label, unregistered.shares[-4].label) == ("Loss", "Tax on fees")
    assert registered.shares[-2] == Share("vat_on_fees", "Tax on fees reclaimed", Decimal("-1.50"))
