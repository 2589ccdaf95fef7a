"""A bed before it becomes a run: what comes off it and what that takes."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from catalog.models import Plate, SliceFile, Variant
from nozzly.core.errors import DomainError
from production.domain import needs
from production.models import Printer


class NothingToPrint(DomainError):
    pass


class NotInTheShop(DomainError):
    """The plate, the printer or a product was archived."""


@dataclass(frozen=True)
class Pieces:
    """Pieces of a variant to print, and whom they are for (an order's line, with what to write on it)."""

    variant: Variant
    pieces: int
    source: str = ""
    source_id: int | None = None
    source_text: str = ""
    personalisation: str = ""


@dataclass(frozen=True)
class Bed:
    """Everything that one run will be made of."""

    title: str
    plate: Plate | None
    slice_file: SliceFile | None
    printer: Printer | None
    pieces: tuple[tuple[Pieces, needs.PieceNeeds], ...]
    needs: needs.BedNeeds


def bed_of(*, plate: Plate | None, outputs: Sequence[Pieces], printer: Printer | None) -> Bed:
    """Look up all that a bed needs. Raises NothingToPrint, NotInTheShop."""
    if plate is not None:
        plate = Plate.objects.for_page().get(pk=plate.pk)
        outputs = outputs or [Pieces(output.variant, output.pieces) for output in plate.outputs.all()]
    outputs = [wanted for wanted in outputs if wanted.pieces > 0]
    if not outputs:
        raise NothingToPrint(_("Say what comes off the bed: at least one piece of one product."))
    by_variant = needs.pieces_by_variant(wanted.variant.pk for wanted in outputs)
    pairs = tuple((wanted, by_variant[wanted.variant.pk]) for wanted in outputs)
    refuse_archived(plate, printer)
    counted = [(piece, wanted.pieces) for wanted, piece in pairs]
    bed_needs = needs.of_plate(plate, counted, printer) if plate else needs.of_recipes(counted)
    title = (
        plate.name if plate else ", ".join(f"{wanted.pieces} × {piece.variant.item.name}" for wanted, piece in pairs)
    )
    return Bed(title[:200], plate, bed_needs.slice_file, printer, pairs, bed_needs)


def refuse_archived(plate: Plate | None, printer: Printer | None) -> None:
    """Raises NotInTheShop."""
    for thing in (plate, printer):
        if thing is not None and thing.archived_at is not None:
            raise NotInTheShop(_("“%(name)s” is archived; bring it back first.") % {"name": thing})
