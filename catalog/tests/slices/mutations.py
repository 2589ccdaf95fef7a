"""Files as they arrive after a bad day: cut, overwritten, doubled, mixed."""

import io
import random

from catalog.slices import UnreadableSlice, as_png, read_slice, summary

# Where parsers break: ends of numbers, lengths, separators, nesting.
NASTY = (
    *(
        b"\0",
        b"\xff" * 4,
        b"\xff\xff\xff\x7f",
        b"-1",
        b"999999999999999999999",
        b"1e999",
        b"nan",
        b";",
        b"=",
        b'"',
        b"\\",
    ),
    *(
        b"\r",
        b"\n;",
        b"<!DOCTYPE a>",
        b"[",
        b"{",
        b"&a;",
        b"PK\5\6",
        b"PK\1\2",
        b"GCDE",
        b"begin 9x9 9",
        b"\xc2",
        b"%s",
    ),
)


def mutated(data: bytes, *, dice: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.randint(1, 8)):
        place = _place(changed, dice)
        length = dice.choice((1, 2, 4, 16, 256))
        kind = dice.randrange(6)
        if kind == 0:
            changed[place : place + length] = dice.randbytes(length)
        elif kind == 1:
            changed[place:place] = dice.choice(NASTY)
        elif kind == 2:
            del changed[place : place + length]
        elif kind == 3:
            changed[place : place + len(dice.choice(NASTY))] = dice.choice(NASTY)
        elif kind == 4:
            changed[place:place] = changed[place : place + length] * dice.randint(1, 50)
        else:
            del changed[place:]
    return bytes(changed)


def _place(data: bytearray, dice: random.Random) -> int:
    """More often near an end, where headers and lists of contents are."""
    size = len(data)
    if not size:
        return 0
    near = min(size, 2_000)
    return dice.choice((dice.randrange(size), dice.randrange(near), size - 1 - dice.randrange(near)))


def outcome(data: bytes) -> str:
    """What came of it: the word read, or the sentence; anything else is an error of ours and goes up."""
    try:
        found = read_slice(io.BytesIO(data), name="fuzz")
    except UnreadableSlice as refusal:
        sentence = str(refusal)
        assert sentence.endswith("."), sentence
        return sentence
    summary("fuzz", found)
    for plate in found.plates:
        assert plate.grams is None or plate.grams >= 0
        assert [use.slot for use in plate.filaments] == sorted({use.slot for use in plate.filaments})
        for picture in plate.thumbnails:
            as_png(picture, max_px=32)
    return "read"
