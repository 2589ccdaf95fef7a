import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from catalog.forms.durations import DurationField, as_text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("3h 20m", 12000),
        ("3:20", 12000),
        ("0:01:30", 90),
        ("45", 2700),
        ("45 min", 2700),
        ("2,5 h", 9000),
        ("1d 2h", 93600),
        ("2 hours, 5 minutes", 7500),
        ("", None),
    ],
)
def test_duration_reads_what_people_write(text, seconds):
    assert DurationField(required=False).clean(text) == seconds


@pytest.mark.parametrize("text", ["soon", "3x", "99999 h", "3:77"])
def test_duration_refuses_the_rest(text):
    with pytest.raises(forms.ValidationError):
        DurationField().clean(text)


@given(st.integers(min_value=0, max_value=60 * 86400))
def test_duration_reads_back_what_it_shows(seconds):
    assert DurationField().clean(as_text(seconds)) == seconds
