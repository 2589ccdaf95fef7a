"""Nozzly as it serves in production, with one more page to be measured against: see bench/urls.py."""

import os
from pathlib import Path

os.environ["DEBUG"] = "0"
os.environ["NOZZLY_HTTPS"] = "0"
os.environ["NOZZLY_HASHED_STATIC"] = "0"
os.environ["LOG_LEVEL"] = "ERROR"
os.environ.setdefault("SECRET_KEY", "only measures, on a machine of one's own; long enough for every check there is")

from nozzly.settings import *  # noqa: F403 - the same settings but for two lines
from nozzly.settings import TEMPLATES

ROOT_URLCONF = "bench.urls"
TEMPLATES[0]["DIRS"] = [*TEMPLATES[0]["DIRS"], Path(__file__).parent / "templates"]
