"""Lines of an order that a later file lists differently: taken while nobody has confirmed it, told otherwise."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.models import Variant
from nozzly.core.errors import DomainError
from nozzly.tax.choices import TaxClass
from sales.choices import OrderState
from sales.domain import tax_classes
from sales.domain.matching import Match
from sales.domain.states import lines_of, lock_order
from sales.models import ImportedLine, Invoice, Order, OrderLine
from sales.orderfiles.facts import FileLine, FileOrder

MOST_TEXT = 300
_KEPT = ("position", "external_id", "variant_id", "title", "options", "personalisation", "b_grade", "quantity", "pieces",
         "unit_price", "discount", "tax_class")  # fmt: skip
_NAMED = ("sku", "listing", "is_history")
_MONEY = ("discount", "postage_charged", "tax_added")


class LinesStand(DomainError):
    """Somebody works on the order, or has changed it meanwhile."""


@dataclass(frozen=True)
class Pair:
    """A line that is here beside the one of the file; one of them is None where it comes or goes."""

    here: OrderLine | None
    line: FileLine | None
    match: Match | None = None

    @property
    def is_same(self) -> bool:
        return bool(self.here and self.line) and _all_of(self.here) == _all_of(self.line)


@dataclass(frozen=True)
class LinesPlan:
    """What becomes of the lines; ``words`` tell it, ``stays`` why the books do not follow, empty where they do."""

    pairs: tuple[Pair, ...]
    money: tuple[Decimal, Decimal, Decimal]
    words: tuple[str, ...]
    stays: str = ""


def named(line: FileLine | OrderLine) -> tuple[str, str]:
    """Title and options as they are kept: two options of one title are two products."""
    return line.title[:MOST_TEXT] or "–", line.options[:MOST_TEXT]


def compare(facts: FileOrder, matches: Sequence[Match | None], existing: Order) -> LinesPlan | None:
    """What a file that lists whole orders says otherwise than the books; None where it says the same, or cancels it."""
    if not facts.states_lines or not facts.lines or facts.cancelled_on:
        return None
    here = sorted(existing.lines.all(), key=lambda line: (line.position, line.pk))
    pairs = _pairs(here, list(zip(facts.lines, matches, strict=True)))
    money = (facts.discount, facts.postage, max(facts.tax, Decimal(0)))
    words = [_words(pair) for pair in pairs if not pair.is_same]
    if money != tuple(getattr(existing, name) for name in _MONEY):
        words.append(_("other discount, postage or tax"))
    return LinesPlan(tuple(pairs), money, tuple(words), _why_it_stays(existing)) if words else None


def _pairs(here: Sequence[OrderLine], coming: list[tuple[FileLine, Match | None]]) -> list[Pair]:
    """Equal lines first, then those of the same name, of which the quantity or the price is another."""
    found, left = [], list(here)
    for shape in (_all_of, _name_of):
        rest = []
        for line, match in coming:
            same = next((each for each in left if shape(each) == shape(line)), None)
            if same is None:
                rest.append((line, match))
            else:
                left.remove(same)
                found.append(Pair(same, line, match))
        coming = rest
    return [*found, *(Pair(each, None) for each in left), *(Pair(None, line, match) for line, match in coming)]


def _name_of(line: FileLine | OrderLine) -> tuple:
    return *named(line), line.personalisation[:MOST_TEXT]


def _all_of(line: FileLine | OrderLine) -> tuple:
    return *_name_of(line), line.quantity, line.unit_price, line.discount


def _words(pair: Pair) -> str:
    here, line = pair.here, pair.line
    if here is None:
        return _("{quantity} × {title} more").format(quantity=line.quantity, title=line.title)
    if line is None:
        return _("{quantity} × {title} no longer").format(quantity=here.quantity, title=here.title)
    if here.quantity != line.quantity:
        text = _("{quantity} × {title} instead of {before}")
        return text.format(quantity=line.quantity, title=line.title, before=here.quantity)
    return _("{title} for {price} instead of {before}").format(title=line.title, price=line.total, before=here.total)


def _why_it_stays(existing: Order) -> str:
    if not existing.was_imported:
        return _("it was typed by hand")
    if existing.state != OrderState.NEW:
        return _("it is {state}").format(state=existing.get_state_display().lower())
    return _("an invoice was issued for it") if existing.has_invoice else ""


# --- Writing ---------------------------------------------------------------------------------------------------------


def take(order: Order, plan: LinesPlan) -> dict:
    """Give an order that nobody has confirmed the lines of the file; answers what was there, for undoing.

    Runs in a transaction. Raises LinesStand.
    """
    order, lines = _free(order)
    seen = {pair.here.pk: _all_of(pair.here) for pair in plan.pairs if pair.here}
    if seen != {line.pk: _all_of(line) for line in lines}:
        raise LinesStand(_("Its lines were changed meanwhile; import the file again."))
    before = {"lines": [_as_kept(line) for line in lines], "money": [str(getattr(order, name)) for name in _MONEY]}
    gone = [pair.here.pk for pair in plan.pairs if pair.line is None]
    OrderLine.objects.filter(pk__in=gone).delete()
    by_pk = {line.pk: line for line in lines}
    _set_figures([(by_pk[pair.here.pk], pair.line) for pair in plan.pairs if pair.here and pair.line])
    _add(
        order,
        [pair for pair in plan.pairs if pair.here is None],
        after=max((line.position for line in lines), default=-1),
    )
    _close(order, plan.money)
    return before


def put_back(order: Order, kept: dict) -> None:
    """The lines that ``take`` had found, where the order is still not confirmed. Raises LinesStand."""
    order, lines = _free(order)
    wanted = {row["pk"]: row for row in kept["lines"]}
    here = {line.pk: line for line in lines}
    OrderLine.objects.filter(pk__in=set(here) - set(wanted)).delete()
    for pk, row in wanted.items():
        line = here.get(pk) or OrderLine(order=order)
        fields = _KEPT if pk not in here else ("quantity", "unit_price", "discount")
        for name in fields:
            setattr(line, name, _value(name, row[name]))
        line.save()
        if pk not in here:
            ImportedLine.objects.create(line=line, **{name: row[name] for name in _NAMED})
    _close(order, tuple(Decimal(text) for text in kept["money"]))


def _free(order: Order) -> tuple[Order, list[OrderLine]]:
    order = lock_order(order)
    if order.state != OrderState.NEW:
        raise LinesStand(_("It is {state}; its lines stay.").format(state=order.get_state_display().lower()))
    if Invoice.objects.filter(order=order).exists():
        raise LinesStand(_("An invoice was issued for it; its lines stay."))
    return order, list(order.lines.select_related("imported").in_order())


def _as_kept(line: OrderLine) -> dict:
    named_as = getattr(line, "imported", None)
    return {
        "pk": line.pk,
        **{name: getattr(line, name) for name in _KEPT},
        "unit_price": str(line.unit_price),
        "discount": str(line.discount),
        **{name: getattr(named_as, name, default) for name, default in zip(_NAMED, ("", "", False), strict=True)},
    }


def _value(name: str, kept: object) -> object:
    return Decimal(kept) if name in {"unit_price", "discount"} else kept


def _set_figures(pairs: Iterable[tuple[OrderLine, FileLine]]) -> None:
    rows = []
    for here, line in pairs:
        here.quantity, here.unit_price, here.discount = line.quantity, line.unit_price, line.discount
        rows.append(here)
    OrderLine.objects.bulk_update(rows, ["quantity", "unit_price", "discount"])


def _add(order: Order, pairs: Sequence[Pair], *, after: int) -> None:
    variants = Variant.objects.select_related("product").in_bulk(
        {pair.match.variant_id for pair in pairs if pair.match}
    )
    for position, pair in enumerate(pairs, after + 1):
        variant = variants.get(pair.match.variant_id) if pair.match else None
        title, options = named(pair.line)
        made = OrderLine.objects.create(
            order=order, position=position, external_id=pair.line.external_id, variant=variant, title=title,
            options=options, personalisation=pair.line.personalisation[:MOST_TEXT], quantity=pair.line.quantity,
            pieces=pair.match.pieces if variant else 1, unit_price=pair.line.unit_price, discount=pair.line.discount,
            tax_class=tax_classes.class_of(variant),
        )  # fmt: skip
        ImportedLine.objects.create(line=made, sku=pair.line.sku, listing=pair.line.listing)


def _close(order: Order, money: tuple[Decimal, ...]) -> None:
    for name, amount in zip(_MONEY, money, strict=True):
        setattr(order, name, amount)
    order.save(update_fields=[*_MONEY, "updated_at"])
    lines = lines_of(order)
    if order.taxes.exists() or any(line.tax_class != TaxClass.STANDARD for line in lines):
        tax_classes.follow(order, lines)
