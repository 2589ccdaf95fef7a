"""Sliced files become products: picture, grams per slot, time, plate and a first cost, each guess marked as one."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import uuid4

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.domain import products, rates, recosting
from catalog.domain.plates import Load, Output, PlateFacts, create_plate
from catalog.domain.printer_models import default_printer_model, find_printer_model
from catalog.domain.products import ProductFacts
from catalog.domain.recipes import per_piece
from catalog.domain.slice_drafts import PlateDraft, draft_plate
from catalog.domain.variants import VariantDraft
from catalog.models import Plate, PrinterModel, Product, ProductPhoto, SliceFile, SliceSlot, Variant
from catalog.slices import Slice, Thumbnail, UnreadableSlice, as_png, read_slice
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from nozzly.tenancy.current import current_workspace

MAX_FILES = 50
MAX_FILE_BYTES = 500 * 1024 * 1024
_CHUNK_BYTES = 1024 * 1024
_PICTURE_PX = 512
_ENDINGS = re.compile(r"(?:\.(?:gcode|bgcode|3mf|ufp|gx|gco|g|bgc))+$", re.IGNORECASE)
_PLATE_ENDING = re.compile(r"\.plate_\d+$", re.IGNORECASE)
# What slicers put behind the name: layer height, material, printer, time.
_SLICER_TAIL = re.compile(r"[_ -]+(?:0\.\d+(?:mm|n)|(?:\d+d)?(?:\d+h)?\d+m(?:\d+s)?$).*$", re.IGNORECASE)
_COUNT_IN_NAME = re.compile(r"(?:^|[ _-])(?:x(\d{1,2})|(\d{1,2})x)(?:$|[ _.-])", re.IGNORECASE)


class TooManyFiles(DomainError):
    pass


class NotSliced(DomainError):
    pass


class AlreadyKnown(DomainError):
    pass


@dataclass
class FileResult:
    """What became of one file: products, or the sentence why not. ``known`` when it was here before."""

    name: str
    products: list[Product] = field(default_factory=list)
    known: bool = False
    error: str = ""


def products_from_files(
    files: Iterable[File], *, printer_model: PrinterModel | None = None, by: User | None, at: datetime
) -> list[FileResult]:
    """One product for each plate of each file; a file that cannot be read does not stop the others.

    ``printer_model`` stands in where a file names no printer that we know. Raises TooManyFiles.
    """
    files = list(files)
    if len(files) > MAX_FILES:
        raise TooManyFiles(_("Drop at most %(count)s files at once.") % {"count": MAX_FILES})
    rates.ensure_default_rates()
    results = [product_from_file(file, printer_model=printer_model, by=by, at=at) for file in files]
    made = [product.pk for result in results if not result.known for product in result.products]
    recosting.recost(Variant.objects.filter(product__in=made), on=timezone.localdate(at), at=at)
    return results


def product_from_file(
    file: File, *, printer_model: PrinterModel | None = None, by: User | None, at: datetime
) -> FileResult:
    """The same for one file, without working out its cost; never raises for a bad file."""
    name = file.name.replace("\\", "/").rsplit("/", 1)[-1][:200]
    result = FileResult(name)
    try:
        with transaction.atomic():
            sha256 = _content_hash(file)
            known = products_of_content(sha256)
            if known:
                return FileResult(name, known, known=True)
            sliced = read(file, name=name)
            result.products = _products(file, sliced, sha256=sha256, printer_model=printer_model, by=by, at=at)
    except DomainError as error:
        return FileResult(name, error=str(error))
    return result


def add_slice_file(plate: Plate, file: File, *, by: User | None, at: datetime) -> SliceFile:
    """One more sliced file of a plate, for another printer or nozzle. Raises UnreadableSlice, NotSliced, AlreadyKnown."""
    name = file.name.replace("\\", "/").rsplit("/", 1)[-1][:200]
    with transaction.atomic():
        sha256 = _content_hash(file)
        if plate.slice_files.filter(sha256=sha256).exists():
            raise AlreadyKnown(_("This very file is already on the plate."))
        sliced = read(file, name=name)
        model = find_printer_model(_printer_name(sliced), currency=current_workspace().currency)
        drafts = [draft_plate(each) for each in sliced.plates]
        stored = _Stored(name=name, path=_keep(file, name), size_bytes=file.size, sha256=sha256)
        return _slice_file(plate, stored, sliced, drafts[0], model=model, by=by, at=at)


def add_sliced_plates(plates: Mapping[int, Plate], file: File, *, by: User | None, at: datetime) -> list[SliceFile]:
    """One file with several plates: each to the bed that prints it, by its number in the file. It is stored once.

    Raises UnreadableSlice, NotSliced.
    """
    name = file.name.replace("\\", "/").rsplit("/", 1)[-1][:200]
    with transaction.atomic():
        sha256 = _content_hash(file)
        sliced = read(file, name=name)
        model = find_printer_model(_printer_name(sliced), currency=current_workspace().currency)
        stored = _Stored(name=name, path=_keep(file, name), size_bytes=file.size, sha256=sha256)
        used = [plate for plate in sliced.plates if plate.filaments or plate.seconds]
        drafts = {plate.index: draft_plate(plate) for plate in used}
        if len(plates) == len(drafts) == 1:
            drafts = dict(zip(plates, drafts.values(), strict=True))
        return [
            _slice_file(plate, stored, sliced, drafts[number], model=model, by=by, at=at)
            for number, plate in plates.items()
        ]


def read(file: File, *, name: str) -> Slice:
    """Raises UnreadableSlice, NotSliced."""
    if file.size > MAX_FILE_BYTES:
        raise UnreadableSlice(_("The file is larger than 500 MB."))
    if not file.size:
        raise UnreadableSlice(_("The file is empty."))
    file.seek(0)
    sliced = read_slice(file, name=name)
    if not any(plate.filaments or plate.seconds for plate in sliced.plates):
        raise NotSliced(_("The file says nothing about filament or time; slice it and export the plate."))
    return sliced


def products_of_content(sha256: str) -> list[Product]:
    """Products that came from a file with this very content."""
    wanted = Product.objects.filter(variants__plate_outputs__plate__slice_files__sha256=sha256)
    return list(wanted.distinct().order_by("pk"))


def title_from(name: str) -> str:
    """A readable title: without endings and what the slicer adds behind the name."""
    stem = _PLATE_ENDING.sub("", _ENDINGS.sub("", name))
    words = _SLICER_TAIL.sub("", stem) or stem
    words = re.sub(r"[_\s]+", " ", words).strip(" -.")
    return (words[:1].upper() + words[1:])[:160] or _("Product")


def pieces_from(name: str) -> int:
    """How many pieces a file name promises: "keychain_x6.gcode" makes six; else one."""
    match = _COUNT_IN_NAME.search(_ENDINGS.sub("", name))
    return max(int(match[1] or match[2]), 1) if match else 1


@dataclass(frozen=True)
class _Stored:
    name: str
    path: str
    size_bytes: int
    sha256: str


def _products(
    file: File, sliced: Slice, *, sha256: str, printer_model: PrinterModel | None, by: User | None, at: datetime
) -> list[Product]:
    currency = current_workspace().currency
    model = find_printer_model(_printer_name(sliced), currency=currency)
    fallback = model or printer_model or default_printer_model(currency=currency)
    name = file.name.replace("\\", "/").rsplit("/", 1)[-1][:200]
    stored = _Stored(name=name, path=_keep(file, name), size_bytes=file.size, sha256=sha256)
    plates = [plate for plate in sliced.plates if plate.filaments or plate.seconds]
    made = []
    for plate in plates:
        draft = draft_plate(plate, printer_model_id=fallback.pk)
        title = title_from(name)
        if len(plates) > 1:
            title = _("%(title)s, plate %(number)s") % {"title": title[:140], "number": plate.index}
        made.append(_product(title, stored, sliced, draft, model=model, by=by, at=at))
    return made


def _product(  # noqa: PLR0913 - what is known of one plate
    title: str,
    stored: _Stored,
    sliced: Slice,
    draft: PlateDraft,
    *,
    model: PrinterModel | None,
    by: User | None,
    at: datetime,
) -> Product:
    pieces = pieces_from(stored.name)
    product = products.create_product(
        ProductFacts(title=title),
        draft=per_piece(draft.recipe, pieces),
        first_variant=VariantDraft(name=draft.variant_name, bindings=draft.bindings),
        origin=stored.name[:200],
        by=by,
        at=at,
    )
    plate = create_plate(
        PlateFacts(
            name=title,
            outputs=[Output(product.variants.get().pk, pieces)],
            loads=[
                Load(
                    name=slot.name,
                    binding=draft.bindings.get(slot.name),
                    material_type=slot.material_type,
                    colour_hex=slot.colour_hex,
                    position=position,
                )
                for slot, position in zip(draft.recipe.slots, draft.positions, strict=True)
            ],
        )
    )
    slice_file = _slice_file(plate, stored, sliced, draft, model=model, by=by, at=at)
    if slice_file.thumbnail:
        photo = ProductPhoto(product=product, image=slice_file.thumbnail.name, from_slicer=True)
        photo.alt_text = _("%(title)s as the slicer draws it") % {"title": title[:120]}
        photo.save()
    return product


def _slice_file(  # noqa: PLR0913 - what is known of one plate
    plate: Plate,
    stored: _Stored,
    sliced: Slice,
    draft: PlateDraft,
    *,
    model: PrinterModel | None,
    by: User | None,
    at: datetime,
) -> SliceFile:
    row = SliceFile(
        plate=plate,
        printer_model=model,
        printer_name=_printer_name(sliced)[:120],
        nozzle_mm=sliced.nozzle_mm,
        bed_x_mm=_millimetres(sliced.bed_x_mm),
        bed_y_mm=_millimetres(sliced.bed_y_mm),
        file=stored.path,
        original_name=stored.name,
        size_bytes=stored.size_bytes,
        sha256=stored.sha256,
        plate_index=draft.index,
        slicer=f"{sliced.slicer or ''} {sliced.version or ''}".strip()[:80],
        print_time_s=draft.seconds,
        layers=draft.layers,
        layer_height_mm=sliced.layer_height_mm,
        uploaded_at=at,
        uploaded_by=by,
    )
    picture = next((png for png in map(_png, draft.thumbnails) if png), None)
    if picture:
        row.thumbnail.save(f"{uuid4().hex}.png", ContentFile(picture), save=False)
    row.save()
    SliceSlot.objects.bulk_create(
        SliceSlot(
            slice_file=row,
            position=use.position,
            grams=use.grams,
            purge_g=use.purge_g,
            length_mm=use.length_mm,
            material_type=use.material_type,
            colour_hex=use.colour_hex,
            filament_name=use.filament_name,
            computed=use.computed,
        )
        for use in draft.uses
    )
    return row


def _png(thumbnail: Thumbnail) -> bytes | None:
    return as_png(thumbnail, max_px=_PICTURE_PX)


def _millimetres(length: Decimal | None) -> Decimal | None:
    """Of a bed that could stand in a room; a file may say anything."""
    return round(length, 2) if length is not None and 1 <= length < 100_000 else None


def _printer_name(sliced: Slice) -> str:
    return sliced.printer_model or sliced.printer_profile or ""


def _content_hash(file: File) -> str:
    """SHA-256 of the content; the same content is worked on by one request at a time."""
    digest = hashlib.sha256()
    for chunk in file.chunks(_CHUNK_BYTES):
        digest.update(chunk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(digest.hexdigest()[:15], 16)])
    return digest.hexdigest()


def _keep(file: File, name: str) -> str:
    """Store the file under a name of our own; answers the path in the workspace's storage."""
    file.seek(0)
    ending = _ENDINGS.search(name)
    column = SliceFile._meta.get_field("file")
    return column.storage.save(f"{column.upload_to}{uuid4().hex}{ending[0].lower() if ending else '.gcode'}", file)
