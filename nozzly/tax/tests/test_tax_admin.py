import pytest
from django.urls import reverse

from nozzly.accounts.permissions import Role


@pytest.mark.parametrize("model", ["taxstatus", "taxrate", "exchangerate"])
def test_back_office_lets_only_tax_editors_change_tax(client_for, model):
    url = reverse(f"admin:tax_{model}_add")
    answers = [client_for(role).get(url).status_code for role in (Role.OWNER, Role.MANAGER)]

    assert answers == [200, 403]
