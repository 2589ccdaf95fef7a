"""Every page of a workspace that can be opened with a GET: those without arguments, and one of each detail page."""

from collections.abc import Iterator

from django.apps import apps
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

_APPS = ("inventory", "catalog", "production", "pricing", "sales")
# Files, mail and single actions are no pages.
_NOT_PAGES = (
    "sign",
    "password",
    "photo",
    "pdf",
    "csv",
    "xlsx",
    "download",
    "import",
    "media",
    "/file/",
    "/picture/",
    "/proof/",
)
# The row that a detail page is opened for is the newest, but for these, where a busy one tells more.
_BUSIEST = {
    "spool": "SELECT lot_id FROM inventory_movement JOIN inventory_spool USING (lot_id) GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1",
    "customer": "SELECT customer_id FROM sales_order WHERE customer_id IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1",
    "printer": "SELECT printer_id FROM production_run WHERE printer_id IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1",
}


def pages(connection: object) -> dict[str, str]:
    """Name to path, in the current workspace."""
    found = dict(_without_arguments())
    for model in (model for label in _APPS for model in apps.get_app_config(label).get_models()):
        row = _row(model, connection)
        if row is not None and hasattr(row, "get_absolute_url"):
            try:
                found[f"{model._meta.app_label}:{model._meta.model_name} page"] = row.get_absolute_url()
            except NoReverseMatch:
                continue
    product = apps.get_model("catalog", "Product").objects.order_by("pk").first()
    if product:
        found["pricing:product"] = reverse("pricing:product", args=[product.pk])
    return {name: path for name, path in found.items() if not any(word in path for word in _NOT_PAGES)}


def _row(model: type, connection: object) -> object | None:
    query = _BUSIEST.get(model._meta.model_name)
    if query is None:
        return model._default_manager.order_by("-pk").first()
    with connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
    return model._default_manager.filter(pk=row[0]).first() if row else None


def _without_arguments() -> Iterator[tuple[str, str]]:
    for name in _names(get_resolver(), ""):
        if name.split(":")[0] in {*_APPS, "home", "web"}:
            try:
                yield name, reverse(name)
            except NoReverseMatch:
                continue


def _names(resolver: URLResolver, prefix: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver) and pattern.app_name != "admin":
            yield from _names(pattern, f"{pattern.namespace}:" if pattern.namespace else prefix)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield f"{prefix}{pattern.name}"
