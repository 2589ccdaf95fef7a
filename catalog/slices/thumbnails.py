"""Finding the pictures that slicers hide in the comments (and commands) of G-code."""

import base64
import binascii
import re
from collections.abc import Iterator
from itertools import islice

from catalog.slices.pictures import recognise
from catalog.slices.plates import Thumbnail

MAX_THUMBNAILS = 24
# "; thumbnail begin 220x124 22304", "; thumbnail_QOI begin …", "; jpg begin 300x300 …", "; png begin …"
_BEGIN = re.compile(
    rb"^;[ \t]*(?:thumbnail(?:_[a-z]{2,8})?|jpg|png)[ \t]+begin[ \t:]+([0-9]{1,5})[x \t]+([0-9]{1,5})[^\r\n]*\r?$",
    re.MULTILINE | re.IGNORECASE,
)
# The end tag need not repeat the begin tag: Cura's own script mixes them.
_END = re.compile(rb";[ \t]*(?:thumbnail(?:_[a-z]{2,8})?|jpg|png)[ \t]+end", re.IGNORECASE)
_COMMENT_LINE = re.compile(rb"\r?\n(;[^\r\n]*)")
_DATA_URL = re.compile(
    rb"^;[ \t]*thumbnail:[ \t]*data:image/(?:png|jpeg);base64,([A-Za-z0-9+/=]+)", re.MULTILINE | re.IGNORECASE
)
_WEEDO_BEGIN = re.compile(rb"^W221[ \t]*\r?$", re.MULTILINE)
_WEEDO_LINE = re.compile(rb"\r?\nW220[ \t]+([0-9a-f]+)", re.IGNORECASE)
_WEEDO_END = re.compile(rb"\r?\nW222")
_MKS_BEGIN = re.compile(rb"^;{1,2}([gs])image:(?=[0-9a-f])", re.MULTILINE | re.IGNORECASE)
_MKS_ROW = re.compile(rb"(?:[\r\n]{1,4}M10086 ;)?([0-9a-f]+)", re.IGNORECASE)
_MKS_EDGE_PX = {b"s": 100, b"g": 200}
_QIDI_BEGIN = re.compile(rb"^M4010[ \t]+X([0-9]{1,4})[ \t]+Y([0-9]{1,4})", re.MULTILINE)
_QIDI_LINE = re.compile(rb"\r?\nM4010[ \t]+I[0-9]{1,9}[ \t]+T[0-9]{1,9}[ \t]*'([0-9a-f]*)'", re.IGNORECASE)


def thumbnails_in(gcode: bytes) -> list[Thumbnail]:
    found = [picture for word, find in _FINDERS if word in gcode for picture in find(gcode)]
    return found[:MAX_THUMBNAILS]


def _framed(gcode: bytes) -> Iterator[Thumbnail]:
    for begin in islice(_BEGIN.finditer(gcode), MAX_THUMBNAILS):
        text, position = bytearray(), begin.end()
        while line := _COMMENT_LINE.match(gcode, position):
            position = line.end()
            if _END.match(line[1]):
                yield from _decoded(bytes(text), width=int(begin[1]), height=int(begin[2]))
                break
            if b"begin" in line[1]:  # the picture before it was cut off
                break
            text += line[1].strip(b"; \t")


def _decoded(text: bytes, *, width: int = 0, height: int = 0) -> Iterator[Thumbnail]:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return
    picture = recognise(data, width=width, height=height)
    if picture is not None:
        yield picture


def _data_urls(gcode: bytes) -> Iterator[Thumbnail]:
    for match in islice(_DATA_URL.finditer(gcode), MAX_THUMBNAILS):
        yield from _decoded(match[1])


def _weedo(gcode: bytes) -> Iterator[Thumbnail]:
    for begin in islice(_WEEDO_BEGIN.finditer(gcode), MAX_THUMBNAILS):
        text, end = _lines(gcode, begin.end(), _WEEDO_LINE)
        picture = recognise(_from_hex(text)) if _WEEDO_END.match(gcode, end) else None
        if picture is not None:
            yield picture


def _mks(gcode: bytes) -> Iterator[Thumbnail]:
    for begin in islice(_MKS_BEGIN.finditer(gcode), MAX_THUMBNAILS):
        data = _from_hex(_lines(gcode, begin.end(), _MKS_ROW)[0])
        edge_px = _MKS_EDGE_PX[begin[1].lower()]
        if len(data) == 2 * edge_px * edge_px:
            yield Thumbnail(format="RGB565", width=edge_px, height=edge_px, data=data)


def _qidi(gcode: bytes) -> Iterator[Thumbnail]:
    for begin in islice(_QIDI_BEGIN.finditer(gcode), MAX_THUMBNAILS):
        data = _from_hex(_lines(gcode, begin.end(), _QIDI_LINE)[0])
        if data:
            yield Thumbnail(format="M4010", width=int(begin[1]), height=int(begin[2]), data=data)


def _lines(gcode: bytes, position: int, line_pattern: re.Pattern[bytes]) -> tuple[bytes, int]:
    """What stands in the lines of this pattern, one after the other, and where they end."""
    text = bytearray()
    while line := line_pattern.match(gcode, position):
        text += line[1]
        position = line.end()
    return bytes(text), position


def _from_hex(text: bytes) -> bytes:
    try:
        return binascii.unhexlify(text)
    except binascii.Error:
        return b""


# Each search is slow, the look for its word is not.
_FINDERS = (
    (b"begin", _framed),
    (b"data:image/", _data_urls),
    (b"W221", _weedo),
    (b"image:", _mks),
    (b"M4010", _qidi),
)
