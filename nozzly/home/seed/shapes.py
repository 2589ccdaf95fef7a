"""What the designs look like: solids put together from boxes, turned profiles and slabs. Millimetres, roughly."""

from collections.abc import Callable, Sequence
from math import cos, pi, sin

from nozzly.home.seed.drawing import Face

Faces = list[Face]
Outline = Sequence[tuple[float, float]]


def box(at: tuple[float, float, float], size: tuple[float, float, float], slot: int = 0) -> Faces:
    """A block; ``at`` is the middle of its floor."""
    (x, y, z), (w, d, h) = at, size
    outline = [(x - w / 2, y - d / 2), (x + w / 2, y - d / 2), (x + w / 2, y + d / 2), (x - w / 2, y + d / 2)]
    return slab(outline, z, z + h, slot)


def slab(outline: Outline, low: float, high: float, slot: int = 0, top: float = 1.0) -> Faces:
    """A counter-clockwise outline pulled up; ``top`` shrinks or widens it there."""
    middle_x = sum(x for x, _y in outline) / len(outline)
    middle_y = sum(y for _x, y in outline) / len(outline)
    upper = [(middle_x + (x - middle_x) * top, middle_y + (y - middle_y) * top) for x, y in outline]
    faces = [Face(tuple((x, y, high) for x, y in upper), slot)]
    for i, (ax, ay) in enumerate(outline):
        j = (i + 1) % len(outline)
        (bx, by), (cx, cy), (dx, dy) = outline[j], upper[j], upper[i]
        faces.append(Face(((ax, ay, low), (bx, by, low), (cx, cy, high), (dx, dy, high)), slot))
    return faces


def turned(  # noqa: PLR0913 - a lathe has that many handles
    profile: Outline,
    *,
    x: float = 0,
    y: float = 0,
    sides: int = 12,
    slot: int = 0,
    twist: float = 0.0,
    inside: bool = False,
) -> Faces:
    """A profile of (radius, height) turned around an upright axis; ``inside`` shows the wall of a hollow."""

    def corner(ring: int, step: int) -> tuple[float, float, float]:
        radius, height = profile[ring]
        angle = 2 * pi * step / sides + twist * ring
        return x + radius * cos(angle), y + radius * sin(angle), height

    faces = []
    for ring in range(len(profile) - 1):
        for step in range(sides):
            quad = (corner(ring, step), corner(ring, step + 1), corner(ring + 1, step + 1), corner(ring + 1, step))
            faces.append(Face(quad[::-1] if inside else quad, slot))
    if not inside and profile[-1][0] > 0:
        faces.append(Face(tuple(corner(len(profile) - 1, step) for step in range(sides)), slot))
    return faces


def ball(at: tuple[float, float, float], radius: float, slot: int = 0, *, squash: float = 1.0, sides: int = 9) -> Faces:
    x, y, z = at
    rings = [-0.98, -0.6, 0.0, 0.6, 0.98]
    profile = [(radius * (1 - ring * ring) ** 0.5, z + radius * squash * ring) for ring in rings]
    return turned(profile, x=x, y=y, sides=sides, slot=slot)


def ring_of(points: int, outer: float, inner: float, *, turn: float = 0.3) -> list[tuple[float, float]]:
    """A star or, with equal radii, a regular polygon."""
    radii = (outer, inner)
    return [
        (radii[i % 2] * cos(turn + pi * i / points), radii[i % 2] * sin(turn + pi * i / points))
        for i in range(2 * points)
    ]


def hollow(
    profile: Outline, *, floor: float, slot: int = 0, sides: int = 12, twist: float = 0.0, inner: int | None = None
) -> Faces:
    """A vessel: the profile outside, its inner wall down to ``floor``."""
    rim, top = profile[-1]
    wall = [(max(rim - 5, 2), top), (max(rim - 9, 2), floor)]
    inner_slot = slot if inner is None else inner
    rim_faces = turned([(rim, top), (max(rim - 5, 2), top)], sides=sides, slot=slot, twist=0)
    return [
        *turned([*profile[:-1], (rim, top)], sides=sides, slot=slot, twist=twist)[:-1],
        *rim_faces[:-1],
        *turned(wall[::-1], sides=sides, slot=inner_slot, inside=True),
        *slab(ring_of(sides // 2 or 3, wall[1][0], wall[1][0], turn=0), floor - 0.1, floor, inner_slot)[:1],
    ]


def fox() -> Faces:
    ear = [(-7, -4), (7, -4), (0, 6)]
    return [
        *ball((0, 0, 26), 30, squash=0.85), *ball((30, 6, 50), 20), *turned([(8, 44), (4, 42), (1, 40)], x=50, y=10, sides=6),
        *slab([(x + 22, y - 6) for x, y in ear], 62, 88, 0, 0.15), *slab([(x + 30, y + 14) for x, y in ear], 62, 88, 0, 0.15),
        *turned([(3, 22), (12, 30), (11, 46)], x=-34, y=14, sides=7), *turned([(11, 46), (7, 58), (1, 66)], x=-34, y=14, sides=7, slot=1),
        *hollow([(20, 44), (24, 58)], floor=52, inner=1),
    ]  # fmt: skip


def dragon() -> Faces:
    faces: Faces = []
    for joint in range(14):
        angle, radius = joint * 0.36, 16 - joint * 0.8
        faces += ball((58 * cos(angle) - joint, 58 * sin(angle) - 20, radius), radius, squash=0.9, sides=7)
        faces += turned(
            [(4, radius * 1.5), (1, radius * 2.6)], x=58 * cos(angle) - joint, y=58 * sin(angle) - 20, sides=4
        )
    return [*faces, *ball((62, -36, 16), 19, squash=0.8), *ball((68, -50, 13), 10)]


def octopus() -> Faces:
    arms = [ball((34 * cos(i * pi / 4), 34 * sin(i * pi / 4), 7), 9, squash=0.7, sides=7) for i in range(8)]
    tips = [ball((48 * cos(i * pi / 4 + 0.2), 48 * sin(i * pi / 4 + 0.2), 5), 6, sides=6) for i in range(8)]
    return [*(face for arm in (*arms, *tips) for face in arm), *ball((0, 0, 40), 31, squash=1.1, sides=12)]


def robot() -> Faces:
    return [
        *box((-14, 0, 0), (16, 18, 8), 1), *box((14, 0, 0), (16, 18, 8), 1), *box((-14, 0, 8), (12, 12, 22)),
        *box((14, 0, 8), (12, 12, 22)), *box((0, 0, 30), (46, 26, 34)), *ball((-30, 0, 56), 8, 1), *ball((30, 0, 56), 8, 1),
        *box((-32, 0, 28), (10, 10, 22)), *box((32, 0, 28), (10, 10, 22)), *box((0, 0, 66), (30, 24, 22)),
        *turned([(2, 88), (2, 98), (5, 100), (1, 106)], sides=6, slot=1), *box((0, 14, 40), (22, 3, 14), 1),
    ]  # fmt: skip


def rocket() -> Faces:
    fins = [slab([(x - 3, y - 3), (x + 3, y - 3), (x + 3, y + 3), (x - 3, y + 3)], 0, 44, 1, 0.4)
            for x, y in ((30, 0), (-30, 0), (0, 30), (0, -30))]  # fmt: skip
    hull = turned([(15, 6), (25, 22), (27, 52), (22, 82), (10, 104)], sides=14)[:-1]
    return [*(face for fin in fins for face in fin), *hull, *turned([(10, 104), (1, 122)], sides=14, slot=1)]


def gear() -> Faces:
    wheels = [
        slab([(x + 34 * cos(turn), y + 34 * sin(turn)) for x, y in ring_of(10, 17, 13)], 4, 16)
        for turn in (0.2, 2.3, 4.4)
    ]
    return [
        *slab(ring_of(24, 64, 60), 0, 4, 1),
        *(face for wheel in wheels for face in wheel),
        *slab(ring_of(12, 21, 16), 4, 20, 1),
    ]


def hexes() -> Faces:
    faces: Faces = []
    for x, y in ((-34, 20), (-34, -40), (20, -10)):
        for i in range(6):
            angle = pi / 3 * i
            a, b = (
                (x + 32 * cos(angle), y + 32 * sin(angle)),
                (x + 32 * cos(angle + pi / 3), y + 32 * sin(angle + pi / 3)),
            )
            inner = [(x + (px - x) * 0.86, y + (py - y) * 0.86) for px, py in (b, a)]
            faces += slab([a, b, *inner], 0, 26)
    return faces


def organiser() -> Faces:
    return [
        *box((0, 0, 0), (96, 60, 18), 1), *box((0, 31, 5), (18, 3, 6)), *box((-30, -8, 18), (34, 40, 60)),
        *box((10, -12, 18), (38, 30, 34)), *box((39, 6, 18), (16, 40, 14)),
    ]  # fmt: skip


def stand() -> Faces:
    return [*slab(ring_of(12, 44, 44), 0, 8), *box((0, 0, 8), (16, 16, 92)), *box((0, 0, 100), (22, 66, 10)),
            *box((0, 30, 110), (22, 6, 8)), *box((0, -30, 110), (22, 6, 8))]  # fmt: skip


def house() -> Faces:
    gable = [(-44, -36), (44, -36), (44, 36), (-44, 36)]
    return [
        *box((0, 0, 0), (96, 78, 6), 1),
        *box((0, 0, 6), (58, 46, 40)),
        *slab(gable, 46, 52, 1),
        *slab(gable, 52, 88, 1, 0.12),
    ]


def tower() -> Faces:
    battlements = [box((34 * cos(i * pi / 4), 34 * sin(i * pi / 4), 96), (14, 14, 12), 1) for i in range(8)]
    return [*box((38, 26, 0), (54, 54, 14)), *turned([(36, 0), (33, 48), (38, 88), (40, 96)], sides=10),
            *(face for block in battlements for face in block)]  # fmt: skip


def lantern() -> Faces:
    windows = [box((34 * cos(i * pi / 3 + 0.5), 34 * sin(i * pi / 3 + 0.5), 36), (9, 9, 24), 1) for i in range(6)]
    return [*turned([(38, 0), (36, 10), (34, 84), (38, 90)], sides=6), *(face for pane in windows for face in pane),
            *turned([(42, 90), (26, 110), (6, 118), (6, 128)], sides=6, slot=1)]  # fmt: skip


def mountain() -> Faces:
    peaks = [((0, 0), 46, 92), ((30, -24), 30, 58), ((-26, 26), 32, 64)]
    rock = [turned([(radius, 0), (radius * 0.66, high * 0.4), (radius * 0.32, high * 0.72)], x=x, y=y, sides=6)
            for (x, y), radius, high in peaks]  # fmt: skip
    snow = [
        turned([(radius * 0.33, high * 0.72), (1, high)], x=x, y=y, sides=6, slot=1) for (x, y), radius, high in peaks
    ]
    return [face for part in (*rock, *snow) for face in part]


def tree() -> Faces:
    rings = [turned([(46 - 9 * i, 16 + 20 * i), (18 - 4 * i, 40 + 20 * i)], sides=8) for i in range(4)]
    return [*turned([(9, 0), (8, 18)], sides=8, slot=1), *(face for ring in rings for face in ring)]


def sign() -> Faces:
    letters = [box((-36 + 12 * i, 3, 18 + (i % 2) * 3), (8, 4, 16 - (i % 3) * 3), 1) for i in range(7)]
    return [*box((0, -4, 0), (104, 8, 52)), *(face for letter in letters for face in letter)]


def tag() -> Faces:
    letters = [box((-22 + 12 * i, 0, 5), (8, 18 - (i % 2) * 6, 4), 1) for i in range(5)]
    return [
        *slab([(-34, -16), (34, -16), (42, 0), (34, 16), (-34, 16), (-44, 0)], 0, 5),
        *(f for each in letters for f in each),
    ]


def wall(outline: Outline, height: float, thick: float = 0.88) -> Faces:
    faces: Faces = []
    for i, (ax, ay) in enumerate(outline):
        bx, by = outline[(i + 1) % len(outline)]
        faces += slab([(ax, ay), (bx, by), (bx * thick, by * thick), (ax * thick, ay * thick)], 0, height)
    return faces


def repeated(make: Callable[[float], Faces], places: Sequence[float]) -> Faces:
    return [face for place in places for face in make(place)]


_WEDGE = [*box((0, 0, 0), (60, 64, 8)), *box((0, -20, 8), (52, 10, 62)), *box((0, 14, 8), (52, 8, 12))]

SHAPES: dict[str, Callable[[], Faces]] = {
    "fox": fox,
    "dragon": dragon,
    "octopus": octopus,
    "robot": robot,
    "rocket": rocket,
    "gear": gear,
    "hexes": hexes,
    "organiser": organiser,
    "stand": stand,
    "house": house,
    "tower": tower,
    "lantern": lantern,
    "mountain": mountain,
    "tree": tree,
    "sign": sign,
    "tag": tag,
    "vase": lambda: hollow([(24, 0), (40, 34), (34, 70), (18, 96), (26, 118)], floor=96, sides=12, twist=0.26),
    "twist": lambda: hollow([(30, 0), (31, 24), (32, 48), (33, 72), (34, 92)], floor=60, sides=9, twist=0.22),
    "bowl": lambda: hollow([(14, 0), (36, 14), (46, 36), (48, 56)], floor=28, sides=14),
    "dish": lambda: hollow([(26, 0), (46, 8), (58, 20)], floor=7, sides=10),
    "moon": lambda: [*turned([(30, 0), (30, 12), (20, 18)], sides=12, slot=1), *ball((0, 0, 62), 46, sides=16)],
    "bauble": lambda: [*ball((0, 0, 46), 44, sides=14), *turned([(9, 88), (9, 98)], sides=8, slot=1), *box((0, 0, 98), (4, 4, 10), 1)],
    "wedge": lambda: list(_WEDGE),
    "cutter": lambda: wall(ring_of(5, 46, 25), 24),
    "star": lambda: slab(ring_of(6, 54, 27), 0, 14, 0, 0.55),
    "steps": lambda: [*box((0, -34, 0), (110, 26, 58)), *box((0, -8, 0), (110, 26, 38)), *box((0, 18, 0), (110, 26, 18))],
    "coaster": lambda: repeated(lambda high: slab(ring_of(8, 46, 42, turn=high / 9), high, high + 7), (0, 9, 18, 27)),
    "clips": lambda: repeated(lambda x: [*box((x, 0, 0), (12, 66, 8)), *box((x, -28, 8), (12, 10, 18))], (-42, -14, 14, 42)),
    "comb": lambda: [*box((0, 0, 0), (110, 20, 12)), *repeated(lambda x: box((x, 0, 12), (8, 20, 22)), (-50, -30, -10, 10, 30, 50))],
    "hook": lambda: [*slab([(-12, -5), (12, -5), (16, 3), (-16, 3)], 0, 84, 0, 0.8), *box((0, 18, 14), (14, 34, 10)), *box((0, 36, 14), (14, 8, 30))],
    "tray": lambda: [*box((0, 0, 0), (112, 76, 8)), *repeated(lambda x: hollow_at(x, -18) + hollow_at(x, 18), (-36, 0, 36))],
    "lidbox": lambda: [*slab(ring_of(3, 44, 44), 0, 34), *slab(ring_of(3, 48, 48), 34, 48, 1, 0.86)],
    "labels": lambda: repeated(lambda x: [*box((x, 0, 0), (14, 5, 70)), *box((x, 4, 42), (9, 3, 18), 1)], (-48, -24, 0, 24, 48)),
}  # fmt: skip


def hollow_at(x: float, y: float) -> Faces:
    """A well of a tray."""
    return [
        *turned([(15, 8), (16, 16)], x=x, y=y, sides=10)[:-1],
        *turned([(10, 9), (14, 16)], x=x, y=y, sides=10, inside=True),
    ]
