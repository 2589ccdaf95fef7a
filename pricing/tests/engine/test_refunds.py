from datetime import date
from decimal import Decimal

import pytest

from pricing.engine import Costs, InvalidSale, Sale, Schedule, TaxTreatment, parse_rule, quote, refund, schedules

TODAY = date(2026, 11, 22)
UK_VAT = TaxTreatment.inside_price(Decimal(20))
COSTS = Costs(unit=Decimal(6), shipping=Decimal("3.50"))


def sold(schedule_id, price, tax=UK_VAT, **fields):
    schedule = schedules.load(schedule_id, on=TODAY, exchange={"USD": Decimal("0.80")})
    return quote(schedule, Sale(item_price=Decimal(price), **fields), COSTS, tax)


def made(**rule):
    rule = {"code": "a", "label": "A", "kind": "percent", "pct": 10, "base": ["item"], **rule}
    return Schedule("made", "Made", "made", "GB", "GBP", rules=(parse_rule(rule),), fee_vat_pct=Decimal(20))


def test_full_refund_on_etsy_keeps_the_listing_fee_and_loses_goods_and_post():
    effect = refund(sold("etsy-uk", "24.00"))

    assert (effect.to_buyer, effect.tax_returned) == (Decimal(24), Decimal(4))
    assert (effect.fees_returned, effect.fees_kept) == (Decimal("2.84"), Decimal("0.16"))
    assert effect.payout == Decimal("-0.16")
    assert effect.profit == Decimal("-9.66")


def test_goods_that_come_back_are_not_lost():
    effect = refund(sold("etsy-uk", "24.00"), goods_back=True)

    assert (effect.goods_saved, effect.profit) == (Decimal(6), Decimal("-3.66"))


def test_partial_refund_returns_fees_in_proportion():
    effect = refund(sold("etsy-uk", "24.00"), amount=Decimal(6))

    assert effect.tax_returned == Decimal("1.00")
    assert [(line.code, line.returned) for line in effect.lines] == [
        ("listing", 0),
        ("transaction", Decimal("0.39")),
        ("processing", Decimal("0.29")),
        ("regulatory", Decimal("0.03")),
    ]
    assert effect.profit == Decimal("7.50") - Decimal("5.00") + Decimal("0.71")


def test_vat_on_returned_fees_comes_back_with_them():
    registered, unregistered = sold("ebay-uk", "20.00"), sold("ebay-uk", "20.00", tax=TaxTreatment())

    # final value 2.18 and regulatory 0.07 return with VAT of 0.44 and 0.01; the order fee of 0.40 stays with 0.08
    assert refund(registered).payout == Decimal("-0.48")
    assert refund(unregistered).payout == Decimal("-0.48")
    assert refund(registered).profit == Decimal("-0.40") - Decimal("9.50")
    assert refund(unregistered).profit == Decimal("-0.48") - Decimal("9.50")


def test_marketplace_keeps_a_part_of_the_returned_fee_up_to_its_cap():
    small, large = refund(sold("tiktok-shop-us", "50.00")), refund(sold("tiktok-shop-us", "500.00"))

    assert (small.fees_returned, small.refund_fees) == (Decimal("3.00"), Decimal("0.60"))
    assert (large.fees_returned, large.refund_fees) == (Decimal("30.00"), Decimal("5.00"))
    assert small.payout == Decimal("-0.60")


def test_card_fee_is_kept():
    assert refund(sold("stripe-uk", "20.00")).fees_returned == 0


def test_fee_returned_only_in_full_stays_with_a_partial_refund():
    result = quote(
        made(refund="returned"), Sale(item_price=Decimal(20)), tax=TaxTreatment.unregistered(fee_vat_pct=Decimal(0))
    )

    assert [refund(result, amount=amount).fees_returned for amount in (Decimal(10), None)] == [0, Decimal(2)]


def test_tax_inside_a_returned_fee_was_reclaimed_before():
    result = quote(made(refund="proportional", vat="included"), Sale(item_price=Decimal(24)), tax=UK_VAT)

    # the fee of 2.40 cost 2.00; all comes back but the 0.40 that had been reclaimed
    assert refund(result).profit == 0


def test_self_assessed_tax_on_a_returned_fee_is_saved():
    tax = TaxTreatment.flat_rate(Decimal(10), rate_pct=Decimal(20))
    result = quote(made(refund="proportional", vat="reverse_charge"), Sale(item_price=Decimal(10)), tax=tax)

    assert (result.profit, refund(result).profit, refund(result).payout) == (Decimal("7.80"), 0, 0)


def test_fee_of_nothing_returns_nothing():
    result = quote(made(refund="proportional"), Sale(shipping=Decimal(5)))

    assert refund(result).fees_returned == 0


def test_sale_of_nothing_is_refunded_in_full():
    assert refund(quote(made(), Sale())).to_buyer == 0


def test_sales_tax_goes_back_out_of_the_marketplaces_pocket():
    schedule = schedules.load("direct-us", on=TODAY)
    result = quote(schedule, Sale(item_price=Decimal(100), tax=Decimal(8)))

    effect = refund(result)

    assert (effect.to_buyer, effect.payout, effect.tax_returned) == (Decimal(108), 0, 0)


@pytest.mark.parametrize("amount", [Decimal("24.01"), Decimal(-1)])
def test_more_than_was_paid_is_refused(amount):
    with pytest.raises(InvalidSale) as refused:
        refund(sold("etsy-uk", "24.00"), amount=amount)

    assert str(refused.value) == "At most 24.00 can be given back."
