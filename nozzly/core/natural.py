"""Text in the order in which people count: Shelf 2 before Shelf 10."""

import re

from django.db.models import CharField, Func, Value

DIGITS = 12  # longer numbers go by their end
_NUMBER = re.compile(r"\d+")


def natural(text: str) -> str:
    """What to sort rows in memory by."""
    return _NUMBER.sub(lambda found: found[0][-DIGITS:].zfill(DIGITS), text)


def by_number(column: str) -> Func:
    """What to sort rows in the database by."""
    zeros = Func(
        column, Value(r"(\d+)"), Value("0" * (DIGITS - 1) + r"\1"), Value("g"), function="regexp_replace",
        output_field=CharField(),
    )  # fmt: skip
    return Func(
        zeros, Value(rf"\d*(\d{{{DIGITS}}})"), Value(r"\1"), Value("g"), function="regexp_replace",
        output_field=CharField(),
    )  # fmt: skip
