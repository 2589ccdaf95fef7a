"""Nozzly runs a 3D-printing business. Celery's app is loaded with the package, so that shared tasks find it."""

from nozzly.celery import app as celery_app

__all__ = ["celery_app"]
