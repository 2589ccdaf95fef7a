"""How a fee came about, in one short line: "6.5 % of 24.00", "4 % of 24.00 + 0.20"."""

from decimal import Context, Decimal

from nozzly.core.money import minor_digits
from pricing.engine.program import Terms
from pricing.engine.rules import Kind, Per

_SHOWN = Context(prec=6)  # of an exchange rate worked out of two others
_PER = {Per.MONTH: "a month", Per.EVENT: "a fair"}


def formula(terms: Terms, base: Decimal) -> str:
    text = _body(terms, base)
    if terms.minimum is not None:
        text += f", at least {_money(terms.minimum, terms)}"
    if terms.cap is not None:
        text += f", at most {_money(terms.cap, terms)}"
    if terms.minimum is not None or terms.cap is not None:
        text += _times(terms)
    if terms.vat_inside and terms.vat_pct:
        text += f", with {_plain(terms.vat_pct)} % tax"
    if terms.spread_over != 1:
        text += f" {_PER[terms.per]} ÷ {_plain(terms.spread_over)} orders"
    return text


def rate_text(terms: Terms) -> str:
    """The rate alone: "4 % + 0.20"."""
    if terms.tiers:
        return ", ".join(_tier_rate(terms, tier) for tier in terms.tiers)
    shares = [f"{_plain(terms.pct)} %"] if terms.pct else []
    fixed = [_money(terms.fixed, terms)] if terms.fixed else []
    return " + ".join(shares + fixed)


def _body(terms: Terms, base: Decimal) -> str:
    if terms.tiers:
        return _whole(terms, base) if terms.whole else _slices(terms, base)
    if terms.kind is Kind.FIXED:
        return _money(terms.fixed, terms) + _times(terms)
    text = f"{_plain(terms.pct)} % of {base:,}"
    return f"{text} + {_money(terms.fixed, terms)}{_times(terms)}" if terms.fixed else text


def _whole(terms: Terms, base: Decimal) -> str:
    for up_to, pct, fixed in terms.tiers:
        if up_to is None or base <= up_to * terms.units:
            shares = [f"{_plain(pct)} % of {base:,}"] if pct else []
            return " + ".join(shares + ([_money(fixed, terms) + _times(terms)] if fixed else []))
    raise AssertionError("the last tier has no limit")


def _slices(terms: Terms, base: Decimal) -> str:
    texts: list[str] = []
    start = Decimal(0)
    for up_to, pct, _ in terms.tiers:
        end = base if up_to is None else min(base, up_to * terms.units)
        if end > start or not texts:
            texts.append(f"{_plain(pct)} % of {max(end - start, Decimal(0)).quantize(base):,}")
        start = max(start, end)
    return " + ".join(texts)


def _tier_rate(terms: Terms, tier: tuple[Decimal | None, Decimal, Decimal]) -> str:
    up_to, pct, fixed = tier
    rate = " + ".join(([f"{_plain(pct)} %"] if pct else []) + ([_money(fixed, terms)] if fixed else [])) or "nothing"
    return f"{rate} above" if up_to is None else f"{rate} up to {_money(up_to, terms)}"


def _money(amount: Decimal, terms: Terms) -> str:
    """With at least the decimals of the currency: 0.20, but 0.005 stays."""
    decimals = max(minor_digits(terms.currency), -int(amount.normalize().as_tuple().exponent))
    text = f"{amount:,.{decimals}f}"
    return text if terms.exchange is None else f"{terms.currency} {text} × {_plain(_SHOWN.plus(terms.exchange))}"


def _times(terms: Terms) -> str:
    return f" × {terms.units}" if terms.units > 1 else ""


def _plain(number: Decimal) -> str:
    """Without trailing zeros and never as 1E+2."""
    return f"{number.normalize():f}"
