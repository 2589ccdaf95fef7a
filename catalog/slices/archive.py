"""Reading out of a zip without trusting it: named members only, in small pieces, never onto the disk."""

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from catalog.slices.errors import DamagedSlice, UnreadableSlice

MAGIC = b"PK\x03\x04"
MAX_MEMBERS = 5_000
MAX_DIRECTORY_BYTES = 2 * 1024 * 1024
MAX_UNPACKED_BYTES = 1024 * 1024 * 1024
# G-code packs 4 to 30 times smaller; a bomb a thousand times.
MAX_RATIO = 200
RATIO_COUNTS_FROM_BYTES = 16 * 1024 * 1024
CHUNK_BYTES = 1024 * 1024
_END_OF_DIRECTORY = b"PK\x05\x06"
_END_OF_DIRECTORY_64 = b"PK\x06\x06"
_SEARCHED_BYTES = 66_000 + 76
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
)


class Archive:
    """The members of a zip by their tidy names (UFP writes a leading slash). Raises UnreadableSlice throughout."""

    def __init__(self, file: BinaryIO) -> None:
        _check_directory(file)
        try:
            self._zip = zipfile.ZipFile(file)
        except _BROKEN as error:
            raise DamagedSlice("its list of contents cannot be read") from error
        self._unpacked_bytes = 0
        self._members: dict[str, zipfile.ZipInfo] = {}
        for info in self._zip.infolist()[:MAX_MEMBERS]:
            name = info.filename.replace("\\", "/").lstrip("/")
            if ".." not in name.split("/") and not info.is_dir():
                self._members.setdefault(name, info)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._members)

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def read(self, name: str, *, most_bytes: int) -> bytes:
        """The whole member, which must be no larger than that."""
        found = self.head(name, most_bytes=most_bytes + 1)
        if len(found) > most_bytes:
            raise UnreadableSlice(f"A part of the file ({name}) is far too large.")
        return found

    def head(self, name: str, *, most_bytes: int) -> bytes:
        found, missing = [], most_bytes
        for chunk in self.chunks(name):
            found.append(chunk[:missing])
            missing -= len(found[-1])
            if missing <= 0:
                break
        return b"".join(found)

    def may_unpack(self, name: str, *, most_bytes: int) -> bool:
        """Whether the member says to be no larger, and all that may still be unpacked is at least twice as much."""
        size = self._members[name].file_size
        return size <= most_bytes and size <= (MAX_UNPACKED_BYTES - self._unpacked_bytes) // 2

    def chunks(self, name: str) -> Iterator[bytes]:
        info = self._members[name]
        if info.flag_bits & 0x1:
            raise UnreadableSlice("The file is locked with a password.")
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise UnreadableSlice("The file is packed in an unusual way. Export it from the slicer again.")
        unpacked = 0
        try:
            with self._zip.open(info) as member:
                while chunk := member.read(CHUNK_BYTES):
                    unpacked += len(chunk)
                    self._check_size(len(chunk), unpacked=unpacked, packed=info.compress_size)
                    yield chunk
        except _BROKEN as error:
            raise DamagedSlice(f"{name} cannot be unpacked") from error

    def _check_size(self, added: int, *, unpacked: int, packed: int) -> None:
        """The ratio is a part's own; the limit holds for all that is unpacked of the file."""
        self._unpacked_bytes += added
        is_bomb = unpacked > RATIO_COUNTS_FROM_BYTES and unpacked > MAX_RATIO * max(packed, 1)
        if is_bomb or self._unpacked_bytes > MAX_UNPACKED_BYTES:
            raise UnreadableSlice("The file unpacks to far more than a print needs.")


def _check_directory(file: BinaryIO) -> None:
    """Refuse a list of contents that would fill the memory before the zip module reads all of it."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _SEARCHED_BYTES))
    end = file.read(_SEARCHED_BYTES)
    records = [
        *_records(end, _END_OF_DIRECTORY, struct.Struct("<HII"), offset=10),
        *_records(end, _END_OF_DIRECTORY_64, struct.Struct("<QQQ"), offset=32),
    ]
    if not records:
        raise DamagedSlice("it ends too early")
    for members, directory_bytes, _ in records:
        is_in_64_bit_record = directory_bytes == 0xFFFFFFFF
        if not is_in_64_bit_record and (members > MAX_MEMBERS or directory_bytes > MAX_DIRECTORY_BYTES):
            raise UnreadableSlice("The file holds far more parts than a print needs.")


def _records(end: bytes, signature: bytes, layout: struct.Struct, *, offset: int) -> Iterator[tuple[int, ...]]:
    position = end.find(signature)
    while position >= 0:
        if position + offset + layout.size <= len(end):
            yield layout.unpack_from(end, position + offset)
        position = end.find(signature, position + 1)
