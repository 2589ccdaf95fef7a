"""Charts as SVG pictures made on the server, in the colours of the page, light and dark, with their numbers as a table.

They travel as data URLs in <img>: the Content-Security-Policy forbids the inline styles pygal writes into a page.
"""

import base64
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

_WIDTH, _NARROW, _HEIGHT = 720, 360, 300  # pixels; the narrow one is for phones
_FONT = "Figtree, ui-sans-serif, system-ui, sans-serif"
_LIGHT = {
    "ink": "#4b5754",
    "line": "#e3dfd5",
    "series": ("#12494f", "#d2642c", "#8a9a3b", "#5d6fa8", "#a8577e", "#8d9390"),
}
_DARK = {
    "ink": "#b6bbb6",
    "line": "#2b3331",
    "series": ("#7cc7c4", "#ff9a66", "#bccb6c", "#9db0ea", "#e29abd", "#98a09b"),
}
# Drawn once, in light colours; the dark picture is the same with each colour replaced.
_DARK_OF = {_LIGHT["ink"]: _DARK["ink"], _LIGHT["line"]: _DARK["line"]}
_DARK_OF |= dict(zip(_LIGHT["series"], _DARK["series"], strict=True))
_LONG_FRACTION = re.compile(r"(\.\d\d)\d{4,}")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ANY_COLOUR = re.compile("|".join(_DARK_OF), re.IGNORECASE)


@dataclass(frozen=True)
class Chart:
    """What {% chart %} shows: two pictures and the rows behind them."""

    title: str
    light: str
    dark: str
    light_narrow: str
    dark_narrow: str
    series_names: list[str]
    rows: list[tuple[str, list[str]]]
    width: int = _WIDTH
    height: int = _HEIGHT


def bars(
    *,
    title: str,
    labels: Sequence[str],
    series: dict[str, Sequence[Decimal | None]],
    show: Callable = str,
    stacked: bool = False,
) -> Chart:
    """Columns side by side, or on top of each other; ``show`` writes a number for people (formatting.money).

    None among the values is a gap.
    """
    return _chart("StackedBar" if stacked else "Bar", title=title, labels=labels, series=series, show=show)


def lines(
    *, title: str, labels: Sequence[str], series: dict[str, Sequence[Decimal | None]], show: Callable = str
) -> Chart:
    return _chart("Line", title=title, labels=labels, series=series, show=show)


def shares(*, title: str, parts: dict[str, Decimal], show: Callable = str) -> Chart:
    """One bar on its side for each part: what an amount is made of."""
    names = list(parts)
    return _chart(
        "HorizontalBar", title=title, labels=names, series={title: [parts[name] for name in names]}, show=show
    )


def _chart(kind: str, *, title, labels, series, show) -> Chart:
    wide, narrow = (_picture(kind, _LIGHT, width, labels, series, show) for width in (_WIDTH, _NARROW))
    return Chart(
        title=title,
        light=_as_url(wide),
        dark=_as_url(_darkened(wide)),
        light_narrow=_as_url(narrow),
        dark_narrow=_as_url(_darkened(narrow)),
        series_names=list(series),
        rows=[(label, [show(values[index]) for values in series.values()]) for index, label in enumerate(labels)],
    )


@cache
def _pygal():
    import pygal
    import pygal.style

    # It leaves a finder of an old kind behind, for plugins nobody here has; Python warns of it at every later import.
    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "PluginImportFixer"]
    return pygal


def _picture(kind, palette, width, labels, series, show) -> str:
    pygal = _pygal()
    style = pygal.style.Style(
        background="transparent",
        plot_background="transparent",
        foreground=palette["ink"],
        foreground_strong=palette["ink"],
        foreground_subtle=palette["line"],
        guide_stroke_color=palette["line"],
        major_guide_stroke_color=palette["line"],
        guide_stroke_dasharray="0",
        major_guide_stroke_dasharray="0",
        opacity="1",
        colors=palette["series"],
        font_family=_FONT,
        label_font_size=12,
        major_label_font_size=12,
        legend_font_size=12,
        value_font_size=12,
    )
    chart = getattr(pygal, kind)(
        style=style,
        width=width,
        height=_HEIGHT,
        margin=8,
        spacing=10,
        show_legend=len(series) > 1,
        legend_at_bottom=True,
        legend_box_size=10,
        js=(),
        disable_xml_declaration=True,
        value_formatter=lambda value: show(Decimal(str(value))),
        show_x_guides=False,
        print_values=False,
        rounded_bars=3,
        truncate_label=18,
        x_label_rotation=-35 if len(labels) > 8 and kind != "HorizontalBar" else 0,
        order_min=0,
        max_scale=(6 if width == _WIDTH else 3) if kind == "HorizontalBar" else 16,  # amounts side by side need room
    )
    chart.x_labels = list(labels)
    for name, values in series.items():
        chart.add(name, [None if value is None else float(value) for value in values])  # pixels, not money
    chart.add_xml_filter(_only_what_is_seen)
    return _shortened(chart.render(is_unicode=True), chart.uuid)


def _shortened(svg: str, name: str) -> str:
    """A picture stands alone, so its rules need no name in front; a hundredth of a pixel is exact enough."""
    plain = svg.replace(f"#chart-{name} ", "").replace(f"#chart-{name}{{", "svg{")
    return _LONG_FRACTION.sub(r"\1", _COMMENT.sub("", plain))


def _darkened(svg: str) -> str:
    return _ANY_COLOUR.sub(lambda found: _DARK_OF[found[0].lower()], svg)


def _as_url(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _only_what_is_seen(root):
    """No scripts, and none of the words that only scripts would show."""
    for parent in list(root.iter()):
        for child in [child for child in parent if str(child.tag).endswith(("script", "desc", "title"))]:
            parent.remove(child)
    return root
