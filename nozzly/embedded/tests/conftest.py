import shutil
import tempfile
from pathlib import Path

import pytest

from nozzly import embedded
from nozzly.embedded.layout import SYSTEM_DIR, Layout


@pytest.fixture
def directory():
    """A short directory that every account may enter; pytest's own is private and its path is long."""
    path = Path(tempfile.mkdtemp(prefix="nz"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def layout(directory, monkeypatch):
    """An instance of its own, stopped and removed afterwards. It is called test, so it does not wait for the disk."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    found = Layout.of(directory / "test")
    yield found
    embedded.stop(found.var)
    for leftover in (found.socket_dir, found.home):
        if found.home != found.var and leftover.is_relative_to(SYSTEM_DIR):
            shutil.rmtree(leftover, ignore_errors=True)
