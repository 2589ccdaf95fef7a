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
