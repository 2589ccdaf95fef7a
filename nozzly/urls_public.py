"""The bare host: sign-up and the platform's back office. Workspaces answer by ``nozzly.urls``."""

from django.urls import URLPattern, URLResolver, include, path

from nozzly.tenancy.admin import platform_admin

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("nozzly.home.urls.public")),
    path("platform/", platform_admin.urls),
]
