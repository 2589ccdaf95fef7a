"""Exchange rates as somebody types them beside the prices that stand on them."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from nozzly.core.countries import currency_choices
from nozzly.core.errors import DomainError
from nozzly.tax.models import ExchangeRate
from nozzly.tenancy.current import current_workspace


class RateNotPossible(DomainError):
    pass


def type_rate(currency: str, *, rate: Decimal, on: date) -> ExchangeRate:
    """Say what one unit of a currency is worth in the workspace's own on a day; the same day again replaces it.

    Raises RateNotPossible.
    """
    if currency == current_workspace().currency or currency not in dict(currency_choices()):
        raise RateNotPossible(_("{currency} is no foreign currency.").format(currency=currency))
    if not rate.is_finite() or rate <= 0:
        raise RateNotPossible(_("An exchange rate is more than zero."))
    row, _is_new = ExchangeRate.objects.update_or_create(
        currency=currency, on=on, defaults={"rate": rate, "source": _("typed")}
    )
    return row
