from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.choices import Origin
from catalog.domain import tariffs
from catalog.domain.costing import CostRates, Sourced

BERLIN = ZoneInfo("Europe/Berlin")
KOLKATA = ZoneInfo("Asia/Kolkata")


def sourced(number):
    return Sourced(Decimal(number), Origin.TYPED)


def moment(text, zone=BERLIN):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def share(start, end, from_h="22", until_h="6", zone=BERLIN):
    return tariffs.night_share_pct(
        moment(start, zone), moment(end, zone), from_h=Decimal(from_h), until_h=Decimal(until_h), zone=BERLIN
    )


@pytest.mark.parametrize(
    ("start", "end", "hours", "pct"),
    [
        ("2026-06-01T10:00", "2026-06-01T14:00", ("22", "6"), "0"),
        ("2026-06-01T20:00", "2026-06-02T00:00", ("22", "6"), "50"),
        ("2026-06-01T23:00", "2026-06-02T05:00", ("22", "6"), "100"),
        ("2026-06-02T02:00", "2026-06-02T10:00", ("22", "6"), "50"),  # in the night of the day before
        ("2026-06-01T06:00", "2026-06-03T06:00", ("22", "6"), "33.33"),
        ("2026-06-01T22:00", "2026-06-01T23:00", ("22.5", "6"), "50"),
        ("2026-06-01T00:00", "2026-06-01T08:00", ("0", "4"), "50"),
        ("2026-06-01T22:00", "2026-06-02T02:00", ("22", "24"), "50"),
        ("2026-06-01T00:00", "2026-06-02T00:00", ("6", "6"), "0"),
    ],
)
def test_share_of_the_night_is_what_the_clock_on_the_wall_says(start, end, hours, pct):
    assert share(start, end, *hours) == Decimal(pct)


def test_the_night_is_an_hour_longer_or_shorter_when_clocks_change():
    # 25 October 2026: three comes twice, 22 to 6 is nine hours of the eighteen from 16:00 to 9:00.
    assert share("2026-10-24T16:00", "2026-10-25T09:00") == Decimal(50)
    # 29 March 2026: two o'clock is missing, 22 to 6 is seven hours of the fourteen from 19:00 to 10:00.
    assert share("2026-03-28T19:00", "2026-03-29T10:00") == Decimal(50)


def test_hours_of_the_night_are_those_of_the_workspace_wherever_the_moment_was_written_down():
    # Half past midnight in Kolkata is nine in the evening in Berlin.
    assert share("2026-06-02T00:30", "2026-06-02T02:30", zone=KOLKATA) == Decimal(50)


@given(
    start=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(BERLIN), allow_imaginary=False),
    minutes=st.integers(1, 5000),
    from_h=st.integers(0, 24),
    until_h=st.integers(0, 24),
)
def test_night_and_day_are_the_whole_print(start, minutes, from_h, until_h):
    end = datetime.fromtimestamp(start.timestamp() + minutes * 60, tz=BERLIN)
    night, day = (
        tariffs.night_share_pct(start, end, from_h=Decimal(one), until_h=Decimal(other), zone=BERLIN)
        for one, other in ((from_h, until_h), (until_h, from_h))
    )

    whole = 0 if from_h == until_h else 100
    if {from_h, until_h} != {0, 24}:
        assert abs(night + day - whole) <= Decimal("0.01")
    assert 0 <= night <= 100


def test_rates_keep_the_usual_share_where_no_hours_are_set():
    usual = CostRates(
        energy_per_kwh=sourced("0.30"),
        labour_per_h=sourced(15),
        energy_night_per_kwh=sourced("0.10"),
        night_share_pct=sourced(40),
    )
    start, end = moment("2026-06-01T20:00"), moment("2026-06-02T00:00")

    timed = CostRates(**{**usual.__dict__, "night_from_h": sourced(22), "night_until_h": sourced(6)})

    assert tariffs.of_print(usual, start, end, zone=BERLIN) == usual
    assert tariffs.of_print(timed, start, end, zone=BERLIN).night_share_pct == Sourced(Decimal(50), Origin.COMPUTED)
    assert tariffs.of_print(timed, end, end, zone=BERLIN) == timed
