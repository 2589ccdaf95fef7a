"""What a workspace answers; the bare host has ``nozzly.urls_public``."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from inventory.domain import sources
from nozzly.home.views import sign_in

# Its own form knows no second factor.
admin.site.login = sign_in.back_office

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("", include("nozzly.home.urls.workspace")),
    path("account/", include("nozzly.home.urls.account")),
]
for prefix, module in [
    ("", "nozzly.web.urls"),
    ("", "inventory.urls_scan"),
    ("stock/", "inventory.urls"),
    ("products/", "catalog.urls"),
    ("production/", "production.urls"),
    ("pricing/", "pricing.urls"),
    ("sales/", "sales.urls"),
]:
    if find_spec(module):
        urlpatterns.append(path(prefix, include(module)))

# Stock keeps what a movement was for by name and number; these pages show it.
sources.announce("run", "production:run_detail")
sources.announce("order", "sales:order_detail")
sources.announce("build", "catalog:build_detail")
