"""The comments of G-code as notes: ``; key = value``, ``;KEY:value``, ``;   key,value``."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from catalog.slices.figures import texts
from catalog.slices.vocabulary import FIRST_TOOL, MAX_SLOTS, WANTED

Found = TypeVar("Found")

MAX_VALUES_PER_KEY = 64
MAX_VALUE_CHARACTERS = 16_384
_NOTE = re.compile(rb"^[ \t]*+;[;> \t-]*+([^=:,\r\n]{1,64})[=:,][ \t]*([^\r\n]*)", re.MULTILINE)
_INI_LINE = re.compile(rb"^([^=\r\n]{1,64})=([^\r\n]*)", re.MULTILINE)
_FIRST_TOOL = re.compile(rb"^(?:M620 S([0-9]{1,2})A|T([0-9]{1,2})[ \t]*(?:;[^\r\n]*)?\r?$)", re.MULTILINE)


class Notes:
    """What the slicer noted under the keys of the vocabulary, each with its values in the order of the file.

    A value is a text, or a tuple of texts where the file keeps real lists (project settings).
    """

    def __init__(self) -> None:
        self._values: dict[str, list[str | tuple[str, ...]]] = {}

    def add(self, key: str, value: str | tuple[str, ...]) -> None:
        key = key.strip().lower()
        values = self._values.setdefault(key, []) if key in WANTED else None
        if values is not None and len(values) < MAX_VALUES_PER_KEY:
            values.append(value[:MAX_VALUE_CHARACTERS] if isinstance(value, str) else value[:MAX_SLOTS])

    def add_comments(self, gcode: bytes) -> None:
        self._add_pairs(_NOTE.finditer(gcode))
        tool = _FIRST_TOOL.search(gcode)
        if tool:
            self.add(FIRST_TOOL, (tool[1] or tool[2]).decode())

    def add_ini(self, text: bytes) -> None:
        self._add_pairs(_INI_LINE.finditer(text))

    def _add_pairs(self, matches: Iterable[re.Match[bytes]]) -> None:
        for match in matches:
            key = match[1].strip().lower().decode("utf-8", "replace")
            if key not in WANTED:
                continue
            value = match[2][:MAX_VALUE_CHARACTERS].decode("utf-8", "replace")
            # BambuStudio puts two times into one comment.
            value, _, second = value.partition(";") if key == "model printing time" else (value, "", "")
            self.add(key, value.strip().removesuffix("---").strip())
            if second:
                self.add(*second.partition(":")[::2])

    def texts(self, key: str) -> Iterator[str]:
        """Each value of a key as one text; an empty one says nothing."""
        for value in self._values.get(key, ()):
            text = value if isinstance(value, str) else next(iter(value), "")
            if text.strip(' "'):
                yield text.strip()

    def lists(self, key: str, *, separator: str | None = None) -> Iterator[list[str]]:
        """Each value of a key as a list; ``separator`` None splits as slicers split texts (see figures.texts)."""
        for value in self._values.get(key, ()):
            if not isinstance(value, str):
                yield list(value)
            elif separator is None:
                yield texts(value, most=MAX_SLOTS)
            else:
                yield value.strip(" []").replace(";", separator).split(separator)[:MAX_SLOTS]

    def first(self, names: tuple[str, ...], read: Callable[[str], Found | None]) -> Found | None:
        """The first value that can be read, key by key."""
        for name in names:
            for text in self.texts(name):
                found = read(text)
                if found is not None:
                    return found
        return None
