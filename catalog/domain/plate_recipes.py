"""A bed with several pieces tells what one of them takes."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.choices import Origin
from catalog.domain.recipes import SlotDraft, current_recipe, draft_of, new_version, per_piece
from catalog.models import Plate, Recipe, SliceSlot
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError


class NoSingleProduct(DomainError):
    pass


def recipe_from_plate(plate: Plate, *, by: User | None, at: datetime) -> Recipe:
    """Share the newest sliced file's grams and time over the pieces of the bed; components and work stay.

    Raises NoSingleProduct for a bed of several products, or without a sliced file.
    """
    outputs = list(plate.outputs.select_related("variant__product"))
    file = plate.slice_files.order_by("-pk").first()
    if len(outputs) != 1 or file is None:
        raise NoSingleProduct(_("Only a plate of one product with a sliced file tells what a piece takes."))
    names = {slot.position: slot.name for slot in plate.slots.all()}
    product = outputs[0].variant.product
    draft = replace(
        draft_of(current_recipe(product)),
        print_time_s=file.print_time_s or 0,
        print_time_origin=Origin.UNKNOWN if file.print_time_s is None else Origin.SLICED,
        slots=tuple(_slot(slot, names) for slot in file.slots.order_by("position")),
    )
    origin = _("%(pieces)s on %(plate)s") % {"pieces": outputs[0].pieces, "plate": plate}
    return new_version(product, per_piece(draft, outputs[0].pieces), origin=origin[:200], by=by, at=at)


def _slot(slot: SliceSlot, names: dict[int, str]) -> SlotDraft:
    known = Origin.COMPUTED if slot.computed else Origin.SLICED
    return SlotDraft(
        name=names.get(slot.position) or _("Slot %(number)s") % {"number": slot.position + 1},
        grams=slot.grams or Decimal(0),
        purge_g=slot.purge_g or Decimal(0),
        material_type=slot.material_type,
        colour_hex=slot.colour_hex,
        origin=Origin.UNKNOWN if slot.grams is None else known,
    )
