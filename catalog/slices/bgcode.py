"""Binary G-code of Prusa: blocks of metadata and pictures, then the moves, which are never unpacked.

Layout after github.com/prusa3d/libbgcode, doc/specifications.md.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import BinaryIO

from catalog.slices import figures, heatshrink, slots, vocabulary
from catalog.slices.comments import Notes
from catalog.slices.errors import DamagedSlice, UnreadableSlice
from catalog.slices.pictures import recognise
from catalog.slices.plates import Plate, Slice, Thumbnail
from catalog.slices.printers import setup
from catalog.slices.thumbnails import MAX_THUMBNAILS

MAGIC = b"GCDE"
MAX_METADATA_BYTES = 1024 * 1024
MAX_PICTURE_BYTES = 2 * 1024 * 1024
MAX_ALL_PICTURES_BYTES = 16 * 1024 * 1024
# Heatshrink is unpacked in Python, bit by bit.
MAX_HEATSHRINK_BYTES = 256 * 1024
MAX_BLOCKS = 64
_FILE_HEADER = struct.Struct("<4sIH")
_BLOCK_HEADER = struct.Struct("<HHI")
_CHECKSUM_BYTES = {0: 0, 1: 4}
_HEATSHRINK_BITS = {2: (11, 4), 3: (12, 4)}


class BlockType(IntEnum):
    FILE_METADATA = 0
    GCODE = 1
    SLICER_METADATA = 2
    PRINTER_METADATA = 3
    PRINT_METADATA = 4
    THUMBNAIL = 5


@dataclass(frozen=True, slots=True)
class Block:
    type: int
    parameters: bytes
    content: bytes


def read_bgcode(file: BinaryIO) -> Slice:
    texts: dict[int, bytes] = {}
    pictures: list[Thumbnail] = []
    bytes_left = MAX_ALL_PICTURES_BYTES
    for block in _blocks(file):
        if block.type == BlockType.THUMBNAIL:
            bytes_left -= len(block.content)
            picture = _picture(block) if bytes_left >= 0 else None
            pictures += [picture] if picture else []
        else:
            texts[block.type] = block.content
    notes = Notes()
    # The print's own numbers before the printer's copy of them.
    for kind in (BlockType.PRINT_METADATA, BlockType.SLICER_METADATA, BlockType.PRINTER_METADATA):
        notes.add_ini(texts.get(kind, b""))
    slicer, version = _producer(texts.get(BlockType.FILE_METADATA, b""))
    plate = Plate(
        index=1,
        seconds=slots.print_seconds(notes),
        layers=notes.first(vocabulary.LAYERS, figures.count),
        filaments=slots.filaments(notes),
        thumbnails=tuple(pictures[:MAX_THUMBNAILS]),
        purge_grams=notes.first(vocabulary.PURGE_GRAMS, figures.amount),
        filament_changes=notes.first(vocabulary.FILAMENT_CHANGES, figures.count),
    )
    return Slice(slicer=slicer, version=version, plates=(plate,), **asdict(setup(notes)))


def _picture(block: Block) -> Thumbnail | None:
    _, width, height = struct.unpack("<HHH", block.parameters)
    return recognise(block.content, width=width, height=height)


def _producer(metadata: bytes) -> tuple[str | None, str | None]:
    for line in metadata.decode("utf-8", "replace").splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "Producer":
            name, _, version = value.strip()[:80].rpartition(" ")
            return (name, version) if name else (version or None, None)
    return None, None


def _blocks(file: BinaryIO) -> Iterator[Block]:
    """The blocks up to the first one of moves, checked against their checksums."""
    file.seek(0)
    _, version, checksum_type = _unpack(_FILE_HEADER, file.read(_FILE_HEADER.size))
    if version != 1 or checksum_type not in _CHECKSUM_BYTES:
        raise UnreadableSlice("This binary G-code is of a newer kind than can be read here. Export it as text G-code.")
    for _ in range(MAX_BLOCKS):
        header = file.read(_BLOCK_HEADER.size)
        if not header:
            return
        kind, compression, size = _unpack(_BLOCK_HEADER, header)
        if kind == BlockType.GCODE:
            return
        yield _read_block(file, header, (kind, compression, size), checksum_bytes=_CHECKSUM_BYTES[checksum_type])


def _read_block(file: BinaryIO, header: bytes, fields: tuple[int, int, int], *, checksum_bytes: int) -> Block:
    kind, compression, size = fields
    packed_size = size
    if compression:
        header += _exactly(file, 4)
        (packed_size,) = struct.unpack("<I", header[-4:])
    if max(size, packed_size) > _most_bytes(kind, compression):
        raise DamagedSlice("a block is far too large")
    parameters = _exactly(file, 6 if kind == BlockType.THUMBNAIL else 2)
    packed = _exactly(file, packed_size)
    checksum = _exactly(file, checksum_bytes)
    if checksum and zlib.crc32(header + parameters + packed) != int.from_bytes(checksum, "little"):
        raise DamagedSlice("a block does not fit its checksum")
    return Block(kind, parameters, _unpacked(packed, compression=compression, size=size))


def _most_bytes(kind: int, compression: int) -> int:
    if compression in _HEATSHRINK_BITS:
        return MAX_HEATSHRINK_BYTES
    return MAX_PICTURE_BYTES if kind == BlockType.THUMBNAIL else MAX_METADATA_BYTES


def _unpacked(packed: bytes, *, compression: int, size: int) -> bytes:
    if compression == 0:
        return packed
    if compression == 1:
        try:
            return zlib.decompressobj().decompress(packed, size or 1)
        except zlib.error as error:
            raise DamagedSlice("a block cannot be unpacked") from error
    if compression in _HEATSHRINK_BITS:
        window_bits, lookahead_bits = _HEATSHRINK_BITS[compression]
        return heatshrink.decompress(packed, window_bits=window_bits, lookahead_bits=lookahead_bits, size=size)
    raise DamagedSlice("a block is packed in an unknown way")


def _exactly(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) < size:
        raise DamagedSlice("it ends too early")
    return data


def _unpack(layout: struct.Struct, data: bytes) -> tuple[int, ...]:
    if len(data) < layout.size:
        raise DamagedSlice("it ends too early")
    return layout.unpack(data)
