import base64
from decimal import Decimal

from nozzly.web.waterfalls import Step, spans, waterfall

STEPS = [
    Step("Sales", Decimal(100), is_sum=True),
    Step("Fees & <b>", Decimal(-30)),
    Step("Cost", Decimal(-90)),
    Step("Found", Decimal(5)),
    Step("Profit", Decimal(-15), is_sum=True),
]


def test_each_step_starts_where_the_one_before_ended_also_below_nothing():
    assert spans(STEPS) == [(0, 100), (70, 100), (-20, 70), (-20, -15), (-15, 0)]


def test_a_waterfall_is_a_picture_with_its_numbers_as_a_table():
    chart = waterfall(title="Profit", steps=STEPS, show="{:.2f}".format)
    svg = base64.b64decode(chart.light.removeprefix("data:image/svg+xml;base64,")).decode()

    assert chart.rows[1] == ("Fees & <b>", ["-30.00"])
    assert ("<svg" in svg, "&amp; &lt;b&gt;" in svg, "<b>" in svg) == (True, True, False)
    assert len({chart.light, chart.dark, chart.light_narrow, chart.dark_narrow}) == 4


def test_a_waterfall_of_nothing_is_drawn_too():
    assert waterfall(title="Profit", steps=[Step("Sales", Decimal(0), is_sum=True)], show=str).rows == [
        ("Sales", ["0"])
    ]
