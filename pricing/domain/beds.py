"""The beds of a quoted job: one, or one for each plate of its file."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from pricing.models import JobQuote, JobQuoteSlot


@dataclass(frozen=True)
class Bed:
    """Prints ``time_s`` and holds a piece, or a part of it, ``pieces`` times. ``number`` is that of its plate."""

    number: int | None
    time_s: int
    pieces: int
    slots: tuple[JobQuoteSlot, ...]

    def count_for(self, quantity: int) -> int:
        return -(-quantity // self.pieces)


def beds_of(job_quote: JobQuote) -> list[Bed]:
    """Best with slots and plates prefetched."""
    slots = sorted(job_quote.slots.all(), key=lambda slot: slot.position)
    plates = sorted(job_quote.plates.all(), key=lambda plate: plate.number)
    if not plates:
        return [Bed(None, job_quote.bed_time_s, job_quote.pieces_per_bed, tuple(slots))]
    return [
        Bed(plate.number, plate.bed_time_s, plate.pieces, tuple(s for s in slots if s.plate_number == plate.number))
        for plate in plates
    ]


def seconds_of_a_piece(beds: Iterable[Bed]) -> Decimal:
    return sum((Decimal(bed.time_s) / bed.pieces for bed in beds), Decimal(0))
