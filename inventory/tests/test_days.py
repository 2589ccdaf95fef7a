from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from inventory.forms.fields import a_day_that_was


@pytest.mark.parametrize("day", [date(1, 1, 1), date(9999, 12, 31)])
def test_goods_did_not_come_on_a_mistyped_day(day):
    with pytest.raises(ValidationError):
        a_day_that_was(day)


def test_goods_come_until_today():
    today = timezone.localdate()

    assert a_day_that_was(today) is None
    with pytest.raises(ValidationError, match="still to come"):
        a_day_that_was(today + timedelta(days=1))
