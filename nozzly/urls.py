"""What a workspace answers; the bare host has ``nozzly.urls_public``."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

import nozzly.home.panels  # noqa: F401 - fills places on pages of other apps
from inventory.domain import sources
from nozzly.home.views import sign_in

# Its own form knows no second factor.
admin.site.login = sign_in.back_office

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("", include("nozzly.home.urls.workspace")),
    path("account/", include("nozzly.home.urls.account")),
    path("", include("nozzly.web.urls")),
    path("", include("inventory.urls_scan")),
    path("stock/", include("inventory.urls")),
    path("products/", include("catalog.urls")),
    path("production/", include("production.urls")),
    path("pricing/", include("pricing.urls")),
    path("sales/", include("sales.urls")),
]

# Stock keeps what a movement was for by name and number; these pages show it.
sources.announce("run", "production:run_detail")
sources.announce("order", "sales:order_detail")
sources.announce("return", "sales:order_detail")
sources.announce("build", "catalog:build_detail")
