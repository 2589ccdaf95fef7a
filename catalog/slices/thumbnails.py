"""Finding the pictures that slicers hide in the comments (and commands) of G-code."""

import base64
import binascii
import math
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
_WEEDO = re.compile(rb"^W221[^\n]*\n((?:W220[ \t]+[0-9a-f]+\r?\n)+)W222", re.MULTILINE | re.IGNORECASE)
_MKS = re.compile(rb"^;{1,2}([gs])image:([0-9a-f]+(?:[\r\n]+M10086 ;[0-9a-f]*)*)", re.MULTILINE | re.IGNORECASE)
_MKS_EDGE_PX = {b"s": 100, b"g": 200}
_QIDI = re.compile(
    rb"^M4010[ \t]+X([0-9]{1,4})[ \t]+Y([0-9]{1,4})\r?\n((?:M4010[ \t]+I[0-9]+[ \t]+T[0-9]+[ \t]*'[0-9a-f]*'\r?\n?)+)",
    re.MULTILINE | re.IGNORECASE,
)


def thumbnails_in(gcode: bytes) -> list[Thumbnail]:
    found = (*_framed(gcode), *_data_urls(gcode), *_weedo(gcode), *_mks(gcode), *_qidi(gcode))
    return list(found[:MAX_THUMBNAILS])


def _framed(gcode: bytes) -> Iterator[Thumbnail]:
    for begin in islice(_BEGIN.finditer(gcode), MAX_THUMBNAILS):
        lines, position = [], begin.end()
        while line := _COMMENT_LINE.match(gcode, position):
            position = line.end()
            if _END.match(line[1]):
                yield from _decoded(b"".join(lines), width=int(begin[1]), height=int(begin[2]))
                break
            if b"begin" in line[1]:  # the picture before it was cut off
                break
            lines.append(line[1].strip(b"; \t"))


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
    for match in islice(_WEEDO.finditer(gcode), MAX_THUMBNAILS):
        data = _from_hex(re.sub(rb"W220|\s", b"", match[1], flags=re.IGNORECASE))
        picture = recognise(data)
        if picture is not None:
            yield picture


def _mks(gcode: bytes) -> Iterator[Thumbnail]:
    for match in islice(_MKS.finditer(gcode), MAX_THUMBNAILS):
        data = _from_hex(re.sub(rb"[\r\n]+M10086 ;", b"", match[2]))
        edge_px = math.isqrt(len(data) // 2)
        if edge_px == _MKS_EDGE_PX[match[1].lower()] and len(data) == 2 * edge_px * edge_px:
            yield Thumbnail(format="RGB565", width=edge_px, height=edge_px, data=data)


def _qidi(gcode: bytes) -> Iterator[Thumbnail]:
    for match in islice(_QIDI.finditer(gcode), MAX_THUMBNAILS):
        data = _from_hex(b"".join(re.findall(rb"'([0-9a-f]*)'", match[3], re.IGNORECASE)))
        if data:
            yield Thumbnail(format="M4010", width=int(match[1]), height=int(match[2]), data=data)


def _from_hex(text: bytes) -> bytes:
    try:
        return binascii.unhexlify(text)
    except binascii.Error:
        return b""
