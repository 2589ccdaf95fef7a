"""Quotes for custom jobs: drafted from a sliced file or typed grams, sent, and answered.

For sales: ``accepted(quote)`` says what was agreed; ``JobQuote.objects.accepted()`` finds them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import BinaryIO
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.choices import Origin
from catalog.domain import slicing
from catalog.domain.bindings import binding_of
from catalog.domain.printer_models import find_printer_model
from catalog.domain.slice_drafts import PlateDraft, draft_plate
from catalog.domain.variants import Binding
from catalog.models import Variant
from catalog.slices import as_png
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from nozzly.tenancy.current import current_workspace
from pricing.choices import QuoteState
from pricing.domain.quote_products import make_product
from pricing.domain.quoting import calculate
from pricing.models import JobQuote, JobQuotePlate, JobQuotePrice, JobQuoteSlot

VALID_DAYS = 30
_PICTURE_PX = 512


class QuoteStateWrong(DomainError):
    pass


class QuoteOver(DomainError):
    pass


class NothingToQuote(DomainError):
    pass


@dataclass(frozen=True, kw_only=True)
class Drop:
    """What a new quote starts from: a sliced file, or grams and seconds of one bed."""

    file: BinaryIO | None = None
    grams: Decimal | None = None
    material: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """What the customer said yes to, as sales makes an order of it. Money in ``currency``."""

    reference: str
    variant: Variant
    quantity: int
    price_each: Decimal
    postage: Decimal
    currency: str
    tax_included: bool
    tax_pct: Decimal | None
    customer: str
    contact: str
    country: str
    for_business: bool
    due_on: date
    note: str


def draft(drop: Drop, *, key: UUID, by: User, at: datetime) -> JobQuote:
    """A new quote; the same ``key`` again answers the same one. ``facts`` are fields of the quote.

    Raises UnreadableSlice, NotSliced, NothingToQuote, UnknownFilament.
    """
    with transaction.atomic():
        # Of two equal calls at once the second waits here and then finds the quote of the first.
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        known = JobQuote.objects.filter(key=key).first()
        if known:
            return known
        facts = {"valid_until": timezone.localdate(at) + timedelta(days=VALID_DAYS)} | dict(drop.facts)
        job_quote = JobQuote(key=key, made_by=by, **facts)
        binding = binding_of(drop.material)
        slots, plates = _read_file(job_quote, drop.file, binding) if drop.file else (_typed_slots(drop, binding), [])
        if not job_quote.title:
            raise NothingToQuote(_("Say what it is, or drop its sliced file."))
        job_quote.save()
        _store(JobQuoteSlot, job_quote, slots)
        _store(JobQuotePlate, job_quote, plates)
        return job_quote


def change(
    job_quote: JobQuote,
    facts: Mapping[str, object],
    *,
    materials: Mapping[int, str],
    parts: Mapping[int, int] = MappingProxyType({}),
) -> JobQuote:
    """Other facts, by slot other filaments, by plate other numbers of parts on its bed.

    Raises QuoteStateWrong, UnknownFilament.
    """
    with transaction.atomic():
        row = _locked(job_quote, QuoteState.DRAFT)
        for name, value in facts.items():
            setattr(row, name, value)
        row.save()
        for slot in row.slots.filter(pk__in=materials):
            binding = binding_of(materials[slot.pk]) or Binding()
            slot.filament_id, slot.group_id = binding.filament_id, binding.group_id
            slot.save(update_fields=["filament", "group"])
        for plate_id, pieces in parts.items():
            row.plates.filter(pk=plate_id).update(pieces=pieces)
        return row


def discard(job_quote: JobQuote) -> None:
    """Throw a draft away with its file. Raises QuoteStateWrong."""
    with transaction.atomic():
        row = _locked(job_quote, QuoteState.DRAFT)
        stored = [each.name for each in (row.file, row.thumbnail) if each]
        storage = row.file.storage
        row.delete()
        transaction.on_commit(lambda: [storage.delete(name) for name in stored])


def set_margin(job_quote: JobQuote, *, margin_pct: Decimal) -> JobQuote:
    """Take a step of the ladder; a typed price gives way. Raises QuoteStateWrong."""
    return change(job_quote, {"target_margin_pct": margin_pct, "price_each": None}, materials={})


def send(job_quote: JobQuote, *, at: datetime) -> JobQuote:
    """Fix the prices and the days, so that the customer's copy stays true. Raises QuoteStateWrong, NothingToQuote."""
    with transaction.atomic():
        row = _locked(job_quote, QuoteState.DRAFT)
        _refuse_over(row, at)
        worked_out = calculate(row, at=at)
        if worked_out.chosen.price_each is None:
            raise NothingToQuote(worked_out.chosen.reason)
        row.prices.all().delete()
        JobQuotePrice.objects.bulk_create(
            JobQuotePrice(quote=row, quantity=step.quantity, price_each=step.price_each)
            for step in worked_out.breaks
            if step.price_each is not None
        )
        row.state, row.sent_at = QuoteState.SENT, at
        row.promised_days = worked_out.lead.days if row.lead_days is None else row.lead_days
        row.tax_pct, row.tax_included = worked_out.tax_pct, worked_out.tax_included
        row.save()
        return row


def reopen(job_quote: JobQuote) -> JobQuote:
    """Back to a draft, to change it and send it anew. Raises QuoteStateWrong."""
    with transaction.atomic():
        row = _locked(job_quote, QuoteState.SENT, QuoteState.DECLINED)
        row.state, row.decided_at = QuoteState.DRAFT, None
        row.save(update_fields=["state", "decided_at", "updated_at"])
        row.prices.all().delete()
        return row


def decline(job_quote: JobQuote, *, at: datetime) -> JobQuote:
    """The customer said no. Raises QuoteStateWrong."""
    with transaction.atomic():
        row = _locked(job_quote, QuoteState.SENT)
        row.state, row.decided_at = QuoteState.DECLINED, at
        row.save(update_fields=["state", "decided_at", "updated_at"])
        return row


def accept(job_quote: JobQuote, *, quantity: int | None = None, by: User, at: datetime) -> JobQuote:
    """The customer said yes, perhaps to another number: the job becomes a product with recipe and plate.

    Accepted twice it is one product. Raises QuoteStateWrong, QuoteOver.
    """
    with transaction.atomic():
        row = _locked(job_quote, QuoteState.SENT, QuoteState.ACCEPTED)
        if row.state == QuoteState.ACCEPTED:
            return row
        _refuse_over(row, at)
        row.quantity = quantity or row.quantity
        row.variant = make_product(row, by=by, at=at)
        row.state, row.decided_at = QuoteState.ACCEPTED, at
        row.save()
    return row


def accepted(job_quote: JobQuote) -> Agreed:
    """What an order is made of. Raises QuoteStateWrong."""
    row = JobQuote.objects.for_page().get(pk=job_quote.pk)
    if row.state != QuoteState.ACCEPTED:
        raise QuoteStateWrong(_("{quote} has not been accepted.").format(quote=row))
    return Agreed(
        reference=row.number,
        variant=row.variant,
        quantity=row.quantity,
        price_each=price_for(row, row.quantity),
        postage=row.postage_charged,
        currency=current_workspace().currency,
        tax_included=row.tax_included,
        tax_pct=row.tax_pct,
        customer=row.customer,
        contact=row.contact,
        country=row.country,
        for_business=row.for_business,
        due_on=timezone.localdate(row.decided_at) + timedelta(days=row.promised_days or 0),
        note=row.note,
    )


def price_for(job_quote: JobQuote, quantity: int) -> Decimal:
    """The promised price of a piece when so many are taken. Raises QuoteStateWrong."""
    steps = sorted(job_quote.prices.all(), key=lambda step: step.quantity)
    if not steps:
        raise QuoteStateWrong(_("{quote} has not been sent.").format(quote=job_quote))
    reached = [step for step in steps if step.quantity <= quantity]
    return (reached or steps)[-1 if reached else 0].price_each


def _locked(job_quote: JobQuote, *states: str) -> JobQuote:
    row = JobQuote.objects.select_for_update(of=("self",)).select_related("channel").get(pk=job_quote.pk)
    if row.state not in states:
        said = _("{quote} is {state}.").format(quote=row, state=row.get_state_display().lower())
        raise QuoteStateWrong(said)
    return row


def _refuse_over(row: JobQuote, at: datetime) -> None:
    if row.valid_until < timezone.localdate(at):
        raise QuoteOver(
            _("{quote} was valid until {day}; give it a later day first.").format(
                quote=row, day=row.valid_until.isoformat()
            )
        )


def _read_file(
    job_quote: JobQuote, file: BinaryIO, binding: Binding | None
) -> tuple[list[JobQuoteSlot], list[JobQuotePlate]]:
    """A file of several plates is one job: each piece takes a part of every plate."""
    name = file.name.replace("\\", "/").rsplit("/", 1)[-1][:200]
    sliced = slicing.read(file, name=name)
    drafts = [draft_plate(plate) for plate in sliced.plates if plate.filaments or plate.seconds]
    job_quote.title = job_quote.title or slicing.title_from(name)
    job_quote.file_name, job_quote.plate_count = name, len(drafts)
    job_quote.bed_time_s = sum(each.seconds or 0 for each in drafts)
    if job_quote.pieces_per_bed == 1:
        job_quote.pieces_per_bed = slicing.pieces_from(name)
    printer = sliced.printer_model or sliced.printer_profile or ""
    job_quote.printer_model = find_printer_model(printer, currency=current_workspace().currency)
    _keep_picture(job_quote, drafts)
    file.seek(0)
    ending = name.rpartition(".")[2].lower()[:8]
    job_quote.file.save(f"{uuid4().hex}.{ending}", file, save=False)
    plates = [
        JobQuotePlate(number=each.index, bed_time_s=each.seconds or 0, pieces=job_quote.pieces_per_bed)
        for each in drafts
    ]
    return _file_slots(drafts, binding), plates if len(plates) > 1 else []


def _keep_picture(job_quote: JobQuote, drafts: Sequence[PlateDraft]) -> None:
    for thumbnail in (picture for each in drafts for picture in each.thumbnails):
        png = as_png(thumbnail, max_px=_PICTURE_PX)
        if png:
            job_quote.thumbnail.save(f"{uuid4().hex}.png", ContentFile(png), save=False)
            return


def _file_slots(drafts: Sequence[PlateDraft], binding: Binding | None) -> list[JobQuoteSlot]:
    """The colours of all plates; those of a second plate carry its number."""
    slots = []
    for each in drafts:
        for position, slot in zip(each.positions, each.recipe.slots, strict=True):
            bound = binding or each.bindings.get(slot.name) or Binding()
            name = slot.name if len(drafts) == 1 else _("%(slot)s, plate %(number)s") % {
                "slot": slot.name, "number": each.index
            }  # fmt: skip
            slots.append(
                JobQuoteSlot(
                    position=position if len(drafts) == 1 else len(slots),
                    plate_number=None if len(drafts) == 1 else each.index,
                    name=name[:60],
                    grams=slot.grams,
                    purge_g=slot.purge_g,
                    material_type=slot.material_type,
                    colour_hex=slot.colour_hex,
                    origin=slot.origin,
                    filament_id=bound.filament_id,
                    group_id=bound.group_id,
                )
            )
    return slots


def _typed_slots(drop: Drop, binding: Binding | None) -> list[JobQuoteSlot]:
    if not drop.grams:
        raise NothingToQuote(_("Drop a sliced file, or type the grams of the bed."))
    bound = binding or Binding()
    slot = JobQuoteSlot(
        name=_("Body"), grams=drop.grams, filament_id=bound.filament_id, group_id=bound.group_id, origin=Origin.TYPED
    )
    return [slot]


def _store(model: type[Model], job_quote: JobQuote, rows: Sequence[Model]) -> None:
    for row in rows:
        row.quote = job_quote
    model.objects.bulk_create(rows)
