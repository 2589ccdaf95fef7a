"""The reader of sliced files knows no database, so its tests need none."""

import pytest


@pytest.fixture(autouse=True)
def _in_workspace():
    """Instead of nozzly.testing's fixture of the same name."""
