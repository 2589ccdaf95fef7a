from datetime import date

import pytest
from django.utils import timezone

from catalog.domain.licences import warning, why_not_to_sell
from nozzly.testing.factories.catalog import DesignLicenceFactory, ProductFactory

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("licence", "reason"),
    [
        (None, ""),
        ({}, ""),
        ({"expires_on": TODAY}, ""),
        ({"allows_selling": False}, "“Owls by Mia” does not allow selling prints."),
        ({"expires_on": date(2026, 11, 21)}, "“Owls by Mia” ended on 2026-11-21."),
    ],
)
def test_why_not_to_sell(licence, reason):
    own = None if licence is None else DesignLicenceFactory(name="Owls", owner="Mia", **licence)

    assert why_not_to_sell(ProductFactory(licence=own), TODAY) == reason


@pytest.mark.parametrize(
    ("expires_on", "sentence"),
    [
        (date(2026, 12, 23), ""),
        (date(2026, 12, 22), "“Owls by Mia” ends on 2026-12-22; after that day it must not be sold."),
        (date(2026, 11, 21), "“Owls by Mia” ended on 2026-11-21."),
    ],
)
def test_a_licence_warns_before_it_ends(expires_on, sentence):
    own = DesignLicenceFactory(name="Owls", owner="Mia", expires_on=expires_on)

    assert warning(ProductFactory(licence=own), TODAY) == sentence


def test_a_licence_that_ends_soon_is_flagged_on_the_product(client, operator):
    product = ProductFactory(licence=DesignLicenceFactory(expires_on=timezone.localdate()))

    assert "ends " in client.get(product.get_absolute_url()).content.decode()
