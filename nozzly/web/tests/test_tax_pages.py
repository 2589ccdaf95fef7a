from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from nozzly.accounts.permissions import Role
from nozzly.tax.domain import imports, rates, status
from nozzly.web.models import AuditEntry

URL = "/settings/tax/"
REGISTERED = {
    "registered": "on",
    "valid_from": "2026-01-01",
    "scheme": "standard",
    "number": "GB123",
    "ships_from": "gb",
    "flat_rate_pct": "",
}


def test_tax_status_holds_from_its_day_on(client, owner):
    client.post(URL, REGISTERED)

    assert status.status_on(date(2026, 2, 1), country="GB").registered is True
    assert AuditEntry.objects.get().action == "changed the tax status"


def test_tax_page_shows_the_rate_with_its_origin(client, owner):
    response = client.get(URL)

    assert (response.status_code, "assumed" in response.text) == (200, True)


@pytest.mark.parametrize(
    ("field", "value"),
    [("scheme", "small_business"), ("ships_from", "Britain"), ("valid_from", "soon"), ("flat_rate_pct", "200")],
)
def test_tax_status_refuses_the_impossible_next_to_the_field(client, owner, field, value):
    response = client.post(URL, REGISTERED | {field: value})

    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])


def test_typed_rate_goes_before_the_shipped_one(client, owner):
    rate = {"country": "GB", "tax_class": "standard", "valid_from": "2026-01-01", "pct": "17.5", "source": "Budget"}

    client.post(reverse("web:add_tax_rate"), rate)

    assert rates.rate_for(country="GB", on=date(2026, 2, 1)).pct == Decimal("17.5")


def test_typed_rate_with_a_mistake_is_kept_on_the_form(client, owner):
    assert client.post(reverse("web:add_tax_rate"), {"country": "gb", "pct": "x"}).status_code == 422


def test_tax_pages_are_not_for_operators(client_for):
    operator = client_for(Role.OPERATOR)

    assert [
        operator.get(reverse(f"web:{name}")).status_code
        for name in ("tax_settings", "add_tax_rate", "borders", "add_border")
    ] == [403] * 4


BORDER = {
    "country": "US",
    "ships_from": "",
    "valid_from": "2026-10-01",
    "currency": "USD",
    "tax_at_sale_up_to": "",
    "marketplaces_collect": "on",
    "small_parcel_up_to": "0",
    "small_parcel_duty": "0",
    "duty_pct": "12.5",
}


def test_typed_import_rule_stands_in_the_place_of_the_shipped_one(client, owner):
    before = client.get(reverse("web:borders"))

    client.post(reverse("web:add_border"), BORDER)

    after = client.get(reverse("web:borders"))
    assert [("unverified" in page.text, "12.5" in page.text) for page in (before, after)] == [
        (True, False),
        (True, True),
    ]
    assert imports.border_of(ships_from="GB", to="US", on=date(2026, 10, 2)).duty_pct == Decimal("12.5")
    assert "12.5" in client.get(f"{reverse('web:add_border')}?country=US&ships_from=").text


@pytest.mark.parametrize(
    ("field", "value"), [("duty_pct", "101"), ("duty_pct", "-1"), ("small_parcel_duty", "-3"), ("country", "Utopia")]
)
def test_import_rule_refuses_the_impossible_next_to_the_field(client, owner, field, value):
    response = client.post(reverse("web:add_border"), BORDER | {field: value})

    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])


def test_same_import_rule_twice_is_refused(client, owner):
    client.post(reverse("web:add_border"), BORDER)

    assert client.post(reverse("web:add_border"), BORDER).status_code == 422
