"""A waterfall as an SVG picture: where a sum goes, step by step, in the colours of the other charts."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from xml.sax.saxutils import escape

from nozzly.web.charts import _DARK, _FONT, _LIGHT, _NARROW, _WIDTH, Chart

_ROW, _BAR, _TOP = 26, 16, 6  # pixels


@dataclass(frozen=True)
class Step:
    """``is_sum`` stands on the ground; every other step starts where the one before it ended."""

    label: str
    amount: Decimal
    is_sum: bool = False


def waterfall(*, title: str, steps: Sequence[Step], show: Callable = str) -> Chart:
    height = _TOP * 2 + _ROW * len(steps)
    pictures = {
        name: _picture(palette, width, height, steps, show)
        for name, palette, width in (
            ("light", _LIGHT, _WIDTH),
            ("dark", _DARK, _WIDTH),
            ("light_narrow", _LIGHT, _NARROW),
            ("dark_narrow", _DARK, _NARROW),
        )
    }
    rows = [(str(step.label), [show(step.amount)]) for step in steps]
    return Chart(title=title, series_names=[title], rows=rows, width=_WIDTH, height=height, **pictures)


def spans(steps: Sequence[Step]) -> list[tuple[Decimal, Decimal]]:
    """From where to where each bar goes, lower end first."""
    found, level = [], Decimal(0)
    for step in steps:
        start, end = (Decimal(0), step.amount) if step.is_sum else (level, level + step.amount)
        found.append((min(start, end), max(start, end)))
        level = end
    return found


def _picture(palette: dict, width: int, height: int, steps: Sequence[Step], show: Callable) -> str:
    bars = spans(steps)
    low = min([start for start, _end in bars], default=Decimal(0))
    high = max([end for _start, end in bars], default=Decimal(0))
    labels, figures = (190, 110) if width > _NARROW else (118, 82)
    scale = Decimal(width - labels - figures - 16) / (max(high, Decimal(0)) - min(low, Decimal(0)) or 1)
    size, longest = (12, 30) if width > _NARROW else (10.5, 19)

    def x(value: Decimal) -> str:
        return f"{labels + 8 + (value - min(low, Decimal(0))) * scale:.1f}"

    marks = [
        f'<line x1="{x(Decimal(0))}" x2="{x(Decimal(0))}" y1="0" y2="{height}" stroke="{palette["line"]}" stroke-width="1"/>'
    ]
    for position, (step, (start, end)) in enumerate(zip(steps, bars, strict=True)):
        y = _TOP + position * _ROW
        colour = palette["series"][0 if step.is_sum else 1 if step.amount < 0 else 2]
        weight = ' font-weight="600"' if step.is_sum else ""
        text = str(step.label) if len(str(step.label)) <= longest else f"{str(step.label)[: longest - 1]}…"
        middle = y + _BAR / 2 + size / 3
        marks += [
            f'<text x="{labels}" y="{middle:.1f}" text-anchor="end"{weight}>{escape(text)}</text>',
            f'<rect x="{x(start)}" y="{y}" width="{max((end - start) * scale, 1):.1f}" height="{_BAR}" rx="2" fill="{colour}"/>',
            f'<text x="{width - 2}" y="{middle:.1f}" text-anchor="end"{weight}>{escape(show(step.amount))}</text>',
        ]
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'font-family="{_FONT}" font-size="{size}" fill="{palette["ink"]}">{"".join(marks)}</svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
