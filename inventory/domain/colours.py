"""How far apart two colours look: CIEDE2000 (CIE 142:2001; Sharma, Wu and Dalal 2005), D65 white; no money, so floats."""

import math
from functools import lru_cache

# What a person at the shelf takes for the same colour. The difference alone is not enough: pale colours lie close to
# white and dark ones close to black, and there the eye still tells a tint from none and a grey from another.
_SAME = 8.0
_SAME_LIGHTNESS = 10.0
_NEUTRAL_CHROMA = 5.0
_TINT = 5.0  # so far from a neutral one, whatever its lightness, it is seen as tinted
_FAR = 25.0**7


def distance(first: str, second: str) -> float:
    """0 for the same colour, about 1 for a just noticeable difference, 100 for black against white."""
    return _ciede2000(_lab(first), _lab(second))


def passes_for(first: str, second: str) -> bool:
    """Whether somebody who asks for the one takes the other: black for off-black yes, beige for white no."""
    one, other = _lab(first), _lab(second)
    if abs(one[0] - other[0]) > _SAME_LIGHTNESS:
        return False
    duller = min(math.hypot(*one[1:]), math.hypot(*other[1:]))
    if duller < _NEUTRAL_CHROMA and math.dist(one[1:], other[1:]) > _TINT:
        return False
    return _ciede2000(one, other) <= _SAME


def _ciede2000(first: tuple[float, float, float], second: tuple[float, float, float]) -> float:
    (l1, a1, b1), (l2, a2, b2) = first, second
    mean_chroma = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    stretch = 1 + 0.5 * (1 - _towards_grey(mean_chroma))
    c1, c2 = math.hypot(a1 * stretch, b1), math.hypot(a2 * stretch, b2)
    h1, h2 = _hue(a1 * stretch, b1), _hue(a2 * stretch, b2)
    turn = _turn(h1, h2) if c1 * c2 else 0.0
    lightness, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    hue = _mean_hue(h1, h2) if c1 * c2 else h1 + h2
    in_lightness = (l2 - l1) / (1 + 0.015 * (lightness - 50) ** 2 / math.sqrt(20 + (lightness - 50) ** 2))
    in_chroma = (c2 - c1) / (1 + 0.045 * chroma)
    in_hue = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2)) / (1 + 0.015 * chroma * _hue_weight(hue))
    return math.sqrt(in_lightness**2 + in_chroma**2 + in_hue**2 + _rotation(chroma, hue) * in_chroma * in_hue)


def _towards_grey(chroma: float) -> float:
    return math.sqrt(chroma**7 / (chroma**7 + _FAR))


def _hue(a: float, b: float) -> float:
    return math.degrees(math.atan2(b, a)) % 360


def _turn(h1: float, h2: float) -> float:
    """The shorter way round from one hue to the other, in degrees, signed."""
    turn = h2 - h1
    return turn - 360 if turn > 180 else turn + 360 if turn < -180 else turn


def _mean_hue(h1: float, h2: float) -> float:
    total = h1 + h2
    if abs(h1 - h2) <= 180:
        return total / 2
    return (total + 360) / 2 if total < 360 else (total - 360) / 2


def _hue_weight(hue: float) -> float:
    return (
        1
        - 0.17 * math.cos(math.radians(hue - 30))
        + 0.24 * math.cos(math.radians(2 * hue))
        + 0.32 * math.cos(math.radians(3 * hue + 6))
        - 0.20 * math.cos(math.radians(4 * hue - 63))
    )


def _rotation(chroma: float, hue: float) -> float:
    around_blue = 30 * math.exp(-(((hue - 275) / 25) ** 2))
    return -math.sin(math.radians(2 * around_blue)) * 2 * _towards_grey(chroma)


@lru_cache(maxsize=20_000)
def _lab(colour_hex: str) -> tuple[float, float, float]:
    red, green, blue = (_linear(int(colour_hex[at : at + 2], 16) / 255) for at in (1, 3, 5))
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    fx, fy, fz = _curve(x), _curve(y), _curve(z)
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _curve(share: float) -> float:
    return share ** (1 / 3) if share > 0.008856 else 7.787 * share + 16 / 116
