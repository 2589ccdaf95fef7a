"""Fixtures for every test; what they do stands in nozzly/testing/fixtures.py."""

import django

import nozzly.testing.environment  # noqa: F401 - sets what the settings read, so it comes before setup

django.setup()

pytest_plugins = ["nozzly.testing.fixtures", "nozzly.testing.browser"]
