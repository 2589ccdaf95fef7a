"""What a parcel abroad meets: duty as a line where the shop pays it, and sentences on limits, tax and who pays what."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from nozzly.core.countries import country_choices
from nozzly.core.money import round_money
from nozzly.tax.choices import TreatmentKind
from nozzly.tax.domain.imports import Border
from nozzly.tax.domain.treatment import Destination, Treatment
from pricing.engine import Condition, FeeVat, Kind, Refund, Rule

ZERO = Decimal(0)
_HUNDRED = Decimal(100)
DUTY = "duty"
# What the goods are worth: without postage, the shop's discount and tax inside the price.
_WORTH = ("item", "-seller_discount", "-included_tax")
_AFTER_FEES = 95


def duty_rules(border: Border, *, rate: Decimal, currency: str) -> tuple[Rule, ...]:
    """``rate`` is what one unit of the border's currency is in ``currency``, that of the channel."""
    limit = round_money(border.small_parcel_up_to * rate, currency)
    facts = {
        "code": DUTY,
        "base": _WORTH,
        "order": _AFTER_FEES,
        "vat": FeeVat.EXEMPT,
        "refund": Refund.KEPT,
        "in_payout": False,
        "note": border.note,
    }
    rules = []
    if border.small_parcel_duty and limit:
        small = round_money(border.small_parcel_duty * rate, currency)
        when = Condition(up_to=limit)
        rules.append(Rule(label=_("Duty on a small parcel"), kind=Kind.FIXED, fixed=small, when=when, **facts))
    if border.duty_pct:
        when = Condition(above=limit) if limit else Condition()
        rules.append(Rule(label=_("Duty"), kind=Kind.PERCENT, pct=border.duty_pct, when=when, **facts))
    return tuple(rules)


def is_dear(border: Border | None, worth: Decimal, *, rate: Decimal) -> bool:
    """Whether goods of this worth, in the channel's currency, are above the limit for tax with the sale."""
    limit = border.tax_at_sale_up_to if border else None
    return limit is not None and worth > limit * rate


def duty_on(border: Border, worth: Decimal, *, rate: Decimal, currency: str) -> Decimal:
    if worth > border.small_parcel_up_to * rate:
        return round_money(worth * border.duty_pct / _HUNDRED, currency)
    return round_money(border.small_parcel_duty * rate, currency) if worth else ZERO


def notices(treatment: Treatment, to: Destination, *, duty: Decimal, duty_is_ours: bool) -> Iterable[tuple[str, bool]]:
    """Sentences with whether each is a warning; ``duty`` is what it comes to, in the channel's currency."""
    border = treatment.border
    if border is None:
        return
    yield _about_tax(treatment, to, border)
    if duty and not duty_is_ours:
        yield _("The buyer pays duty on arrival; {rule}.").format(rule=_words(border)), True
    if border.unverified:
        said = _("Duty and limits of {country} stand on one unverified source; type yours under Tax.")
        yield said.format(country=_name(to.country)), False


def _about_tax(treatment: Treatment, to: Destination, border: Border) -> tuple[str, bool]:
    limit = "" if border.tax_at_sale_up_to is None else f"{border.tax_at_sale_up_to:,.0f} {border.currency}"
    rate = f"{treatment.rate_pct.normalize():f}"
    if treatment.kind == TreatmentKind.PLATFORM_COLLECTED:
        said = _("The marketplace adds the tax of {country} and pays it.")
    elif treatment.kind == TreatmentKind.ONE_STOP_SHOP:
        said = _("{rate} % tax of {country} is in the price and paid by the import one-stop shop.")
    elif to.is_dear:
        said = _("Worth more than {limit}: no tax is collected with the sale, the buyer pays tax and duty on arrival.")
    elif limit and not to.business_buyer:
        said = _(
            "Up to {limit} {country} wants its tax with the sale: without a number there the buyer pays on arrival."
        )
    else:
        said = _("The buyer pays the tax of {country} on arrival.")
    collected = treatment.kind in {TreatmentKind.PLATFORM_COLLECTED, TreatmentKind.ONE_STOP_SHOP}
    return said.format(country=_name(to.country), limit=limit, rate=rate), not collected


def _name(country: str) -> str:
    return dict(country_choices()).get(country, country)


def _words(border: Border) -> str:
    pct = f"{border.duty_pct.normalize():f} %"
    if not border.small_parcel_up_to:
        return _("{pct} of the goods, from the first unit of money on").format(pct=pct)
    limit = f"{border.small_parcel_up_to:,.0f} {border.currency}"
    if border.small_parcel_duty:
        small = f"{border.small_parcel_duty.normalize():f} {border.currency}"
        return _("{small} up to {limit}, {pct} above").format(small=small, limit=limit, pct=pct)
    return _("nothing up to {limit}, {pct} above").format(limit=limit, pct=pct)
