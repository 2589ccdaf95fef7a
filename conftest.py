"""Fixtures for every test; what they do stands in nozzly/testing/fixtures.py."""

pytest_plugins = ["nozzly.testing.fixtures"]
