"""What may still be put right in an order that waits: when, where to, what is written with it, which pieces it takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from production.domain import purposes
from sales.choices import OrderEventKind, OrderState
from sales.domain import picking, run_words
from sales.domain.states import NotNow, expect, lines_of, lock_order, note
from sales.models import Order, OrderLine

_FIELDS = ("due_on", "is_rush", "ship_to", "gift_note", "buyer_reference", "note")


class ChangedByOthers(DomainError):
    """Since the page was opened from which this comes."""


@dataclass(frozen=True)
class Changed:
    """All that may be changed, as it is to be; ``b_grade`` are the keys of lines that take b-grade pieces.

    ``words`` is what is written on the pieces of a line, by its key. ``seen_at`` says of which state of the order
    somebody thought so; empty where nobody looked.
    """

    due_on: date | None
    is_rush: bool
    ship_to: str
    gift_note: str
    buyer_reference: str
    note: str
    b_grade: frozenset[int]
    words: Mapping[int, str] = field(default_factory=dict)
    seen_at: str = ""


def change_order(order: Order, changed: Changed, *, by: User, at: datetime) -> Order:
    """Write it down and into the diary; pieces that do not fit any more are exchanged. Runs are told.

    Raises NotNow, ChangedByOthers, PrintedAlready.
    """
    with transaction.atomic():
        order = lock_order(order)
        expect(order, *OrderState.open())
        names = [name for name in _FIELDS if getattr(order, name) != getattr(changed, name)]
        if changed.seen_at not in {"", seen_at(order)} and _differs(order, names, changed):
            raise ChangedByOthers(
                _("This order was changed in the meantime; open it again and look at what it says now.")
            )
        for name in names:
            setattr(order, name, getattr(changed, name))
        order.save(update_fields=[*names, "updated_at"])
        words = [str(Order._meta.get_field(name).verbose_name) for name in names]
        if _grade(order, changed.b_grade):
            words.append(str(OrderLine._meta.get_field("b_grade").verbose_name))
        if _write_on_pieces(order, changed.words):  # not the words themselves: the diary outlives a customer
            words.append(str(OrderLine._meta.get_field("personalisation").verbose_name))
        run_words.tell_runs([order])
        if words:
            note(order, OrderEventKind.NOTE, text=_("Changed: {what}").format(what=", ".join(words)), by=by, at=at)
        return order


def seen_at(order: Order) -> str:
    """What tells one state of an order from a later one."""
    return order.updated_at.isoformat()


def _differs(order: Order, names: Sequence[str], changed: Changed) -> bool:
    """The same form sent twice asks for nothing any more."""
    lines = lines_of(order)
    words = any(changed.words.get(line.pk, line.personalisation) != line.personalisation for line in lines)
    return bool(names) or words or {line.pk for line in lines if line.b_grade} != changed.b_grade


def _write_on_pieces(order: Order, words: Mapping[int, str]) -> bool:
    """Refused once a piece has its words, or lies in its box."""
    turned = [
        (line, words[line.pk]) for line in lines_of(order) if words.get(line.pk, line.personalisation) != line.personalisation
    ]  # fmt: skip
    if turned:
        expect(order, OrderState.NEW, OrderState.CONFIRMED)
    for line, text in turned:
        if line.pieces_sent:
            raise NotNow(_("Pieces of {line} are sent already.").format(line=line))
        purposes.write_instead(picking.SOURCE, line.pk, text)
        line.personalisation = text
        line.save(update_fields=["personalisation"])
    return bool(turned)


def _grade(order: Order, wanted: frozenset[int]) -> bool:
    lines = lines_of(order)
    turned = [line for line in lines if line.b_grade != (line.pk in wanted)]
    for line in turned:
        line.b_grade = not line.b_grade
    OrderLine.objects.bulk_update(turned, ["b_grade"])
    if turned and order.state != OrderState.NEW:
        picking.keep_back(order, lines)
    return bool(turned)
