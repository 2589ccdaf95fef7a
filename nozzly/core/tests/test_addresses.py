import pytest
from django.test.utils import override_script_prefix
from django.urls import NoReverseMatch, reverse

from nozzly.core.addresses import address


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("inventory:spool_detail", "7K4Q"),
        ("inventory:spool_detail", "a b ä?"),
        ("inventory:edit_spool", "7K4Q"),
        ("sales:order_detail", 12),
    ],
)
def test_an_address_is_the_one_that_django_works_out(name, key):
    assert address(name, key) == reverse(name, args=[key])


def test_an_address_stands_below_the_prefix_of_the_moment():
    before = address("sales:order_detail", 12)

    with override_script_prefix("/shop/"):
        assert address("sales:order_detail", 12) == f"/shop{before}"


@pytest.mark.parametrize("key", [None, "", -3])
def test_a_row_that_is_not_kept_yet_has_no_address(key):
    with pytest.raises(NoReverseMatch):
        address("sales:order_detail", key)
