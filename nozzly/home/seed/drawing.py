"""A tiny renderer: facets in the light of one lamp, seen from above, drawn with Pillow."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians, sin, sqrt

from PIL import Image, ImageDraw, ImageFilter

Point = tuple[float, float, float]
_LIGHT = (0.25, -0.55, 0.8)
_FINER = 2  # drawn larger and shrunk, so that edges are smooth
_COS, _SIN = cos(radians(30)), sin(radians(30))
_VIEW = (1.0, 1.0, 0.82)


@dataclass(frozen=True)
class Face:
    """A flat polygon, counter-clockwise from outside, in the colour of a slot."""

    points: tuple[Point, ...]
    slot: int = 0


def picture(scenes: Sequence[tuple[Sequence[Face], Sequence[str]]], *, px: int) -> bytes:
    """A JPEG of one thing, or of several side by side, each with the colours of its slots."""
    side = px * _FINER
    tint = _rgb(scenes[0][1][0])
    image = _backdrop(side, tuple(228 + channel // 32 * 2 for channel in tint)).copy()
    width = side / len(scenes)
    for number, (faces, colours) in enumerate(scenes):
        _place(image, faces, [_rgb(colour) for colour in colours], (number * width, width))
    out = io.BytesIO()
    image.resize((px, px), Image.Resampling.BOX).save(out, "JPEG", quality=84)
    return out.getvalue()


def _place(
    image: Image.Image, faces: Sequence[Face], colours: list[tuple[int, ...]], column: tuple[float, float]
) -> None:
    left, width = column
    flat = [[_project(point) for point in face.points] for face in faces]
    xs = [x for points in flat for x, _y in points]
    ys = [y for points in flat for _x, y in points]
    scale = min(0.74 * width / (max(xs) - min(xs)), 0.66 * image.height / (max(ys) - min(ys)))
    middle_x, low_y = (max(xs) + min(xs)) / 2, max(ys)

    def on_canvas(point: tuple[float, float]) -> tuple[float, float]:
        return left + width / 2 + (point[0] - middle_x) * scale, image.height * 0.84 + (point[1] - low_y) * scale

    _shadow(image, [on_canvas(_project((x, y, 0))) for face in faces for x, y, _z in face.points])
    draw = ImageDraw.Draw(image)
    for face, points in sorted(zip(faces, flat, strict=True), key=lambda pair: _depth(pair[0])):
        normal = _normal(face.points)
        if _dot(normal, _VIEW) > 0:
            colour = _lit(colours[min(face.slot, len(colours) - 1)], normal)
            draw.polygon([on_canvas(point) for point in points], fill=colour, outline=_lit(colour, (0, 0, 1), 1.06))


def _shadow(image: Image.Image, points: list[tuple[float, float]]) -> None:
    """A soft spot below; blurred small and drawn large, which is cheap."""
    small = 96
    factor = small / image.width
    xs, ys = [x * factor for x, _y in points], [y * factor for _x, y in points]
    mask = Image.new("L", (small, small), 0)
    ImageDraw.Draw(mask).ellipse((min(xs) - 2, min(ys) - 1, max(xs) + 5, max(ys) + 3), fill=105)
    mask = mask.filter(ImageFilter.GaussianBlur(3)).resize(image.size, Image.Resampling.BILINEAR)
    image.paste((70, 66, 78), (0, 0), mask)


@lru_cache(maxsize=48)
def _backdrop(side: int, colour: tuple[int, ...]) -> Image.Image:
    """Light above, the colour below."""
    column = Image.new("RGB", (1, 64))
    for row in range(64):
        share = row / 63
        column.putpixel((0, row), tuple(int(250 + (channel - 250) * share) for channel in colour))
    return column.resize((side, side), Image.Resampling.BILINEAR)


def _project(point: Point) -> tuple[float, float]:
    x, y, z = point
    return (x - y) * _COS, (x + y) * _SIN - z


def _depth(face: Face) -> float:
    return sum(_dot(point, _VIEW) for point in face.points) / len(face.points)


def _normal(points: Sequence[Point]) -> Point:
    """Newell's method: right for stars as well, whose first corner may point inwards."""
    nx = ny = nz = 0.0
    for (ax, ay, az), (bx, by, bz) in zip(points, (*points[1:], points[0]), strict=True):
        nx += (ay - by) * (az + bz)
        ny += (az - bz) * (ax + bx)
        nz += (ax - bx) * (ay + by)
    length = sqrt(nx * nx + ny * ny + nz * nz) or 1.0
    return nx / length, ny / length, nz / length


def _dot(first: Point, second: Point) -> float:
    return first[0] * second[0] + first[1] * second[1] + first[2] * second[2]


def _lit(colour: tuple[int, ...], normal: Point, boost: float = 0.0) -> tuple[int, ...]:
    """Darker away from the lamp; very dark colours keep enough light to show their facets."""
    strength = boost or 0.52 + 0.5 * max(_dot(normal, _LIGHT), 0)
    lift = 0 if boost else max(0.0, 46 - max(colour)) * strength
    return tuple(min(255, int(channel * strength + lift)) for channel in colour)


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
