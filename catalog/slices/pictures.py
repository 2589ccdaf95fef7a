"""Thumbnails for people to look at. Nothing is decoded before its size is known to be small."""

import io
import math
import struct
import warnings
from collections.abc import Callable

from PIL import Image

from catalog.slices.plates import Thumbnail

MAX_PIXELS = 2_048 * 2_048
# QOI, RGB565 and M4010 are unpacked in Python, one pixel after the other.
MAX_PIXELS_IN_PYTHON = 1_024 * 1_024
MAX_BYTES = 4 * 1024 * 1024
# What a damaged picture makes Pillow raise.
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, AttributeError, struct.error)
_PILLOW_NAMES = {"PNG": "PNG", "JPG": "JPEG", "QOI": "QOI", "BMP": "BMP"}
_MAGIC = {"PNG": b"\x89PNG\r\n\x1a\n", "JPG": b"\xff\xd8\xff", "QOI": b"qoif", "BMP": b"BM"}
_JPEG_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


def recognise(data: bytes, *, width: int = 0, height: int = 0) -> Thumbnail | None:
    """The picture these bytes are, by their own first bytes; None when they are none we show.

    The size comes from the picture itself, from ``width`` and ``height`` only where it does not tell.
    """
    for name, magic in _MAGIC.items():
        if data.startswith(magic) and len(data) <= MAX_BYTES:
            size = _SIZE_READERS[name](data) or (width, height)
            return Thumbnail(format=name, width=size[0], height=size[1], data=data)
    return None


def as_png(thumbnail: Thumbnail, max_px: int = 512) -> bytes | None:
    """A PNG no larger than ``max_px`` on its longer side; None when the picture is damaged or too large."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = _RAW_DECODERS.get(thumbnail.format, _decode)(thumbnail)
            if image is None:
                return None
            image = image.convert("RGBA" if image.mode in {"RGBA", "LA", "P"} else "RGB")
            image.thumbnail((max_px, max_px))
            png = io.BytesIO()
            image.save(png, format="PNG")
    except (*_BROKEN, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
    return png.getvalue()


# WeasyPrint tells Pillow, for the whole process, to draw what is cut off; here half a picture is none.
_LAST_WORDS = {"PNG": b"IEND", "JPG": b"\xff\xd9"}


def _decode(thumbnail: Thumbnail) -> Image.Image | None:
    magic = _MAGIC.get(thumbnail.format)
    if magic is None or not thumbnail.data.startswith(magic) or len(thumbnail.data) > MAX_BYTES:
        return None
    if _LAST_WORDS.get(thumbnail.format, b"") not in thumbnail.data:
        return None
    image = Image.open(io.BytesIO(thumbnail.data), formats=[_PILLOW_NAMES[thumbnail.format]])
    pixels = math.prod(image.size)
    if not 0 < pixels <= (MAX_PIXELS_IN_PYTHON if thumbnail.format == "QOI" else MAX_PIXELS):
        return None
    image.load()
    return image


def _decode_rgb565(thumbnail: Thumbnail) -> Image.Image | None:
    size = (thumbnail.width, thumbnail.height)
    if not 0 < math.prod(size) <= MAX_PIXELS_IN_PYTHON or len(thumbnail.data) != 2 * math.prod(size):
        return None
    rgb = bytearray()
    for (pixel,) in struct.iter_unpack("<H", thumbnail.data):
        rgb += bytes(((pixel >> 8) & 0xF8, (pixel >> 3) & 0xFC, (pixel << 3) & 0xF8))
    return Image.frombytes("RGB", size, bytes(rgb))


def _decode_m4010(thumbnail: Thumbnail) -> Image.Image | None:
    """QIDI: big-endian 5-5-5 pixels; bit 5 says that a count of repetitions follows in 12 bits."""
    size, wanted = (thumbnail.width, thumbnail.height), thumbnail.width * thumbnail.height
    if not 0 < wanted <= MAX_PIXELS_IN_PYTHON or len(thumbnail.data) % 2:
        return None
    words = (word for (word,) in struct.iter_unpack(">H", thumbnail.data))
    rgb = bytearray()
    for word in words:
        pixel = bytes(((word >> 8) & 0xF8, (word >> 3) & 0xF8, (word << 3) & 0xF8))
        rgb += pixel * (next(words, 0) & 0x0FFF if word & 0x20 else 1)
        if len(rgb) > 3 * wanted:
            return None
    return Image.frombytes("RGB", size, bytes(rgb)) if len(rgb) == 3 * wanted else None


_RAW_DECODERS: dict[str, Callable[[Thumbnail], Image.Image | None]] = {
    "RGB565": _decode_rgb565,
    "M4010": _decode_m4010,
}


def _png_or_qoi_size(layout: str, offset: int) -> Callable[[bytes], tuple[int, int] | None]:
    def read(data: bytes) -> tuple[int, int] | None:
        return struct.unpack_from(layout, data, offset) if len(data) >= offset + 8 else None

    return read


def _bmp_size(data: bytes) -> tuple[int, int] | None:
    if len(data) < 26:
        return None
    width, height = struct.unpack_from("<ii", data, 18)
    return abs(width), abs(height)


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    position = 2
    while position + 9 <= len(data) and data[position] == 0xFF:
        if data[position + 1] in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", data, position + 5)
            return width, height
        position += 2 + max(2, struct.unpack_from(">H", data, position + 2)[0])
    return None


_SIZE_READERS = {
    "PNG": _png_or_qoi_size(">II", 16),
    "QOI": _png_or_qoi_size(">II", 4),
    "BMP": _bmp_size,
    "JPG": _jpeg_size,
}
