"""A small print shop to test in: products with recipes, plates with sliced files, rolls with something on them."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

from django.urls import reverse

from catalog.choices import RateKind
from catalog.domain.rates import set_rate
from catalog.models import (
    Plate,
    PlateOutput,
    PlateSlot,
    PrinterModel,
    Product,
    Recipe,
    RecipeComponent,
    RecipeSlot,
    RecipeStep,
    SliceFile,
    SliceSlot,
    Variant,
    VariantSlot,
)
from inventory.choices import ItemKind
from inventory.models import Filament
from nozzly.testing.factories.inventory import ItemFactory, LocationFactory
from production.models import Printer, PrinterSlot

EVENING = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
MORNING = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)


def rates(*, energy="0.30", labour="15"):
    """Electricity and work at round prices, nothing else."""
    start = EVENING.date().replace(month=1, day=1)
    set_rate(RateKind.ENERGY_PER_KWH, value=Decimal(energy), valid_from=start, by=None)
    set_rate(RateKind.LABOUR_PER_H, value=Decimal(labour), valid_from=start, by=None)


def printer_model(name="P1S", **fields):
    """100 W; 600.00 over 3,000 hours and 0.05 upkeep make 0.25 an hour."""
    fields = {
        "bed_x_mm": 256, "bed_y_mm": 256, "bed_z_mm": 256, "slots": 4, "power_w": 100, "nozzle_mm": Decimal("0.4"),
        "price": Decimal(600), "life_h": 3000, "upkeep_per_h": Decimal("0.05"),
    } | fields  # fmt: skip
    return PrinterModel.objects.get_or_create(maker="Acme", name=name, defaults=fields)[0]


def printer(name="Left", *, slots=4, model=None):
    place = LocationFactory(name=name)
    made = Printer.objects.create(name=name, model=model or printer_model(), location=place)
    for position in range(1, slots + 1):
        location = LocationFactory(name=f"Slot {position}", kind="slot", parent=place)
        PrinterSlot.objects.create(printer=made, position=position, location=location)
    return made


def variant(title="Dragon", slots=None, *, seconds=3600, minutes="0", name="Standard"):
    """``slots``: {"body": (filament or group, grams, purge grams)}."""
    product = Product.objects.create(title=title)
    recipe = Recipe.objects.create(product=product, version=1, print_time_s=seconds, created_at=EVENING)
    made = Variant.objects.create(
        product=product, item=ItemFactory(kind=ItemKind.PRODUCT, name=f"{title} {name}"), name=name
    )
    for position, (slot, (material, grams, purge_g)) in enumerate((slots or {}).items()):
        RecipeSlot.objects.create(
            recipe=recipe, position=position, name=slot, grams=Decimal(grams), purge_g=Decimal(purge_g)
        )
        if material is not None:
            VariantSlot.objects.create(variant=made, slot_name=slot, **bound(material))
    if Decimal(minutes):
        RecipeStep.objects.create(recipe=recipe, stage="assemble", name="Clean", minutes=Decimal(minutes))
    return made


def component(made, item, quantity, stage="assemble"):
    recipe = Recipe.objects.get(product=made.product, is_current=True)
    return RecipeComponent.objects.create(recipe=recipe, item=item, quantity=Decimal(quantity), stage=stage)


def bound(material):
    return {"filament": material} if isinstance(material, Filament) else {"group": material}


def plate(outputs, slots=(), *, seconds=None, model=None, name="Dragon × 6"):
    """``outputs``: [(variant, pieces)]; ``slots``: [(name, filament or group or None, grams, purge grams)]."""
    made = Plate.objects.create(name=name)
    for each, pieces in outputs:
        PlateOutput.objects.create(plate=made, variant=each, pieces=pieces)
    for position, (slot, material, *_grams) in enumerate(slots):
        PlateSlot.objects.create(plate=made, position=position, name=slot, **(bound(material) if material else {}))
    if seconds is not None:
        sliced = SliceFile.objects.create(
            plate=made, printer_model=model, file="catalog/slices/x.gcode", original_name="x.gcode", size_bytes=1,
            sha256=uuid4().hex * 2, print_time_s=seconds, uploaded_at=EVENING,
        )  # fmt: skip
        for position, (_slot, _material, grams, purge_g) in enumerate(slots):
            SliceSlot.objects.create(
                slice_file=sliced, position=position, grams=Decimal(grams), purge_g=Decimal(purge_g)
            )
    return made


def page(client, name, /, *args, **query):
    return client.get(reverse(f"production:{name}", args=args), query)


def send(client, name, /, *args, **data):
    return client.post(reverse(f"production:{name}", args=args), data)
