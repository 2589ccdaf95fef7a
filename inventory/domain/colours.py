"""How far apart two colours look: the distance in CIE L*a*b* (CIE 15:2004, D65 white); plain numbers, no money."""

import math


def distance(first: str, second: str) -> float:
    """0 for the same colour, about 2 for a just noticeable difference, 100 for black against white."""
    return math.dist(_lab(first), _lab(second))


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
