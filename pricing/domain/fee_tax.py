"""What the tax on a channel's fees means for this shop: charged and back, charged and lost, or owed by itself."""

from dataclasses import dataclass
from decimal import Decimal

from pricing.domain.terms import Terms
from pricing.engine import FeeVat, VatOutcome

ZERO = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class FeeTax:
    """``inside`` says that the amount of the fee holds it."""

    outcome: VatOutcome
    inside: bool
    pct: Decimal

    def of(self, amount: Decimal) -> Decimal:
        """The tax on a fee, not rounded; zero where the channel names it in a row of its own."""
        if self.inside:
            return amount * self.pct / (HUNDRED + self.pct)
        return amount * self.pct / HUNDRED if self.is_owed else ZERO

    @property
    def is_owed(self) -> bool:
        return self.outcome in (VatOutcome.REVERSE_CHARGE, VatOutcome.SELF_ASSESSED)


NO_TAX = FeeTax(VatOutcome.NONE, inside=False, pct=ZERO)


class FeeTaxes:
    """By the code of a fee; one that the schedule does not know is taxed as the channel's other fees are."""

    def __init__(self, terms: Terms) -> None:
        self.tax = terms.tax
        self.pct = terms.schedule.fee_vat_pct if terms.tax.fee_vat_pct is None else terms.tax.fee_vat_pct
        self.known = {rule.code: rule.vat for rule in terms.schedule.rules}
        self.usual = next((rule.vat for rule in terms.schedule.rules if rule.vat is not FeeVat.EXEMPT), FeeVat.EXEMPT)

    @property
    def charged(self) -> VatOutcome:
        """What becomes of tax that the channel charges."""
        return VatOutcome.RECLAIMED if self.tax.reclaims_fee_vat else VatOutcome.COST

    def of(self, code: str) -> FeeTax:
        vat = self.known.get(code, self.usual)
        if vat is FeeVat.EXEMPT or not self.pct:
            return NO_TAX
        if vat is FeeVat.REVERSE_CHARGE and self.tax.registered:
            back = self.tax.reclaims_fee_vat
            return FeeTax(VatOutcome.REVERSE_CHARGE if back else VatOutcome.SELF_ASSESSED, inside=False, pct=self.pct)
        return FeeTax(self.charged, inside=vat in (FeeVat.INCLUDED, FeeVat.IN_LINE), pct=self.pct)
