"""What a worker loads before its first request, so that no visitor waits for it."""

import gc
from pathlib import Path

from django.conf import settings
from django.template import engines
from django.urls import get_resolver

# A list of 50 orders makes thousands of short-lived objects; Python's own 700 would collect six times for one page.
_YOUNG_OBJECTS = 5_000


def warm_up() -> None:
    """Read every address and template, then keep the garbage collector away from all that.

    What is loaded lives as long as the worker. Unless frozen, each full collection walks it again: a tenth of a second
    in which one visitor in some hundred waits for nothing.
    """
    for urlconf in (settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF):
        # Accessing it is what imports the views.
        _ = get_resolver(urlconf).url_patterns
    engine = engines["django"]
    for folder in map(Path, engine.template_dirs):
        for path in sorted(folder.rglob("*.html")):
            engine.get_template(path.relative_to(folder).as_posix())
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS)
