"""Heatshrink, the small compression that bgcode allows for its blocks."""

from catalog.slices.errors import DamagedSlice


class _Bits:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    def take(self, how_many: int) -> int | None:
        end = self._position + how_many
        if end > 8 * len(self._data):
            return None
        first, last = self._position // 8, (end + 7) // 8
        window = int.from_bytes(self._data[first:last], "big")
        self._position = end
        return (window >> (8 * last - end)) & ((1 << how_many) - 1)


def decompress(data: bytes, *, window_bits: int, lookahead_bits: int, size: int) -> bytes:
    """Exactly ``size`` bytes. Raises DamagedSlice when the data do not hold them."""
    bits, out = _Bits(data), bytearray()
    while len(out) < size:
        is_literal = bits.take(1)
        if is_literal:
            byte = bits.take(8)
            if byte is None:
                break
            out.append(byte)
            continue
        distance, length = bits.take(window_bits), bits.take(lookahead_bits)
        if is_literal is None or distance is None or length is None:
            break
        for _ in range(length + 1):
            # Before the start of the text the window is all zeros.
            out.append(out[-distance - 1] if distance < len(out) else 0)
    if len(out) < size:
        raise DamagedSlice("a block ends too early")
    return bytes(out[:size])
