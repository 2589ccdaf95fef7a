"""Put beds into the queue: from a plate, from an ad-hoc mix, or once more after a failure."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.models import Plate
from inventory.domain import reservations
from inventory.domain.ledger import InsufficientStock
from inventory.models import Item, MaterialGroup
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from production.choices import RunEventKind
from production.domain import estimates, needs, once, shortages
from production.domain.beds import Bed, Pieces, bed_of
from production.domain.numbering import next_run_number
from production.domain.queueing import last_place
from production.models import Printer, Run, RunEvent, RunMaterial, RunOutput, RunShare

MOST_COPIES = 200
SOURCE = "run"


class TooManyCopies(DomainError):
    pass


def plan_run(  # noqa: PLR0913 - what there is to say about a run
    *,
    plate: Plate | None = None,
    outputs: Sequence[Pieces] = (),
    printer: Printer | None = None,
    copies: int = 1,
    reference: str = "",
    planned_for: datetime | None = None,
    even_if_short: bool = False,
    key: UUID | None = None,
    by: User,
    at: datetime,
) -> list[Run]:
    """Plan ``copies`` runs of a plate or of an ad-hoc mix; answers them in the order of their numbers.

    Reserves what each will take. With a plate, ``outputs`` says whom its pieces are for; without outputs they are
    for stock. The same ``key`` again plans nothing and answers the runs of the first time.

    Raises NothingToPrint, TooManyCopies, NotInTheShop, and InsufficientStock unless ``even_if_short``.
    """
    if not 1 <= copies <= MOST_COPIES:
        raise TooManyCopies(_("Plan between 1 and %(most)s runs at once.") % {"most": MOST_COPIES})
    bed = bed_of(plate=plate, outputs=outputs, printer=printer)
    details = {"reference": reference, "planned_for": planned_for}
    keys = [key and uuid5(key, str(copy)) for copy in range(copies)]
    with transaction.atomic():
        if key:
            once.lock(key)
            if known := list(Run.objects.filter(events__key__in=keys).in_number_order()):
                return known
        details["queue_position"] = last_place(printer)
        if not even_if_short:
            refuse_shortage(bed.needs, copies=copies)
        return [create_run(bed, details=details, key=each, by=by, at=at) for each in keys]


def refuse_shortage(bed_needs: needs.BedNeeds, *, copies: int) -> None:
    """Raises InsufficientStock with every colour that does not suffice."""
    wanted = {key: grams * copies for key, grams in needs.needed_grams(bed_needs.materials).items()}
    short = shortages.of(wanted)
    if short:
        listed = "; ".join(
            _("%(name)s: %(missing)s g short") % {"name": each.name, "missing": f"{each.missing_g:.0f}"}
            for each in short
        )
        raise InsufficientStock(_("Not enough filament. %(list)s.") % {"list": listed})


def create_run(bed: Bed, *, details: dict, key: UUID | None, by: User, at: datetime) -> Run:
    """Write one planned run with its outputs, materials, shares and reservations. Call it inside a transaction."""
    number = next_run_number(at=at)
    run = Run.objects.create(
        number=number.text,
        entry_on=number.entry_on,
        sequence=number.sequence,
        plate=bed.plate,
        slice_file=bed.slice_file,
        printer=bed.printer,
        title=bed.title,
        print_time_s=bed.needs.print_time_s,
        estimated_minutes=bed.needs.minutes,
        **details,
    )
    outputs = RunOutput.objects.bulk_create(_outputs(run, bed))
    materials = RunMaterial.objects.bulk_create(_materials(run, bed.needs))
    RunShare.objects.bulk_create(_shares(bed.needs, materials, outputs))
    kind = RunEventKind.REPRINTED if run.reprint_of_id else RunEventKind.PLANNED
    text = _("exactly as %(run)s") % {"run": run.repeat_of} if run.repeat_of_id else ""
    RunEvent.objects.create(run=run, kind=kind, text=text, key=key, occurred_at=at, recorded_at=at, by=by)
    reserve_material(run, materials)
    estimates.store(run, bed, outputs, at=at)
    return run


def _outputs(run: Run, bed: Bed) -> list[RunOutput]:
    return [
        RunOutput(
            run=run,
            position=position,
            variant_id=wanted.variant.pk,
            recipe=piece.recipe,
            planned=wanted.pieces,
            print_time_s=piece.seconds,
            source=wanted.source,
            source_id=wanted.source_id,
            source_text=wanted.source_text,
            personalisation=wanted.personalisation,
        )
        for position, (wanted, piece) in enumerate(bed.pieces)
    ]


def _materials(run: Run, bed_needs: needs.BedNeeds) -> list[RunMaterial]:
    return [
        RunMaterial(
            run=run,
            position=position,
            slot_name=line.name,
            filament_id=line.filament_id,
            group_id=line.group_id,
            estimated_g=line.grams,
            estimated_purge_g=line.purge_g,
        )
        for position, line in enumerate(bed_needs.materials)
    ]


def _shares(
    bed_needs: needs.BedNeeds, materials: Sequence[RunMaterial], outputs: Sequence[RunOutput]
) -> list[RunShare]:
    return [
        RunShare(material=material, output=outputs[index], grams_each=grams)
        for line, material in zip(bed_needs.materials, materials, strict=True)
        for index, grams in line.grams_each.items()
    ]


def reserve_material(run: Run, materials: Sequence[RunMaterial]) -> None:
    """Announce what a planned run will take, so that reordering sees it."""
    totals = needs.needed_grams(
        needs.MaterialNeed(line.slot_name, line.filament_id, line.group_id, line.estimated_g, line.estimated_purge_g)
        for line in materials
    )
    for (filament_id, group_id), grams in totals.items():
        if grams > Decimal(0):
            reservations.reserve(
                item=Item(pk=filament_id) if filament_id else None,
                group=MaterialGroup(pk=group_id) if group_id else None,
                quantity=grams,
                source=SOURCE,
                source_id=run.pk,
                text=run.number,
            )


def reprint(run: Run, *, key: UUID | None = None, by: User, at: datetime) -> Run:
    """Plan a closed run once more, for the same pieces and people, linked to it. The same ``key`` again plans nothing.

    Raises NothingToPrint, NotInTheShop.
    """
    with transaction.atomic():
        if key:
            once.lock(key)
            if known := Run.objects.filter(events__key=key).first():
                return known
        wanted = [
            Pieces(
                output.variant,
                output.planned,
                source=output.source,
                source_id=output.source_id,
                source_text=output.source_text,
                personalisation=output.personalisation,
            )
            for output in run.outputs.select_related("variant").order_by("position")
        ]
        bed = bed_of(plate=run.plate, outputs=wanted, printer=run.printer)
        details = {
            "reference": run.reference,
            "reprint_of": run,
            "first_run_id": run.chain_id,
            "queue_position": last_place(run.printer),
        }
        return create_run(bed, details=details, key=key, by=by, at=at)
