"""Every list lets each person choose its columns."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from inventory.models import Lot
from nozzly.testing.factories.inventory import SpoolFactory
from nozzly.web.guard import each_view
from nozzly.web.views import ListPage

NO_TABLE = {"web/notification_list.html"}  # one message below the other
ASKED = re.compile(r'{% if (?:can\.COST_VIEW and )?"([\w-]+)" in shown %}')
SPOOLS = "/stock/spools/"
pytestmark = pytest.mark.django_db


def list_pages():
    found = {getattr(pattern.callback, "view_class", None) for _route, pattern in each_view(_patterns())}
    return sorted((each for each in found if each and issubclass(each, ListPage)), key=lambda each: each.template)


def _patterns():
    return import_module(settings.ROOT_URLCONF).urlpatterns


@pytest.mark.parametrize("page", [each for each in list_pages() if each.template not in NO_TABLE], ids=str)
def test_list_offers_the_columns_its_table_asks_for(page):
    source = (Path("templates") / page.template).read_text()
    for row in re.findall(r'{% include "(\w+/_\w*row\.html)" %}', source):
        source += (Path("templates") / row).read_text()
    asked = ASKED.findall(source)

    columns = ["cost"] if page.template == "pricing/price_grid.html" else list(page.columns)  # and one for each channel

    assert columns
    assert asked == columns * 2  # in the head and in each row, in the same order


def test_columns_are_kept_for_whoever_chose_them(client, owner, client_for):
    SpoolFactory(lot__note="by the window")

    answer = client.post(f"{SPOOLS}?search=a&page=2", {"columns": ["note", "code", "nonsense"]})

    assert answer.url == f"{SPOOLS}?search=a"
    mine, others = client.get(SPOOLS).text, client_for("manager").get(SPOOLS).text
    assert "by the window" in mine
    assert 'data-label="Place"' not in mine
    assert "by the window" not in others
    assert "columns%3Dcode%26columns%3Dnote" in mine  # a view that is saved now brings them along


@pytest.mark.parametrize("reset", [{"columns": ["note"], "usual": "1"}, {}])
def test_columns_go_back_to_the_usual_ones(client, owner, reset):
    SpoolFactory(lot__note="by the window")
    client.post(SPOOLS, {"columns": ["note"]})

    client.post(SPOOLS, reset)

    owner.refresh_from_db()
    assert owner.list_columns == {}
    assert "by the window" not in client.get(SPOOLS).text


def test_operators_cannot_keep_a_column_of_costs(client, operator):
    client.post(SPOOLS, {"columns": ["value", "code"]})

    operator.refresh_from_db()
    assert operator.list_columns == {"inventory:spool_list": ["code"]}


def test_kept_columns_cost_no_query_and_exports_stay_whole(client, owner, django_assert_num_queries):
    SpoolFactory.create_batch(3)
    client.get(SPOOLS)
    with django_assert_num_queries(5):
        client.get(SPOOLS)
    client.post(SPOOLS, {"columns": ["note"]})

    with django_assert_num_queries(5):
        client.get(SPOOLS)
    header = b"".join(client.get(reverse("inventory:spool_list"), {"format": "csv"})).decode().splitlines()[0]
    assert header.count(",") > 10
    assert Lot.objects.count() == 3
