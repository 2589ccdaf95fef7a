"""The export of every list imports back to zero changes, as CSV and as XLSX."""

from importlib import import_module

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from catalog.models import Plate
from nozzly.accounts.permissions import Role
from nozzly.testing.everything import make_one_of_everything
from nozzly.testing.factories.catalog import PlateOutputFactory
from nozzly.testing.factories.production import RunFactory
from nozzly.testing.factories.sales import OrderFactory
from nozzly.web.guard import each_view
from nozzly.web.importing import Verdict
from nozzly.web.models import ListImport
from nozzly.web.views import ListPage

pytestmark = pytest.mark.django_db
# What costs have done: a history that the costs themselves write, handed out as a report.
HISTORIES = {"CostChanges"}


def exporting_lists():
    pages = {}
    for route, pattern in each_view(import_module(settings.ROOT_URLCONF).urlpatterns):
        page = getattr(pattern.callback, "view_class", None)
        if page and issubclass(page, ListPage) and page.resource and page.__name__ not in HISTORIES:
            pages.setdefault(page, route)
    return sorted(((route, page) for page, route in pages.items()), key=lambda pair: pair[0])


def test_export_of_every_list_changes_nothing(client, owner):
    make_one_of_everything(by=owner)
    for plate in Plate.objects.filter(outputs=None):  # no page makes one with nothing on it
        PlateOutputFactory(plate=plate)
    said, read = {}, {}
    for route, page in exporting_lists():
        for kind in ("csv", "xlsx"):
            exported = client.get(f"/{route}", {"format": kind, "tab": "all", "state": "all"}).content
            file = SimpleUploadedFile(f"table.{kind}", exported)
            run = client.post(reverse(page.import_url), {"file": file}).context["run"]
            read[route] = len(run.rows)
            if run.problems or any(row.verdict != Verdict.UNCHANGED for row in run.rows):
                said[route, kind] = (run.counts, run.problems, run.frequent_reasons)

    assert said == {}
    assert [route for route, rows in read.items() if not rows] == []
    assert len(read) > 15


def test_file_corrects_what_may_be_corrected_and_is_undone(client, owner):
    order, other = OrderFactory(due_on="2026-12-01"), OrderFactory(due_on=None)
    listed = client.get(reverse("sales:order_list"), {"format": "csv", "tab": "all"}).content.decode("utf-8-sig")
    url = reverse("sales:correct_orders")

    checked = client.post(
        url, {"file": SimpleUploadedFile("o.csv", listed.replace("2026-12-01", "2026-12-24").encode())}
    )
    mapping = {f"column-{name}": "" if at is None else at for name, _l, _c, at in checked.context["matches"]}
    client.post(url, {"token": checked.context["token"], "apply": "yes", **mapping})

    order.refresh_from_db()
    other.refresh_from_db()
    assert (str(order.due_on), other.due_on) == ("2026-12-24", None)
    client.post(ListImport.objects.get().get_absolute_url())
    order.refresh_from_db()
    assert str(order.due_on) == "2026-12-01"


def test_file_changes_nothing_that_was_booked_and_adds_no_row(client, owner):
    order = OrderFactory(ship_to_country="GB")
    rows = f"Number,Goes to,Due on,Customer,State,Currency,Lines,Total,Channel,Placed on\n{order.number},US\nX-1,GB"

    run = client.post(reverse("sales:correct_orders"), {"file": SimpleUploadedFile("o.csv", rows.encode())}).context[
        "run"
    ]

    assert [row.reasons for row in run.rows] == [
        ["“Goes to” is “GB” and is not changed by a file."],
        ["There is no such order; new ones come in under “Order imports”."],
    ]


def test_operators_correct_runs_without_hearing_of_costs(client_for, client, owner):
    costs = {"estimated_cost", "actual_cost", "bought_cost", "run_loss"}
    run = RunFactory(note="Old")
    exported = client.get(reverse("production:run_list"), {"format": "csv"}).content.decode("utf-8-sig")
    operator, url = client_for(Role.OPERATOR), reverse("production:correct_runs")

    sample = operator.get(url, {"format": "sample"}).text
    page = operator.get(url).text
    checked = operator.post(url, {"file": SimpleUploadedFile("runs.csv", exported.replace("Old", "New").encode())})

    assert "number" in sample
    assert [name for name in costs if name in sample or name in page] == []
    assert [(row.verdict, row.reasons) for row in checked.context["run"].rows] == [(Verdict.CHANGED, [])]
    assert run.number in checked.text
