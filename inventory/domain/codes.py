"""Short codes that people can read, type and say: Crockford's base 32 (https://www.crockford.com/base32.html).

Lots have four characters or more, locations three, so a scanned code tells by its length what it names.
"""

import secrets

from inventory.models import Location, Lot

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOT_LENGTH = 4
LOCATION_LENGTH = 3
# Codes stay hard to guess from a neighbour and quick to find while at most this share of a length is taken.
_FULL_SHARE = 10
_LOOKALIKES = str.maketrans("ILO", "110", "- ")


def normalised(text: str) -> str:
    """What somebody typed or scanned, as it is stored: upper case, I and L read as 1, O as 0, no dashes."""
    return text.strip().upper().translate(_LOOKALIKES)


def new_codes(count: int) -> list[str]:
    """Codes that no lot has yet."""
    length = LOT_LENGTH
    while (Lot.objects.count() + count) * _FULL_SHARE > len(ALPHABET) ** length:
        length += 1
    return _fresh(Lot, count, length)


def new_location_code() -> str:
    """A code that no location has yet."""
    return _fresh(Location, 1, LOCATION_LENGTH)[0]


def _fresh(model: type[Lot | Location], count: int, length: int) -> list[str]:
    fresh: set[str] = set()
    while len(fresh) < count:
        drawn = {"".join(secrets.choice(ALPHABET) for _letter in range(length)) for _code in range(count - len(fresh))}
        fresh |= drawn - set(model.objects.filter(code__in=drawn).values_list("code", flat=True))
    return list(fresh)
