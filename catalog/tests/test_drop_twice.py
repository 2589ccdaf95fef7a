from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from django.db import connection

from catalog.domain.slicing import products_from_files
from catalog.models import Product
from catalog.tests.test_slicing import upload
from nozzly.tenancy.current import in_workspace

pytestmark = pytest.mark.threads
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_the_same_file_dropped_in_two_tabs_becomes_one_product(committed, workspace):
    together, results = Barrier(2, timeout=30), []

    def drop():
        with in_workspace(workspace):
            together.wait()
            results.extend(products_from_files([upload()], by=None, at=NOON))
        connection.close()

    threads = [Thread(target=drop) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted((result.known, result.error, len(result.products)) for result in results) == [
        (False, "", 1),
        (True, "", 1),
    ]
    assert Product.objects.count() == 1
