"""One row of every factory, so that pages have something to show."""

import inspect
from importlib import import_module
from pkgutil import iter_modules

from django.db import DatabaseError, transaction
from factory.django import DjangoModelFactory

from nozzly.core.errors import DomainError
from nozzly.testing import factories


def every_factory() -> list[type[DjangoModelFactory]]:
    modules = [import_module(f"{factories.__name__}.{found.name}") for found in iter_modules(factories.__path__)]
    return [
        member
        for module in modules
        for _name, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, DjangoModelFactory) and member.__module__ == module.__name__ and not member._meta.abstract
    ]


def make_one_of_everything(*, by) -> list[str]:
    """Makes what can be made by itself; answers the names of the factories that need more than that."""
    unable = []
    for each in every_factory():
        try:
            with transaction.atomic():
                each()
        except (DatabaseError, DomainError, TypeError, ValueError):
            unable.append(each.__name__)
    return unable
