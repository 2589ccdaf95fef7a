"""What the environment says while tests run; loaded before the settings are (see conftest.py)."""

import os
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]

os.environ["DJANGO_SETTINGS_MODULE"] = "nozzly.settings"
os.environ.setdefault("NOZZLY_VAR", str(_ROOT / "var" / "test"))
os.environ["DEBUG"] = "0"
os.environ["NOZZLY_HTTPS"] = "0"
os.environ["NOZZLY_DOMAIN"] = "localhost"
os.environ["NOZZLY_SIGN_UP"] = "open"
os.environ["SECRET_KEY"] = "a key for tests alone, long enough for every check that looks at it"
os.environ["NOZZLY_CACHE_PREFIX"] = f"test-{os.getpid()}"
os.environ["EMAIL_URL"] = "memorymail://"
os.environ["CELERY_TASK_ALWAYS_EAGER"] = "1"
os.environ["NOZZLY_HASHED_STATIC"] = "0"
