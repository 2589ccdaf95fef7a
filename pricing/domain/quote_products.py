"""An accepted job becomes a product: recipe, plates and sliced file; one of several plates is put together of their parts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.core.files import File
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.choices import Origin, Stage
from catalog.domain import components, plates, products, recosting, slicing
from catalog.domain.recipes import ComponentDraft, PartDraft, RecipeDraft, SlotDraft, StepDraft
from catalog.domain.variants import Binding, VariantDraft
from catalog.models import Plate, Variant
from nozzly.accounts.models import User
from pricing.domain.beds import Bed, beds_of
from pricing.models import JobQuote, JobQuoteSlot

_THOUSANDTH = Decimal("0.001")
_HUNDREDTH = Decimal("0.01")


def make_product(row: JobQuote, *, by: User, at: datetime) -> Variant:
    """The variant that is ordered. Its parts, where the file has several plates, are products with a plate each."""
    beds = beds_of(row)
    if len(beds) == 1:
        variant = _variant(row, row.title, _recipe(row, beds[0], whole=True), beds[0].slots, by=by, at=at)
        made = {1: _plate(row.title, beds[0], variant)} if row.file and row.plate_count == 1 else {}
        parts = []
    else:
        parts = [_part(row, bed, by=by, at=at) for bed in beds]
        made = {bed.number: _plate(_part_title(row, bed), bed, part) for bed, part in zip(beds, parts, strict=True)}
        variant = _variant(row, row.title, _assembly(row, parts), (), by=by, at=at)
    if made:
        with row.file.storage.open(row.file.name) as stored:
            slicing.add_sliced_plates(made, File(stored.file, name=row.file_name), by=by, at=at)
    recosting.recost([*parts, variant], on=timezone.localdate(at), at=at)
    return variant


def _part(row: JobQuote, bed: Bed, *, by: User, at: datetime) -> Variant:
    return _variant(row, _part_title(row, bed), _recipe(row, bed, whole=False), bed.slots, by=by, at=at)


def _part_title(row: JobQuote, bed: Bed) -> str:
    return _("%(title)s, plate %(number)s") % {"title": row.title[:140], "number": bed.number}


def _variant(
    row: JobQuote, title: str, draft: RecipeDraft, slots: Sequence[JobQuoteSlot], *, by: User, at: datetime
) -> Variant:
    product = products.create_product(
        products.ProductFacts(title=title, description=row.note, tax_class=row.tax_class),
        draft=draft,
        first_variant=VariantDraft(name=_("Standard"), bindings=_bindings(slots)),
        origin=_("quote {number}").format(number=row.number),
        by=by,
        at=at,
    )
    return product.variants.get()


def _bindings(slots: Sequence[JobQuoteSlot]) -> Mapping[str, Binding]:
    return {slot.name: Binding(slot.filament_id, slot.group_id) for slot in slots if slot.filament_id or slot.group_id}


def _recipe(row: JobQuote, bed: Bed, *, whole: bool) -> RecipeDraft:
    """Of one piece, or of the part of it that this bed prints."""
    at_the_printer = ((Stage.PRINT, (row.bed_minutes / bed.pieces).quantize(_HUNDREDTH)),)
    finished = _finished(row) if whole else RecipeDraft()
    return RecipeDraft(
        print_time_s=round(Decimal(bed.time_s) / bed.pieces),
        print_time_origin=Origin.SLICED if row.file_name else Origin.TYPED,
        printer_model_id=row.printer_model_id,
        slots=tuple(
            SlotDraft(
                name=slot.name,
                grams=(slot.grams / bed.pieces).quantize(_THOUSANDTH),
                purge_g=(slot.purge_g / bed.pieces).quantize(_THOUSANDTH),
                material_type=slot.material_type,
                colour_hex=slot.colour_hex,
                origin=slot.origin,
            )
            for slot in bed.slots
        ),
        components=finished.components,
        steps=(*_steps(at_the_printer), *finished.steps),
    )


def _assembly(row: JobQuote, parts: Sequence[Variant]) -> RecipeDraft:
    finished = _finished(row)
    return RecipeDraft(
        components=finished.components,
        steps=finished.steps,
        parts=tuple(PartDraft(variant_id=part.pk) for part in parts),
    )


def _finished(row: JobQuote) -> RecipeDraft:
    """What is bought for a piece and done by hand once it is printed."""
    extras = ()
    if row.extra_per_piece:
        name = _("Bought for {title}").format(title=row.title)[:120]
        item = components.component_named(name, price=row.extra_per_piece, stage=Stage.ASSEMBLE)
        extras = (ComponentDraft(item_id=item.pk, quantity=Decimal(1)),)
    return RecipeDraft(components=extras, steps=_steps(((Stage.ASSEMBLE, row.piece_minutes),)))


def _steps(named: Sequence[tuple[str, Decimal]]) -> tuple[StepDraft, ...]:
    return tuple(StepDraft(stage=stage, minutes=minutes) for stage, minutes in named if minutes)


def _plate(name: str, bed: Bed, variant: Variant) -> Plate:
    bindings = _bindings(bed.slots)
    loads = [
        plates.Load(
            name=slot.name,
            binding=bindings.get(slot.name),
            material_type=slot.material_type,
            colour_hex=slot.colour_hex,
            position=slot.position if bed.number is None else None,
        )
        for slot in bed.slots
    ]
    return plates.create_plate(
        plates.PlateFacts(name=name, outputs=[plates.Output(variant.pk, bed.pieces)], loads=loads)
    )
