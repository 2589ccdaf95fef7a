import base64
from decimal import Decimal

from nozzly.web import charts, formatting


def test_bars_come_in_two_colours_with_their_numbers():
    chart = charts.bars(
        title="Profit", labels=["Oct", "Nov"], series={"Etsy": [Decimal(10), Decimal("12.5")]}, show=formatting.money
    )

    assert chart.rows == [("Oct", ["£10.00"]), ("Nov", ["£12.50"])]
    assert chart.light != chart.dark
    assert b"<svg" in base64.b64decode(chart.light.removeprefix("data:image/svg+xml;base64,"))


def test_charts_run_no_script():
    chart = charts.shares(title="Cost", parts={"Material": Decimal(1), "<script>": Decimal(2)})

    assert b"<script" not in base64.b64decode(chart.dark.removeprefix("data:image/svg+xml;base64,")).lower()


def test_lines_name_their_series():
    chart = charts.lines(title="A", labels=["1"], series={"One": [Decimal(1)], "Two": [Decimal(2)]})

    assert chart.series_names == ["One", "Two"]


def test_the_dark_picture_has_none_of_the_light_colours_and_labels_stay_whole():
    chart = charts.bars(title="A", labels=["1"], series={"One": [Decimal(1)]}, show=lambda value: f"£{value:.4f}")
    light, dark = (base64.b64decode(url.partition(",")[2]).decode() for url in (chart.light, chart.dark))

    assert [colour in light for colour in ("#4b5754", "#12494f")] == [True, True]
    assert [colour in dark for colour in ("#4b5754", "#12494f", "#e3dfd5")] == [False] * 3
    assert [colour in dark for colour in ("#b6bbb6", "#7cc7c4")] == [True, True]
    assert "£1.0000" in light
    assert len(light) < 8_000


def test_a_value_that_is_not_known_is_a_gap():
    chart = charts.lines(title="A", labels=["1", "2"], series={"One": [None, Decimal(2)]}, show=formatting.percent)

    assert chart.rows[0] == ("1", ["–"])
