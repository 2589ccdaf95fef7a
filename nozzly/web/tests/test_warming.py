import gc

import pytest
from django.template import engines

from nozzly.web.warming import warm_up


@pytest.fixture
def _as_before():
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)
    gc.unfreeze()


@pytest.mark.usefixtures("_as_before")
def test_a_warm_worker_keeps_every_template_read_and_out_of_the_garbage_collection():
    warm_up()

    [partials] = engines["django"].engine.template_loaders
    [kept] = partials.loaders
    assert "404.html" in kept.get_template_cache
    assert gc.get_freeze_count() > 100_000
