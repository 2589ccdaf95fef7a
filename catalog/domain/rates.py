"""Rates with a date: electricity, work, failures, overhead. Old rows stay, so old costs can be worked out again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.choices import Origin, RateKind
from catalog.domain.costing import CostRates, Sourced
from catalog.domain.currencies import conversion_note, convert, from_eur, round_guess, shipped
from catalog.models import Product, Rate
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from nozzly.core.money import minor_unit
from nozzly.tenancy.current import current_workspace

# Shipped guesses hold from before any shop's first run, so that backdated prints find a rate.
BEGINNING = date(2000, 1, 1)
FEWEST_RUNS = 20
_FINEST = Decimal("0.0001")


class RateOutOfRange(DomainError):
    pass


@dataclass(frozen=True)
class DefaultRate:
    kind: RateKind
    value: Decimal
    source: str


def default_rates(country: str, currency: str) -> tuple[DefaultRate, ...]:
    """Shipped guesses for a country, in the workspace's currency: tariff, wage, failures."""
    data = shipped("rates")
    row, everywhere = data["country"].get(country.upper()), data["everywhere"]
    if row:
        money = [Decimal(row[kind]) for kind in ("energy_per_kwh", "labour_per_h")]
        if row["currency"] != currency:
            money = [_fine(convert(amount, currency=row["currency"], to=currency), currency) for amount in money]
        sources = (row["energy_source"], data["wage_source"])
    else:
        money = [
            _fine(from_eur(Decimal(data["fallback"][kind]), currency), currency)
            for kind in ("energy_per_kwh_eur", "labour_per_h_eur")
        ]
        note = conversion_note(currency)
        sources = (data["fallback"]["energy_source"] + note, data["fallback"]["labour_source"] + note)
    return (
        DefaultRate(RateKind.ENERGY_PER_KWH, money[0], sources[0]),
        DefaultRate(RateKind.LABOUR_PER_H, money[1], sources[1]),
        DefaultRate(RateKind.FAILURE_PCT, Decimal(everywhere["failure_pct"]), everywhere["failure_source"]),
    )


def ensure_default_rates() -> None:
    """Write the shipped guesses of the workspace's country where it has no rate of the kind yet."""
    workspace = current_workspace()
    have = set(Rate.objects.of_workspace().values_list("kind", flat=True))
    Rate.objects.bulk_create(
        [
            Rate(
                kind=rate.kind,
                value=rate.value,
                valid_from=BEGINNING,
                origin=Origin.ASSUMED,
                source=rate.source,
            )
            for rate in default_rates(workspace.country, workspace.currency)
            if rate.kind not in have
        ],
        ignore_conflicts=True,
    )


def set_rate(  # noqa: PLR0913 - one row has that many facts
    kind: str,
    *,
    value: Decimal,
    valid_from: date,
    origin: str = Origin.TYPED,
    source: str = "",
    product: Product | None = None,
    by: User | None,
) -> Rate:
    """Set a rate from a day on; the same day again replaces that day's row. Raises RateOutOfRange."""
    kind = RateKind(kind)
    if value < 0:
        raise RateOutOfRange(_("A rate cannot be negative."))
    if kind == RateKind.FAILURE_PCT and value > 90:
        raise RateOutOfRange(_("More than 90 % failed prints cannot be allowed for."))
    if kind.is_pct and value > 100:
        raise RateOutOfRange(_("A percentage goes up to 100."))
    if kind.is_hour_of_day and value > 24:
        raise RateOutOfRange(_("An hour of the day goes from 0 to 24; half past ten in the evening is 22.5."))
    with transaction.atomic():
        row, __ = Rate.objects.update_or_create(
            kind=kind,
            product=product,
            valid_from=valid_from,
            defaults={"value": value, "origin": origin, "source": source, "created_by": by},
        )
    return row


class RateBook:
    """All rates in force on a day: one query, then answers for any product."""

    def __init__(self, rows: Iterable[Rate], defaults: Iterable[DefaultRate]):
        self._rows = {(row.kind, row.product_id): row for row in rows}
        self._defaults = {rate.kind: rate for rate in defaults}

    def rate(self, kind: RateKind, product_id: int | None = None) -> Sourced | None:
        """The product's own rate, else the workspace's, else the shipped guess, else None."""
        row = self._rows.get((kind, product_id)) or self._rows.get((kind, None))
        if row:
            return Sourced(row.value, row.origin, row.source)
        guess = self._defaults.get(kind)
        return Sourced(guess.value, Origin.ASSUMED, guess.source) if guess else None

    def cost_rates(self, product_id: int | None = None) -> CostRates:
        nothing = Sourced(Decimal(0), Origin.TYPED, "")
        values = {kind.value: self.rate(kind, product_id) or nothing for kind in RateKind}
        for kind in RateKind.without_guess():
            values[kind.value] = self.rate(kind, product_id)
        return CostRates(**values)


def rates_on(on: date) -> RateBook:
    workspace = current_workspace()
    return RateBook(Rate.objects.in_force(on), default_rates(workspace.country, workspace.currency))


def rate_on(kind: str, on: date, *, product: Product | None = None) -> Sourced | None:
    """The value in force on the day and where it comes from; None where nobody has set such a rate."""
    return rates_on(on).rate(RateKind(kind), product.pk if product else None)


def learned_failure_pct(*, failed: int, total: int, lost_beds: Decimal | None = None) -> Decimal | None:
    """What the costing has to allow so that good beds pay for the lost ones; None while the runs are too few to tell.

    ``lost_beds`` says how much of the failed ones was printed: a bed that failed at 30 % lost 0.3 of one.
    """
    lost = Decimal(failed) if lost_beds is None else lost_beds
    if total < FEWEST_RUNS:
        return None
    paid_for = lost + total - failed
    return min(100 * lost / paid_for, Decimal(90)).quantize(_FINEST) if paid_for else Decimal(0)


def learn_failure_pct(
    product: Product,
    *,
    failed: int,
    total: int,
    lost_beds: Decimal | None = None,
    valid_from: date,
    by: User | None,
) -> Rate | None:
    """Set a product's failure allowance to what its runs say; None while there are too few of them to tell."""
    value = learned_failure_pct(failed=failed, total=total, lost_beds=lost_beds)
    if value is None:
        return None
    source = _("%(failed)s of %(total)s runs failed") % {"failed": failed, "total": total}
    return set_rate(
        RateKind.FAILURE_PCT,
        value=value,
        valid_from=valid_from,
        origin=Origin.LEARNED,
        source=source,
        product=product,
        by=by,
    )


def _fine(amount: Decimal, currency: str) -> Decimal:
    """Tariffs are small: keep hundredths even where the currency pays whole units only."""
    return round_guess(amount, currency) if amount >= 100 * minor_unit(currency) else amount.quantize(Decimal("0.01"))
