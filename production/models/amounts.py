"""Columns of money and grams, so that both have one width everywhere."""

from django.db import models


def money(name: str, **options: object) -> models.DecimalField:
    return models.DecimalField(name, max_digits=14, decimal_places=2, **options)


def grams(name: str, **options: object) -> models.DecimalField:
    return models.DecimalField(name, max_digits=14, decimal_places=3, **options)
