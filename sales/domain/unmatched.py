"""The inbox of lines that no product is known for: what is alike is answered once."""

from datetime import datetime

from django.db import transaction

from catalog.models import Variant
from nozzly.accounts.models import User
from sales.domain import matching
from sales.domain.matching import Words
from sales.domain.settling import settle_lines
from sales.models import ImportedLine, OrderLine
from sales.orderfiles.joining import UNLISTED

AT_ONCE = 1000


def words_of(line: OrderLine) -> Words:
    """How the channel named it; a line that was typed has only its title."""
    named = ImportedLine.objects.filter(line=line).first()
    return Words(line.title, line.options, named.sku if named else "", named.listing if named else "")


def answer(line: OrderLine, *, variant: Variant, pieces: int = 1, by: User, at: datetime) -> int:
    """Say what a line is, for it, for all that are named alike on its channel, and for every later file.

    What a file did not list at all is answered for this line alone. Answers how many lines are known now. Raises
    NoSuchPieces.
    """
    words, channel = words_of(line), line.order.channel
    if line.title == UNLISTED:  # the next one is something else
        return settle_lines([(line, variant.pk, pieces)], by=by, at=at)
    with transaction.atomic():
        matching.remember(words, channel=channel, variant=variant, pieces=pieces, by=by, at=at)
        alike = OrderLine.objects.filter(variant=None, order__channel=channel, title=line.title, options=line.options)
        rows = list(alike.order_by("pk")[:AT_ONCE])
        return settle_lines([(row, variant.pk, pieces) for row in rows], by=by, at=at)
