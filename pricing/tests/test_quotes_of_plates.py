"""A sliced file with several plates is one quote: a piece takes a part of each plate."""

from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from catalog.models import Product, SliceFile
from nozzly.accounts.permissions import Role
from nozzly.testing.fixtures import make_user
from pricing.domain import quotes
from pricing.domain.lead_times import lead_time
from pricing.domain.quotes import Drop
from pricing.domain.quoting import calculate
from pricing.domain.subjects import subject_of

D = Decimal
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PLATE = (
    '<plate><metadata key="index" value="{number}"/><metadata key="prediction" value="{seconds}"/>'
    '<filament id="1" type="PLA" color="{colour}" used_m="4.0" used_g="{grams}"/></plate>'
)


def file_of_plates(*plates):
    """A sliced 3MF of plates (seconds, grams, colour)."""
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        described = [
            PLATE.format(number=number, seconds=seconds, grams=grams, colour=colour)
            for number, (seconds, grams, colour) in enumerate(plates, 1)
        ]
        archive.writestr("Metadata/slice_info.config", f"<config>{''.join(described)}</config>")
        for number in range(1, len(plates) + 1):
            archive.writestr(f"Metadata/plate_{number}.gcode", "; HEADER_BLOCK_START\n; HEADER_BLOCK_END\nG28\n")
    return SimpleUploadedFile("lamp.gcode.3mf", packed.getvalue())


@pytest.fixture
def manager():
    return make_user(Role.MANAGER)


@pytest.fixture
def lamp(manager):
    """A foot of 100 g in 2 h, two to a bed; a shade of 30 g in 1 h, alone."""
    drop = Drop(
        file=file_of_plates((7200, 200, "#101010"), (3600, 30, "#f0f0f0")), facts={"country": "GB", "quantity": 4}
    )
    quote = quotes.draft(drop, key=uuid4(), by=manager, at=NOON)
    foot = quote.plates.get(number=1)
    return quotes.change(quote, {"bed_minutes": D(4)}, materials={}, parts={foot.pk: 2})


def test_all_plates_are_one_quote(lamp):
    worked_out = calculate(lamp, at=NOON)

    assert [(row.number, row.bed_time_s, row.pieces) for row in lamp.plates.order_by("number")] == [
        (1, 7200, 2),
        (2, 3600, 1),
    ]
    # 200 g for two and 30 g for one; 7,200 s for two and 3,600 s for one; four lamps are 2 + 4 beds.
    assert [line.formula.split(" ")[0] for line in worked_out.cost.unit.lines[:2]] == ["100", "30"]
    assert (worked_out.cost.print_time_s, worked_out.beds, worked_out.lead.job_h) == (7200, 6, 8)


def test_an_accepted_quote_of_plates_is_a_product_of_parts_with_their_plates(lamp, manager):
    unit = calculate(lamp, at=NOON).cost.unit.full
    accepted = quotes.accept(quotes.send(lamp, at=NOON), by=manager, at=NOON)

    parts = Product.objects.filter(title__contains=", plate ").order_by("title")
    assert [part.title for part in parts] == ["Lamp, plate 1", "Lamp, plate 2"]
    assert [
        (row.plate.name, row.plate_index, row.plate.outputs.get().pieces, row.plate.outputs.get().variant.product)
        for row in SliceFile.objects.order_by("plate_index")
    ] == [("Lamp, plate 1", 1, 2, parts[0]), ("Lamp, plate 2", 2, 1, parts[1])]
    assert len(set(SliceFile.objects.values_list("file", flat=True))) == 1
    recipe = accepted.variant.product.recipes.get()
    assert [(part.variant.product, part.pieces) for part in recipe.parts.order_by("pk")] == [(p, 1) for p in parts]
    assert abs(subject_of(accepted.variant, on=NOON.date()).unit_cost - unit) < D("0.02")


def test_what_is_agreed_on_plates_is_one_thing_to_order(lamp, manager):
    accepted = quotes.accept(quotes.send(lamp, at=NOON), by=manager, at=NOON)

    agreed = quotes.accepted(accepted)

    assert (agreed.variant, agreed.quantity, agreed.price_each) == (
        accepted.variant, 4, accepted.prices.get().price_each
    )  # fmt: skip


def test_beds_of_different_length_share_the_printers():
    assert lead_time([(1, 36000), (2, 18000)], at=NOON).days == 3  # 20 h on one printer of 10 h a day, a day to finish


def test_the_form_asks_for_parts_on_each_plate(lamp, client_for):
    shade = lamp.plates.get(number=2)
    browser, url = client_for(Role.MANAGER), reverse("pricing:edit_quote", args=[lamp.pk])
    form = browser.get(url).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}

    browser.post(url, data | {f"plate_{shade.pk}": "3", "break_quantities": ""})

    shade.refresh_from_db()
    assert (shade.pieces, "pieces_per_bed" in form.fields) == (3, False)
    assert browser.post(url, data | {f"plate_{shade.pk}": "0"}).status_code == 422
