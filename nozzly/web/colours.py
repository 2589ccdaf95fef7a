"""The workspace's own colour on its pages, moved as far towards black or white as text needs to be read (WCAG 2.2, 1.4.3)."""

import colorsys

_NEEDED = 5.0
_STEPS = 40


def readable(hex_colour: str, *, on: str) -> str:
    """The colour itself, or its nearest darker (on light) or lighter (on dark) relative with enough contrast."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_rgb(hex_colour))
    goal = 0.0 if luminance(on) > 0.4 else 1.0
    for step in range(_STEPS + 1):
        moved = lightness + (goal - lightness) * step / _STEPS
        candidate = _hex(colorsys.hls_to_rgb(hue, moved, saturation))
        if contrast(candidate, on) >= _NEEDED:
            return candidate
    return "#000000" if goal == 0 else "#ffffff"


def text_on(hex_colour: str) -> str:
    """Black or white, whichever reads better on the colour."""
    return "#ffffff" if contrast("#ffffff", hex_colour) >= contrast("#101514", hex_colour) else "#101514"


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(hex_colour: str) -> float:
    """Relative luminance of sRGB, 0 to 1 (WCAG 2.2)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _rgb(hex_colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def brand_css(primary: str) -> str:
    """The style sheet that paints the pages in the workspace's colour."""
    light, dark = readable(primary, on="#f6f4ef"), readable(primary, on="#181e1d")
    return (
        f':root,[data-bs-theme="light"]{{--brand:{light};--brand-hover:color-mix(in srgb,{light} 85%,#000);'
        f"--on-brand:{text_on(light)};--brand-wash:color-mix(in srgb,{light} 10%,#fffefb)}}\n"
        f'[data-bs-theme="dark"]{{--brand:{dark};--brand-hover:color-mix(in srgb,{dark} 85%,#fff);'
        f"--on-brand:{text_on(dark)};--brand-wash:color-mix(in srgb,{dark} 16%,#181e1d)}}\n"
    )


def _rgb(hex_colour: str) -> tuple[float, float, float]:
    return tuple(int(hex_colour[index : index + 2], 16) / 255 for index in (1, 3, 5))


def _hex(parts: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)
