"""The products of the invented shop: recipes, colourways, beds, sliced files and pictures, all made here."""

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.text import slugify

from catalog.choices import Origin, Stage
from catalog.domain import printer_models
from catalog.domain.variants import Binding
from catalog.models import (
    Category,
    Plate,
    PlateOutput,
    PlateSlot,
    PrinterModel,
    Product,
    ProductPhoto,
    Recipe,
    RecipeComponent,
    RecipeSlot,
    RecipeStep,
    SliceFile,
    SliceSlot,
    Variant,
    VariantSlot,
)
from inventory.choices import ItemKind, Unit
from inventory.domain import searching
from inventory.models import Item
from nozzly.home.seed.drawing import picture
from nozzly.home.seed.names import SERIES
from nozzly.home.seed.shapes import SHAPES
from nozzly.home.seed.shop import Shop
from nozzly.home.seed.stockroom import FilamentStock, Stockroom

_PRINTER_PRESETS = ("Bambu Lab P1S", "Bambu Lab A1 mini", "Prusa MK4S")
_SPECIAL = {
    "silk": ("PLA", "silk"),
    "matte": ("PLA", "matte"),
    "petg": ("PETG", ""),
    "wood": ("PLA-Wood", "wood"),
    "tpu": ("TPU", ""),
}
_THOUSANDTH = Decimal("0.001")
_BEST_SELLER = 4  # from which appeal on a bed of it is kept in stock
# Sides of what is posted, mm, by its box.
_PACKED_MM = {"Envelope": (220, 150, 20), "Box S": (150, 110, 70), "Box M": (230, 160, 110), "Box L": (330, 240, 140)}


@dataclass(frozen=True)
class Colour:
    """What may fill a slot: a group or one filament, how it is called and how it looks."""

    name: str
    colour_hex: str
    binding: Binding


@dataclass(eq=False)
class Made:
    """A variant with what selling and printing it needs to know; ``free`` pieces are on no order."""

    variant: Variant
    design: dict
    price: Decimal
    weight_g: Decimal
    appeal: float
    colours: tuple[Colour, ...]
    lots: list = field(default_factory=list)
    free: int = 0
    coming: int = 0

    @property
    def cover(self) -> float:
        """Days of stock, on a scale of its own."""
        return (self.free + self.coming + 0.3) / self.appeal


@dataclass(eq=False)
class Bed:
    plate: Plate
    outputs: list[tuple[Made, int]]
    files: dict[PrinterModel, SliceFile]  # one for each kind of printer in the shop


class Catalogue:
    def __init__(self, shop: Shop, stockroom: Stockroom) -> None:
        self.shop, self.stockroom = shop, stockroom
        self.models = self._printer_models()
        self.palettes = self._palettes()
        self.designs = tomllib.loads((Path(__file__).parent / "designs.toml").read_text(), parse_float=Decimal)[
            "design"
        ]
        self.categories = {
            name: Category.objects.create(name=name) for name in sorted({each["category"] for each in self.designs})
        }
        self.made: list[Made] = []
        self._thumbnails: dict[tuple, str] = {}
        self.beds: list[Bed] = []
        for number in range(shop.size.products):
            self._product(number)
        shop.flush()
        searching.refresh_items(made.variant.item_id for made in self.made)

    def _printer_models(self) -> list[PrinterModel]:
        known = {str(preset) for preset in printer_models.presets()}
        models = printer_models.pick_presets(
            [name for name in _PRINTER_PRESETS if name in known], currency=self.shop.currency
        )
        printer_models.make_default(models[0])
        return models

    def _palettes(self) -> dict[str, list[Colour]]:
        """Colours by kind of material; plain PLA goes by groups."""
        groups = self.stockroom.group_rows
        palettes = {
            "pla": [
                Colour(group.name.removesuffix(" PLA"), group.colour_hex, Binding(group_id=group.pk))
                for group in groups
            ]
        }
        for kind, (material, finish) in _SPECIAL.items():
            fitting = [
                stock
                for stock in self.stockroom.filaments
                if (stock.filament.material.name, stock.filament.finish) == (material, finish)
            ]
            palettes[kind] = [_filament_colour(stock) for stock in fitting] or palettes["pla"]
        return palettes

    def _product(self, number: int) -> None:
        dice = self.shop.dice
        design = self.designs[number % len(self.designs)]
        series = SERIES[number // len(self.designs) % len(SERIES)]
        title = f"{series} {design['title'][0].lower()}{design['title'][1:]}" if series else design["title"]
        scale = Decimal(100 - dice.randint(35, 60) * bool(series)) / 100  # a series is a smaller edition
        product = Product(
            title=title, category=self.categories[design["category"]], description=design["text"],
            personalisation=design.get("personal", ""),
        )  # fmt: skip
        colourways = self._colourways(design)
        recipe = self._recipe(product, design, scale, colourways[0])
        made = [self._variant(product, design, recipe, way, scale, position) for position, way in enumerate(colourways)]
        self.made += made
        self.shop.outbox.add(product, recipe)
        for each in made:
            self._bed([(each, design["pieces"])], recipe, f"{title} · {each.variant.name}")
        if len(made) > 1 and design["pieces"] > 2 and number % 4 == 1:
            half = design["pieces"] // 2
            names = f"{made[0].variant.name} and {made[1].variant.name}"
            self._bed([(made[0], half), (made[1], half)], recipe, f"{title} · {names}")
        self._photos(product, design, made)

    def _recipe(self, product: Product, design: dict, scale: Decimal, way: tuple[Colour, ...]) -> Recipe:
        seconds = int(design["hours"] * scale * 3600)
        recipe = Recipe(
            product=product, version=1, print_time_s=seconds, print_time_origin=Origin.SLICED, printer_model=self.models[0],
            origin=f"{slugify(product.title)}.gcode", created_at=self._founded_at(), created_by=self.shop.owner,
        )  # fmt: skip
        slots = [
            RecipeSlot(
                recipe=recipe, position=position, name=name, grams=(grams * scale).quantize(_THOUSANDTH),
                purge_g=Decimal(2 + grams % 3) if len(design["slots"]) > 1 else Decimal(0), material_type=_material(kind),
                colour_hex=way[position].colour_hex, origin=Origin.SLICED,
            )
            for position, (name, grams, kind) in enumerate(design["slots"])
        ]  # fmt: skip
        components = [
            RecipeComponent(recipe=recipe, item=self.stockroom.parts[name].item, quantity=Decimal(count), stage=stage)
            for name, count, stage in [(*part, Stage.ASSEMBLE) for part in design.get("parts", [])]
            + [(design["box"], 1, Stage.PACK)]
        ]
        minutes = Decimal(design["minutes"])
        steps = [
            RecipeStep(recipe=recipe, stage=Stage.PRINT, name="Clear the bed", minutes=Decimal("0.5")),
            RecipeStep(recipe=recipe, stage=Stage.ASSEMBLE, name="Clean and assemble", minutes=minutes),
            RecipeStep(recipe=recipe, stage=Stage.PACK, name="Pack", minutes=Decimal(2)),
        ]
        self.shop.outbox.add(*slots, *components, *steps)
        return recipe

    def _founded_at(self) -> datetime:
        return self.shop.moment(self.shop.first_day, 9) - timedelta(days=30)

    def _colourways(self, design: dict) -> list[tuple[Colour, ...]]:
        """Two to four ways to fill the slots; the second slot keeps its colour, as shops do it."""
        dice, palettes = self.shop.dice, [self.palettes[kind] for _name, _grams, kind in design["slots"]]
        firsts = dice.sample(palettes[0], k=min(dice.randint(2, 4), len(palettes[0])))
        others = [dice.choice([each for each in palette if each not in firsts] or palette) for palette in palettes[1:]]
        unique = {first.name: (first, *others) for first in firsts}
        return list(unique.values())

    def _variant(
        self, product: Product, design: dict, recipe: Recipe, way: tuple[Colour, ...], scale: Decimal, position: int
    ) -> Made:
        name = way[0].name
        sides = _PACKED_MM[design["box"]]
        grams = sum((slot[1] for slot in design["slots"]), 0) * scale
        item = Item(
            kind=ItemKind.PRODUCT, unit=Unit.PIECE, name=f"{product.title} · {name}"[:200],
            sku=f"{slugify(product.title).upper()[:26]}-{slugify(name).upper()[:12]}",
            packed_weight_g=grams.quantize(Decimal(1)), length_mm=sides[0], width_mm=sides[1], height_mm=sides[2],
        )  # fmt: skip
        appeal = min(self.shop.dice.paretovariate(1.4) / (1 + position * 0.35), 25.0)
        variant = Variant(
            product=product, item=item, name=name, options={"Colour": name}, position=position,
            stock_target=design["pieces"] if appeal >= _BEST_SELLER else None,
        )  # fmt: skip
        self.shop.outbox.add(item, variant)
        for (slot, _grams, _kind), colour in zip(design["slots"], way, strict=True):
            bound = {"filament_id": colour.binding.filament_id, "group_id": colour.binding.group_id}
            self.shop.outbox.add(VariantSlot(variant=variant, slot_name=slot, **bound))
        price = (design["price"] * scale * 2).quantize(Decimal(1)) / 2
        return Made(variant, design, price, grams, appeal, way)

    def _bed(self, outputs: list[tuple[Made, int]], recipe: Recipe, name: str) -> None:
        plate = Plate(name=f"{name} × {sum(count for _made, count in outputs)}"[:160])
        self.shop.outbox.add(
            plate, *(PlateOutput(plate=plate, variant=made.variant, pieces=count) for made, count in outputs)
        )
        loads: dict[Binding, list] = {}
        for made, count in outputs:
            for (slot, grams, kind), colour in zip(made.design["slots"], made.colours, strict=True):
                load = loads.setdefault(colour.binding, [slot, colour, kind, Decimal(0)])
                load[3] += grams * count
        self.shop.outbox.add(
            *(
                PlateSlot(plate=plate, position=position, name=slot, filament_id=binding.filament_id, group_id=binding.group_id,
                          material_type=_material(kind), colour_hex=colour.colour_hex)
                for position, (binding, (slot, colour, kind, _grams)) in enumerate(loads.items())
            )
        )  # fmt: skip
        files = {
            model: self._slice_file(plate, outputs, recipe, list(loads.values()), model)
            for model in reversed(self.models)
        }
        self.beds.append(Bed(plate, outputs, files))

    def _slice_file(
        self, plate: Plate, outputs: list[tuple[Made, int]], recipe: Recipe, loads: list[list], model: PrinterModel
    ) -> SliceFile:
        pieces = sum(count for _made, count in outputs)
        seconds = recipe.print_time_s * pieces
        several = len(loads) > 1
        purges = [Decimal(3 + position * 2) * several for position in range(len(loads))]
        grams = [load[3] for load in loads]
        content = _gcode(
            plate.name,
            str(model),
            seconds,
            [gram + purge for gram, purge in zip(grams, purges, strict=True)],
            [_material(load[2]) for load in loads],
        )
        first = outputs[0][0]
        digest = hashlib.sha256(content).hexdigest()
        file = SliceFile(
            plate=plate, printer_model=model, nozzle_mm=Decimal("0.4"), original_name=f"{slugify(plate.name)}.gcode"[:200],
            file=default_storage.save(f"catalog/slices/{digest[:20]}.gcode", ContentFile(content)), size_bytes=len(content),
            sha256=digest, slicer="PrusaSlicer 2.9.2", print_time_s=seconds, layers=max(seconds // 160, 20),
            layer_height_mm=Decimal("0.2"), uploaded_at=self._founded_at(), uploaded_by=self.shop.owner,
            thumbnail=self._thumbnail(first),
        )  # fmt: skip
        self.shop.outbox.add(file)
        for position, (load, purge) in enumerate(zip(loads, purges, strict=True)):
            self.shop.outbox.add(
                SliceSlot(slice_file=file, position=position, grams=load[3], purge_g=purge, material_type=_material(load[2]),
                          colour_hex=load[1].colour_hex, filament_name=load[1].name)
            )  # fmt: skip
        return file

    def _thumbnail(self, made: Made) -> str:
        """As slicers draw one; beds of the same thing in the same colours share it."""
        scene = (made.design["shape"], tuple(colour.colour_hex for colour in made.colours))
        if scene not in self._thumbnails:
            content = picture([_scene(made)], px=220)
            name = f"catalog/thumbnails/{hashlib.sha256(content).hexdigest()[:20]}.jpg"
            self._thumbnails[scene] = default_storage.save(name, ContentFile(content))
        return self._thumbnails[scene]

    def _photos(self, product: Product, design: dict, made: list[Made]) -> None:
        scene = [_scene(each) for each in made]
        shots = [scene[:1], scene[:3]] if self.shop.size.family_pictures and len(scene) > 1 else [scene[:1]]
        px = self.shop.size.picture_px
        for position, shot in enumerate(shots):
            content = picture(shot, px=px)
            name = default_storage.save(
                f"catalog/photos/{hashlib.sha256(content).hexdigest()[:20]}.jpg", ContentFile(content)
            )
            words = made[0].variant.name if position == 0 else ", ".join(each.variant.name for each in made[:3])
            self.shop.outbox.add(
                ProductPhoto(
                    product=product,
                    image=name,
                    width=px,
                    height=px,
                    alt_text=f"{product.title}, {words}"[:160],
                    position=position,
                )
            )


def _scene(made: Made) -> tuple[list, list[str]]:
    return SHAPES[made.design["shape"]](), [colour.colour_hex for colour in made.colours]


def _filament_colour(stock: FilamentStock) -> Colour:
    filament = stock.filament
    return Colour(filament.colour_name, filament.colour_hexes[0], Binding(filament_id=filament.pk))


def _material(kind: str) -> str:
    return _SPECIAL.get(kind, ("PLA", ""))[0]


def _gcode(name: str, printer: str, seconds: int, grams: Sequence[Decimal], materials: Sequence[str]) -> bytes:
    """What a slicer says about a bed, without the moves."""
    hours, rest = divmod(seconds, 3600)
    lines = [
        "; generated by PrusaSlicer 2.9.2 on 2026-01-05 at 09:00:00 UTC",
        f"; {name}",
        "G28",
        f"; filament used [g] = {', '.join(f'{gram:.2f}' for gram in grams)}",
        f"; estimated printing time (normal mode) = {hours}h {rest // 60}m {rest % 60}s",
        "; prusaslicer_config = begin",
        f"; filament_type = {';'.join(materials)}",
        f"; printer_model = {printer}",
        "; prusaslicer_config = end",
    ]
    return "\n".join(lines).encode()
