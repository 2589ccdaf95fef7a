import base64
import io
import struct

import pytest
from PIL import Image

from catalog.slices import Thumbnail, as_png, pictures
from catalog.slices.pictures import recognise
from catalog.slices.thumbnails import MAX_THUMBNAILS, thumbnails_in
from catalog.tests.slices.synthetic import MOVES, picture, plate_of, qoi, thumbnail_comment

PNG, JPG = picture(), picture((20, 10), format="JPEG")
DATA_URL = f";thumbnail: data:image/png;base64,{base64.b64encode(PNG).decode()}\n"
WEEDO = "W221\n" + "".join(f"W220 {JPG[at : at + 40].hex()}\n" for at in range(0, len(JPG), 40)) + "W222\n"
RED_565 = struct.pack("<H", 0xF800)
MKS = ";simage:" + "\rM10086 ;".join([(RED_565 * 100).hex()] * 100) + "\rM10086 ;\r"
QIDI = "M4010 X4 Y2\nM4010 I1 T4 'f820'\nM4010 I2 T4 '3007'\nM4010 I3 T1 '07c0'\n"


def shown(thumbnail, **options):
    return Image.open(io.BytesIO(as_png(thumbnail, **options)))


@pytest.mark.parametrize(
    ("text", "format_", "size"),
    [
        (thumbnail_comment(PNG), "PNG", (16, 12)),
        (thumbnail_comment(JPG, tag="thumbnail_JPG", size="20 10"), "JPG", (20, 10)),
        (thumbnail_comment(qoi(), tag="thumbnail_QOI", end="thumbnail"), "QOI", (8, 4)),
        (thumbnail_comment(JPG, tag="jpg", size="20x10"), "JPG", (20, 10)),
        (thumbnail_comment(PNG).replace("\n", "\r\n"), "PNG", (16, 12)),
        (DATA_URL, "PNG", (16, 12)),
        (WEEDO, "JPG", (20, 10)),
        (MKS, "RGB565", (100, 100)),
        (QIDI, "M4010", (4, 2)),
    ],
    ids=["prusa", "jpg", "qoi", "creality", "windows", "snapmaker", "weedo", "mks", "qidi"],
)
def test_picture_is_found_and_can_be_shown(text, format_, size):
    (found,) = plate_of(text + MOVES).thumbnails

    assert (found.format, (found.width, found.height), shown(found).size) == (format_, size, size)


def test_raw_pixels_keep_their_colours():
    (mks,), (qidi,) = thumbnails_in(MKS.encode()), thumbnails_in(QIDI.encode())

    assert shown(mks).getpixel((50, 50)) == (248, 0, 0)
    assert [shown(qidi).getpixel((x, 1)) for x in (2, 3)] == [(248, 0, 0), (0, 248, 0)]


@pytest.mark.parametrize(
    "text",
    [
        thumbnail_comment(PNG).replace("; thumbnail end", "; nothing"),
        thumbnail_comment(PNG).replace("\n; thumbnail end", "\nG28"),
        "; thumbnail begin 16x16 656\n; !!!\n; thumbnail end\n",
        "; thumbnail begin 16x16 656\n; AAAA\n; thumbnail end\n",
        ";thumbnail: data:image/png;base64,AAAA\n",
        "W221\nW220 00\nW222\n",
        ";simage:ffff\nM10086 ;\n",
        ";gimage:fff\nM10086 ;\n",
        "M4010 X4 Y2\nM4010 I1 T4 'f8f'\n",
        "M4010 X4 Y2\nM4010 I1 T4 ''\n",
    ],
)
def test_what_is_no_whole_picture_is_left_out(text):
    assert plate_of(text + MOVES).thumbnails == ()


def test_cut_picture_does_not_swallow_the_next():
    cut = thumbnail_comment(PNG).replace("; thumbnail end\n", "")

    assert len(thumbnails_in((cut + thumbnail_comment(PNG)).encode())) == 1


def test_pictures_are_limited_in_number():
    assert len(thumbnails_in(thumbnail_comment(PNG).encode() * 99)) == MAX_THUMBNAILS


def test_as_png_makes_large_pictures_small():
    assert shown(recognise(picture((900, 300)))).size == (512, 171)
    assert shown(recognise(picture((90, 30))), max_px=30).size == (30, 10)


def test_as_png_keeps_transparency():
    image = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(image, format="PNG")

    assert shown(recognise(image.getvalue())).mode == "RGBA"


@pytest.mark.parametrize(
    "thumbnail",
    [
        Thumbnail(format="PNG", width=1, height=1, data=b"\x89PNG\r\n\x1a\nrest"),
        Thumbnail(format="PNG", width=1, height=1, data=PNG[:45]),
        Thumbnail(format="PNG", width=1, height=1, data=JPG),
        Thumbnail(format="SVG", width=1, height=1, data=b"<svg/>"),
        Thumbnail(format="PNG", width=1, height=1, data=PNG + b"\0" * pictures.MAX_BYTES),
        Thumbnail(format="QOI", width=1, height=1, data=qoi()[:20]),
        Thumbnail(format="QOI", width=1, height=1, data=b"qoif" + struct.pack(">IIBB", 60_000, 60_000, 3, 0)),
        Thumbnail(format="QOI", width=1, height=1, data=b"qoif" + struct.pack(">IIBB", 1_500, 1_500, 3, 0)),
        Thumbnail(format="JPG", width=1, height=1, data=JPG[:100]),
        Thumbnail(format="BMP", width=1, height=1, data=b"BM"),
        Thumbnail(format="RGB565", width=2, height=2, data=b"\0" * 7),
        Thumbnail(format="RGB565", width=0, height=0, data=b""),
        Thumbnail(format="M4010", width=2, height=2, data=b"\0"),
        Thumbnail(format="M4010", width=2, height=2, data=b"\0\x20\x3f\xff"),
        Thumbnail(format="M4010", width=2, height=2, data=b"\0\0"),
        Thumbnail(format="M4010", width=9_999, height=9_999, data=b"\0\0"),
    ],
)
def test_as_png_of_a_damaged_or_enormous_picture_is_none(thumbnail):
    assert as_png(thumbnail) is None


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (b"\x89PNG\r\n\x1a\n", (7, 8)),
        (b"BM", (7, 8)),
        (b"\xff\xd8\xff", (7, 8)),
        (b"\xff\xd8\xff\xe0\0\0" + b"\0" * 20, (7, 8)),
        (picture((5, 6), format="BMP"), (5, 6)),
        (picture((5, 6), format="JPEG"), (5, 6)),
    ],
)
def test_recognise_takes_the_size_from_the_picture_or_else_as_stated(data, size):
    found = recognise(data, width=7, height=8)

    assert (found.width, found.height) == size


def test_recognise_knows_no_other_kinds():
    assert recognise(b"GIF89a") is None
    assert recognise(PNG + b"\0" * pictures.MAX_BYTES) is None
