from decimal import Decimal

from catalog.documents import beds_compared
from catalog.models import Plate
from nozzly.testing.factories.catalog import (
    PlateFactory,
    PlateOutputFactory,
    SliceFileFactory,
    SliceSlotFactory,
    make_product,
)


def bed(variant, pieces, *, seconds, grams, purge_g, name):
    plate = PlateFactory(name=name)
    PlateOutputFactory(plate=plate, variant=variant, pieces=pieces)
    SliceFileFactory(plate=plate, print_time_s=99)  # an older file does not count
    file = SliceFileFactory(plate=plate, print_time_s=seconds)
    SliceSlotFactory(slice_file=file, position=0, grams=grams, purge_g=purge_g)
    SliceSlotFactory(slice_file=file, position=1, grams=grams, purge_g=None)
    return plate


def test_one_up_and_six_up_are_compared_by_the_piece(client, viewer):
    dragon, owl = make_product(title="Dragon"), make_product(title="Owl")
    one = bed(dragon, 1, seconds=3600, grams=Decimal(20), purge_g=Decimal(12), name="1-up")
    six = bed(dragon, 6, seconds=18_000, grams=Decimal(126), purge_g=Decimal(12), name="6-up")
    mixed = bed(dragon, 1, seconds=60, grams=Decimal(1), purge_g=None, name="mixed")
    PlateOutputFactory(plate=mixed, variant=owl)
    bare = PlateFactory(name="bare")
    PlateOutputFactory(plate=bare, variant=dragon)

    plates = Plate.objects.making(dragon.product).for_table().with_sliced_grams().order_by("name")
    shares = beds_compared(plates, dragon.product)

    assert [(share.plate, share.seconds, share.grams, share.purge_g) for share in shares] == [
        (one, 3600, 40, 12),
        (six, 3000, 42, 2),
        (bare, None, None, None),
        (mixed, None, None, None),
    ]
    assert [(share.is_fastest, share.is_lightest) for share in shares] == [
        (False, False),
        (True, True),
        (False, False),
        (False, False),
    ]
    page = client.get(dragon.product.get_absolute_url()).content.decode()
    assert (page.count("least time"), page.count("least filament"), "2\xa0g purged" in page) == (1, 1, True)


def test_a_single_bed_is_no_choice(workspace):
    dragon = make_product()
    bed(dragon, 2, seconds=3600, grams=Decimal(20), purge_g=Decimal(0), name="2-up")

    (share,) = beds_compared(Plate.objects.for_table().with_sliced_grams(), dragon.product)

    assert (share.seconds, share.is_fastest, share.is_lightest) == (1800, False, False)
